"""isort: files whose imports it would sort otherwise, through a driver that writes JSON."""

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
    from pathlib import Path

    from qgate.tools.base import Target

_SECTIONS: Final = ("isort", "tool:isort")
# isort reads .editorconfig too, but that says nothing of how to sort.
CONFIGS: Final = {
    ".isort.cfg": ("settings", "isort"),
    "pyproject.toml": ("tool.isort",),
    "setup.cfg": _SECTIONS,
    "tox.ini": _SECTIONS,
}


def config(target: Target) -> Path:
    """Return the configuration."""
    return own_config(target, CONFIGS) or CONFIG / "isort.cfg"


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
    """The driver ends with 0 whatever isort finds."""

    name = "isort"

    def version(self) -> str:
        """Return its version."""
        return installed_version(self.name, "isort")

    def run(self, target: Target) -> ToolReport:
        """Check the imports of every Python file but the `__init__.py`."""
        files = sortable(target)
        given = [path for paths in files.values() for path in paths]
        done = run_module(
            self.name,
            target,
            "qgate.tools.isort_driver",
            config(target),
            *given,
            found=(0,),
        )
        try:
            states: dict[str, str] = json.loads(done.output)
            findings = [
                _finding(target, path, state)
                for path, state in states.items()
                if state not in ("sorted", "skipped")
            ]
            seen = [path for path, state in states.items() if state != "skipped"]
        except (ValueError, AttributeError, LookupError) as error:
            raise unreadable(self.name, done, error) from error
        return ToolReport(findings, counted(files, target, seen), done.seconds)


def _finding(target: Target, path: str, state: str) -> Finding:
    unsorted = state == "unsorted"
    if not unsorted and not state.startswith("error: "):
        message = f"unknown state {state}"
        raise ValueError(message)
    return Finding(
        rule="unsorted" if unsorted else "cannot-parse",
        severity="warning" if unsorted else "error",
        path=target.relative(path),
        line=None,
        column=None,
        message="imports are not sorted as isort would sort them"
        if unsorted
        else state.removeprefix("error: "),
        module=target.module_of(path),
    )
