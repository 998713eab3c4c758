"""`python -m qgate.tools.oca_driver CHECKS MODULES...`: OCA's module checks as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from oca_pre_commit_hooks import checks_odoo_module, utils


def main() -> None:
    """Run the checks named first on the modules named then."""
    checks, *modules = sys.argv[1:]
    found = []
    for module in modules:
        top = utils.top_path(utils.full_norm_path(module))
        for error in checks_odoo_module.run(
            [module],
            enable=set(checks.split(",")),
            no_verbose=True,
            no_exit=True,
        ):
            position = error.position
            found.append(
                {
                    "path": str(Path(top) / position.filepath),
                    "line": position.line,
                    "column": position.column,
                    "code": error.code,
                    "message": error.message,
                }
            )
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
