"""What the image's HEALTHCHECK runs: Odoo answers, and reaches its database server."""

import sys
import urllib.request

URL = "http://127.0.0.1:{}/web/health?db_server_status=1"

if __name__ == "__main__":
    address = URL.format(sys.argv[1])
    try:
        with urllib.request.urlopen(address, timeout=8) as answer:  # noqa: S310 - loopback
            sys.exit(0 if answer.status == 200 else 1)  # noqa: PLR2004
    except OSError as error:
        sys.exit(f"{address}: {error}")
