"""`python -m qgate.tools.oca_driver CHECKS MODULES...`: OCA's module and PO checks as JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oca_pre_commit_hooks import utils
from oca_pre_commit_hooks.checks_odoo_module import ChecksOdooModule
from oca_pre_commit_hooks.checks_odoo_module_po import ChecksOdooModulePO

if TYPE_CHECKING:
    from collections.abc import Iterator


def _checkers(module: Path, checks: set[str]) -> Iterator[tuple[Any, str]]:
    """Yield each checker that is to run, with the folder its paths are relative to."""
    if any(path.is_symlink() for path in module.rglob("*")):
        checks = checks - {"file-not-used"}  # it cannot follow links out of the module
    # The package's `run` skips a module that it does not find, as one that is the top of a git
    # checkout; its classes do not.
    checker = ChecksOdooModule(
        str(module / "__manifest__.py"), checks, set(), verbose=False
    )
    yield checker, checker.manifest_top_path
    for path in sorted(module.glob("i18n*/*.po*")):
        po_checker = ChecksOdooModulePO(str(path), checks, set(), autofix=False)
        yield po_checker, po_checker.top_path


def _files(module: Path, checker: ChecksOdooModule) -> int:
    named: set[str] = {
        entry["filename"]
        for entries in checker.manifest_referenced_files.values()
        for entry in entries
        if entry["filename"].endswith((".xml", ".csv", ".po", ".pot"))
    }
    return 1 + sum((module / name).is_file() for name in named)


def main(enabled: str, *modules: str) -> None:
    """Write the number of files looked at in each module, and what was found."""
    checks = set(enabled.split(","))
    found = []
    looked_at = {}
    for name in modules:
        module = Path(os.path.realpath(name))
        for checker, top in _checkers(module, checks):
            for check in utils.getattr_checks(checker):
                check()
            if isinstance(checker, ChecksOdooModule):
                looked_at[name] = _files(module, checker)
            found += [
                {
                    "path": os.path.join(top, error.position.filepath),  # noqa: PTH118 - may be absolute
                    "line": error.position.line,
                    "column": error.position.column,
                    "code": error.code,
                    "message": error.message,
                }
                for error in checker.checks_errors
            ]
    json.dump({"files": looked_at, "findings": found}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
