"""pylint with the plugin pylint-odoo, scored per Odoo module."""

from __future__ import annotations

import json
from collections import Counter
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
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from qgate.tools.base import Target

CONFIGS: Final = {
    "pylintrc": None,
    "pylintrc.toml": ("tool.pylint",),
    ".pylintrc": None,
    ".pylintrc.toml": ("tool.pylint",),
    "pyproject.toml": ("tool.pylint",),
    "setup.cfg": ("pylint.",),
    "tox.ini": ("pylint.",),
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
        done = run_module(
            self.name,
            target,
            *("pylint", *_options(target), "--"),
            *(module.path for module in target.modules),
            *_loose(target),
            found=range(_USAGE),
            environ={"PYLINTHOME": str(target.cache / "pylint")},
        )
        try:
            data = json.loads(done.output)
            findings = [_finding(target, item) for item in data["messages"]]
            reports = _reports(target, findings, data["statements"])
        except (ValueError, KeyError, TypeError, LookupError) as error:
            if "Traceback" in done.errors:
                raise crashed(self.name, done) from error
            raise unreadable(self.name, done, error) from error
        return ToolReport(findings, reports, done.seconds)


def score(severities: Mapping[str, int], statements: int) -> float:
    """Return pylint's score of some messages: 0 at a fatal one, at most 10.

    The formula is pylint's own default (option `evaluation`).

    Args:
        severities: The number of messages by category.
        statements: The number of statements in the files they are about.
    """
    if severities.get("fatal"):
        return 0.0
    points = 5 * severities.get("error", 0) + sum(
        severities.get(category, 0)
        for category in ("warning", "refactor", "convention")
    )
    return max(0.0, 10.0 - 10.0 * points / max(statements, 1))


def _options(target: Target) -> Iterator[str]:
    own = own_config(target, CONFIGS)
    yield f"--rcfile={own or CONFIG / 'pylintrc'}"
    # Whatever the workspace's own configuration says: without the plugin it is another tool,
    # and a file that cannot be parsed must not pass.
    yield "--load-plugins=pylint_odoo"
    yield "--enable=syntax-error,astroid-error,parse-error,fatal"
    authors = ",".join(target.settings.static.authors)
    if authors:
        yield f"--manifest-required-authors={authors}"
    elif own is None:
        yield "--disable=manifest-required-author"
    yield f"--output-format={_REPORTER}"
    yield "--persistent=n"
    yield "--jobs=1"


def _loose(target: Target) -> list[Path]:
    """Return the files that pylint does not find: those in folders without `__init__.py`."""
    files = target.python_files()
    loose = []
    for module in target.modules:
        for path in files[module.name]:
            inner = path.relative_to(module.path).parents
            if not all((module.path / up / "__init__.py").is_file() for up in inner):
                loose.append(path)
    return loose


def _finding(target: Target, item: Mapping[str, Any]) -> Finding:
    return Finding(
        rule=item["id"],
        severity=item["category"],
        path=target.relative(item["path"]),
        line=item["line"] or None,
        column=item["column"],
        message=f"{item['symbol']}: {item['message']}",
        module=target.module_of(item["path"]),
    )


def _reports(
    target: Target, findings: Sequence[Finding], statements: Mapping[str, int]
) -> list[ModuleReport]:
    totals: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for path, count in statements.items():
        name = target.module_of(path)
        totals[name] += count
        files[name] += 1
    reports = []
    for module in target.modules:
        severities = Counter(f.severity for f in findings if f.module == module.name)
        reports.append(
            ModuleReport(
                module=module.name,
                files=files[module.name],
                score=round(score(severities, totals[module.name]), 2),
                statements=totals[module.name],
            )
        )
    return reports
