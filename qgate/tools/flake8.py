"""flake8: pycodestyle and pyflakes, through a driver that writes JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from qgate.tools.base import (
    CONFIG,
    Finding,
    ToolReport,
    counted,
    installed_version,
    own_config,
    run_module,
    unreadable,
)

if TYPE_CHECKING:
    from qgate.tools.base import Target

_SECTIONS: Final = ("flake8", "flake8:local-plugins")
CONFIGS: Final = {"setup.cfg": _SECTIONS, "tox.ini": _SECTIONS, ".flake8": _SECTIONS}


class Flake8:
    """The driver ends with 0 whatever flake8 finds."""

    name = "flake8"

    def version(self) -> str:
        """Return its version."""
        return installed_version(self.name, "flake8")

    def run(self, target: Target) -> ToolReport:
        """Run flake8 on every Python file."""
        files = target.python_files()
        given = [path for paths in files.values() for path in paths]
        done = run_module(
            self.name,
            target,
            # The other tools use the other core meanwhile.
            *("qgate.tools.flake8_driver", "--jobs", "1"),
            *("--config", own_config(target, CONFIGS) or CONFIG / "flake8.cfg"),
            "--",
            *given,
            found=(0,),
        )
        try:
            data = json.loads(done.output)
            findings = [
                Finding(
                    rule=item["code"],
                    severity="error"
                    if item["code"].startswith(("E9", "F"))
                    else "warning",
                    path=target.relative(item["path"]),
                    line=item["line"] or None,
                    column=item["column"] or None,
                    message=item["message"],
                    module=target.module_of(item["path"]),
                )
                for item in data["violations"]
            ]
            seen = counted(files, target, data["files"])
        except (ValueError, KeyError, TypeError, LookupError) as error:
            raise unreadable(self.name, done, error) from error
        return ToolReport(findings, seen, done.seconds)
