"""black: files that it would format otherwise, from its messages."""

from __future__ import annotations

import re
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

CONFIGS: Final = {"pyproject.toml": ("tool.black",)}
_GOOD: Final = re.compile(
    r"^(?P<path>.+) (already well formatted, good job"
    r"|wasn't modified on disk since last run)\.$"
)
_WOULD: Final = re.compile(r"^would reformat (?P<path>.+)$")
_CANNOT: Final = (
    re.compile(
        r"^error: (?P<why>cannot parse.*?): (?P<path>.+?):(?P<line>\d+):(?P<column>\d+)"
    ),
    re.compile(r"^error: cannot format (?P<path>.+?): (?P<why>.+)$"),
)
_CANNOT_PARSE: Final = 123


def config(target: Target) -> list[str | Path]:
    """Return the arguments that choose the configuration."""
    return ["--config", own_config(target, CONFIGS) or CONFIG / "black.toml"]


class Black:
    """Exit code 1 means files to format, 123 files that it cannot parse."""

    name = "black"

    def version(self) -> str:
        """Return its version."""
        return installed_version(self.name, "black")

    def run(self, target: Target) -> ToolReport:
        """Run `black --check` on every Python file."""
        files = target.python_files()
        given = [path for paths in files.values() for path in paths]
        done = run_module(
            self.name,
            target,
            # Nothing is written, so the check that the result means the same can be left out.
            *("black", "--check", "--fast", "--no-color", "--workers", "1"),
            "--verbose",
            *config(target),
            "--",
            *given,
            found=(0, 1, _CANNOT_PARSE),
            environ={"BLACK_CACHE_DIR": str(target.cache / "black")},
        )
        findings = []
        seen = []
        for line in done.errors.splitlines():
            if match := _GOOD.match(line):
                seen.append(match["path"])
            elif finding := _finding(target, line):
                seen.append(finding.path)
                findings.append(finding)
        if bool(done.returncode) != bool(findings):
            raise unreadable(self.name, done, f"exit code {done.returncode}")
        return ToolReport(findings, counted(files, target, seen), done.seconds)


def _finding(target: Target, line: str) -> Finding | None:
    if match := _WOULD.match(line):
        return Finding(
            rule="would-reformat",
            severity="warning",
            path=target.relative(match["path"]),
            line=None,
            column=None,
            message="black would reformat this file",
            module=target.module_of(match["path"]),
        )
    for pattern in _CANNOT:
        if match := pattern.match(line):
            place = match.groupdict()
            return Finding(
                rule="cannot-parse",
                severity="error",
                path=target.relative(match["path"]),
                line=int(place["line"]) if "line" in place else None,
                column=int(place["column"]) if "column" in place else None,
                message=match["why"],
                module=target.module_of(match["path"]),
            )
    return None
