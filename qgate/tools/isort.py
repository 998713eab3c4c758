"""isort: files whose imports it would sort otherwise, from its messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from qgate.tools.base import (
    CONFIG,
    Finding,
    ModuleReport,
    ToolReport,
    installed_version,
    own_config,
    run_module,
    unreadable,
)

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.tools.base import Target

CONFIGS: Final = {
    ".isort.cfg": None,
    "pyproject.toml": "tool.isort",
    "setup.cfg": "isort",
    "tox.ini": "isort",
}
_UNSORTED: Final = re.compile(
    r"^ERROR: (?P<path>.+) Imports are incorrectly sorted and/or formatted\.$"
)


def config(target: Target) -> list[str | Path]:
    """Return the arguments that choose the configuration."""
    return ["--settings-file", own_config(target, CONFIGS) or CONFIG / "isort.cfg"]


def sortable(target: Target) -> dict[str, list[Path]]:
    """Return the files whose imports are to be sorted.

    With the configuration we ship `__init__.py` is left out: its imports register models, and
    their order may matter.
    """
    files = target.python_files()
    if own_config(target, CONFIGS):
        return files
    return {
        name: [path for path in paths if path.name != "__init__.py"]
        for name, paths in files.items()
    }


class Isort:
    """Exit code 1 means unsorted imports."""

    name = "isort"

    def version(self) -> str:
        """Return its version."""
        return installed_version(self.name, "isort")

    def run(self, target: Target) -> ToolReport:
        """Run `isort --check-only` on every Python file but the `__init__.py`."""
        files = sortable(target)
        given = [path for paths in files.values() for path in paths]
        if not given:
            reports = [ModuleReport(name, 0) for name in files]
            return ToolReport([], reports, 0.0)
        done = run_module(
            self.name,
            target,
            *("isort", "--check-only", *config(target), "--", *given),
        )
        findings = []
        for line in done.errors.splitlines():
            match = _UNSORTED.match(line)
            if match is None:  # as a warning that it ignores its configuration
                raise unreadable(self.name, done, line)
            findings.append(
                Finding(
                    rule="unsorted",
                    severity="warning",
                    path=target.relative(match["path"]),
                    line=None,
                    column=None,
                    message="imports are not sorted as isort would sort them",
                    module=target.module_of(match["path"]),
                )
            )
        if bool(done.returncode) != bool(findings):
            raise unreadable(self.name, done, f"exit code {done.returncode}")
        reports = [ModuleReport(name, len(paths)) for name, paths in files.items()]
        return ToolReport(findings, reports, done.seconds)
