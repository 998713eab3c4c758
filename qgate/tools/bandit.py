"""bandit: insecure code, from its JSON, which is kept as evidence."""

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

CONFIGS: Final = {
    ".bandit": ("bandit",),
    "pyproject.toml": ("tool.bandit",),
    "bandit.yaml": None,
    "bandit.yml": None,
}


def config(target: Target) -> list[str | Path]:
    """Return the arguments that choose the configuration."""
    own = own_config(target, CONFIGS)
    if own and own.name == ".bandit":
        return ["--ini", own]
    return ["--configfile", own or CONFIG / "bandit.yaml"]


class Bandit:
    """Exit code 1 means findings."""

    name = "bandit"

    def version(self) -> str:
        """Return its version."""
        return installed_version(self.name, "bandit")

    def run(self, target: Target) -> ToolReport:
        """Run bandit on every Python file; `bandit.json` is its report."""
        files = target.python_files()
        given = [path for paths in files.values() for path in paths]
        report = target.evidence / "bandit.json"
        done = run_module(
            self.name,
            target,
            *("bandit", "--quiet", "--format", "json", "--output", report),
            *config(target),
            "--",
            *given,
        )
        try:
            data = json.loads(report.read_text(encoding="utf-8"))
            findings = [
                Finding(
                    rule=item["test_id"],
                    severity=item["issue_severity"].lower(),
                    path=target.relative(item["filename"]),
                    line=item["line_number"],
                    column=item["col_offset"] + 1,
                    message=item["issue_text"],
                    module=target.module_of(item["filename"]),
                )
                for item in data["results"]
            ]
            # What it could not read it lists apart, with exit code 0.
            findings += [
                Finding(
                    rule="unreadable",
                    severity="high",
                    path=target.relative(item["filename"]),
                    line=None,
                    column=None,
                    message=f"bandit could not look at this file: {item['reason']}",
                    module=target.module_of(item["filename"]),
                )
                for item in data["errors"]
            ]
            seen = counted(files, target, data["metrics"])
        except (OSError, ValueError, KeyError, TypeError, LookupError) as error:
            raise unreadable(self.name, done, error) from error
        return ToolReport(findings, seen, done.seconds)
