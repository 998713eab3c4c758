"""Runs in Odoo's interpreter: starts Odoo's server, and says how many queries a request took.

`python serving_launcher.py [--light-passwords] ODOO ARGUMENTS...`. It imports nothing of qgate,
as Odoo's interpreter does not have it.

Every answer has the header `X-Odoo-Queries`, the SQL queries of its request. Odoo counts them
for its log; under load only the answer itself tells which request a count belongs to.
"""

from __future__ import annotations

import sys

del sys.path[0]  # this folder, whose modules must not hide others of the same names

import os
import signal
import threading


def watch_lifeline():
    """End the whole process group when the process that started us is gone.

    Our stdin is a pipe that it keeps open; reading it returns when it ends, however it does.
    """

    def wait():
        while os.read(0, 1024):
            pass
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=wait, name="qgate-lifeline", daemon=True).start()


def count_queries():
    """Let every answer of Odoo say how many queries it took."""
    from odoo import http

    answer = http.Application.__call__

    def counted(self, environ, start_response):
        def start(status, headers, exc_info=None):
            queries = getattr(threading.current_thread(), "query_count", 0)
            return start_response(
                status, [*headers, ("X-Odoo-Queries", str(queries))], exc_info
            )

        return answer(self, environ, start)

    http.Application.__call__ = counted


def hash_lightly():
    """Let hashing a password take one round, as in Odoo's own tests, and not half a second."""
    from odoo.addons.base.models import res_users

    res_users.MIN_ROUNDS = 1


def main():
    """Start Odoo's server."""
    watch_lifeline()
    light = "--light-passwords" in sys.argv[1:2]
    if light:
        del sys.argv[1]
    sys.argv[0] = "odoo"
    # The command line is loaded first: it prepares what odoo's other modules need.
    from odoo.cli import command

    count_queries()
    if light:
        hash_lightly()
    command.main()


if __name__ == "__main__":
    main()
