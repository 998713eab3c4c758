"""ruff: errors and style, from its JSON."""

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
    ".ruff.toml": None,
    "ruff.toml": None,
    "pyproject.toml": ("tool.ruff",),
}


def config(target: Target) -> list[str | Path]:
    """Return the arguments that choose the configuration."""
    return ["--config", own_config(target, CONFIGS) or CONFIG / "ruff.toml"]


class Ruff:
    """Exit code 1 means findings."""

    name = "ruff"

    def version(self) -> str:
        """Return its version."""
        return installed_version(self.name, "ruff")

    def run(self, target: Target) -> ToolReport:
        """Run `ruff check` on every Python file."""
        files = target.python_files()
        given = [path for paths in files.values() for path in paths]
        arguments = (
            *("ruff", "check", "--cache-dir", target.cache / "ruff"),
            *config(target),
        )
        # A workspace's configuration may exclude files (force-exclude); what is left it lists.
        listed = run_module(
            self.name, target, *arguments, "--show-files", "--", *given, found=(0,)
        )
        done = run_module(
            self.name, target, *arguments, "--output-format", "json", "--", *given
        )
        try:
            findings = [
                Finding(
                    rule=item["code"] or "invalid-syntax",
                    severity="error",
                    path=target.relative(item["filename"]),
                    line=item["location"]["row"],
                    column=item["location"]["column"],
                    message=item["message"],
                    module=target.module_of(item["filename"]),
                )
                for item in json.loads(done.output)
            ]
        except (ValueError, KeyError, TypeError, LookupError) as error:
            raise unreadable(self.name, done, error) from error
        if bool(done.returncode) != bool(findings):
            raise unreadable(self.name, done, f"exit code {done.returncode}")
        seen = counted(files, target, listed.output.splitlines())
        return ToolReport(findings, seen, listed.seconds + done.seconds)
