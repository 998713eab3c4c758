"""pylint with the plugin pylint-odoo, scored per Odoo module."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from qgate.tools.base import (
    CONFIG,
    Finding,
    ModuleReport,
    ToolReport,
    crashed,
    installed_version,
    own_config,
    run_module,
    unreadable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qgate.tools.base import Target

CONFIGS: Final = {
    "pylintrc": None,
    ".pylintrc": None,
    "pyproject.toml": "tool.pylint",
}
_REPORTER: Final = "qgate.tools.pylint_reporter.StatisticsReporter"
_USAGE: Final = 32
"""Bit of pylint's exit code that means that it was called wrongly."""


class PylintOdoo:
    """The exit code is a mask of what was found, 1 to 31; 32 means that it did not run."""

    name = "pylint-odoo"

    def version(self) -> str:
        """Return the plugin's version."""
        return installed_version(self.name, "pylint-odoo")

    def run(self, target: Target) -> ToolReport:
        """Run pylint once on all modules."""
        authors = ",".join(target.settings.static.authors)
        author = (
            f"--manifest-required-authors={authors}"
            if authors
            else "--disable=manifest-required-author"
        )
        own = own_config(target, CONFIGS)
        done = run_module(
            self.name,
            target,
            *("qgate.tools.pylint_driver", f"--rcfile={own or CONFIG / 'pylintrc'}"),
            *(f"--output-format={_REPORTER}", "--persistent=n", author),
            *(module.path for module in target.modules),
            found=range(_USAGE),
            environ={"PYLINTHOME": str(target.cache / "pylint")},
        )
        try:
            data = json.loads(done.output)
            findings = [_finding(target, item) for item in data["messages"]]
            counts = _counts(target, data["modules"])
        except (ValueError, KeyError, TypeError, LookupError) as error:
            if "Traceback" in done.errors:
                raise crashed(self.name, done) from error
            raise unreadable(self.name, done, error) from error
        return ToolReport(findings, list(counts.values()), done.seconds)


def score(counts: Mapping[str, int]) -> float:
    """Return pylint's score of some counts: 0 at a fatal message, at most 10.

    The formula is pylint's own default (option `evaluation`).
    """
    if counts["fatal"]:
        return 0.0
    points = 5 * counts["error"] + counts["warning"] + counts["refactor"]
    points += counts["convention"]
    return max(0.0, 10.0 - 10.0 * points / max(counts["statement"], 1))


def _finding(target: Target, item: Mapping[str, Any]) -> Finding:
    return Finding(
        rule=item["id"],
        severity=item["category"],
        path=target.relative(item["path"]),
        line=item["line"],
        column=item["column"],
        message=f"{item['symbol']}: {item['message']}",
        module=target.module_of(item["path"]),
    )


def _counts(
    target: Target, by_file: Mapping[str, Mapping[str, int]]
) -> dict[str, ModuleReport]:
    reports = {}
    for module in target.modules:
        # A file is known by its dotted name, which has the module's name as a part.
        own = [
            counts for name, counts in by_file.items() if module.name in name.split(".")
        ]
        total = {
            key: sum(counts[key] for counts in own)
            for key in (
                *("fatal", "error", "warning", "refactor", "convention"),
                "statement",
            )
        }
        reports[module.name] = ModuleReport(
            module=module.name,
            files=len(own),
            score=round(score(total), 2),
            statements=total["statement"],
        )
    return reports
