"""Judges stage static: every demanded tool has looked, and found little enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qgate.frames import rows
from qgate.policy.wording import number, some

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from qgate.policy.rules import StaticRules

_PYTHON_TOOLS: Final = ("ruff", "flake8", "pylint-odoo", "black", "bandit")
"""Tools that look at every Python file; each module has at least two of those."""

_SHOWN: Final = 3


def judge_static(
    rules: StaticRules, frames: Mapping[str, pd.DataFrame]
) -> tuple[list[str], list[str]]:
    """Return what fails, and what could not be judged.

    Args:
        rules: The thresholds.
        frames: `modules`, `tools` and `findings` are read.
    """
    gated = [str(row["module"]) for row in rows(frames["modules"]) if row["gated"]]
    tools = [row for row in rows(frames["tools"]) if row["module"] in gated]
    findings = [row for row in rows(frames["findings"]) if row["module"] in gated]
    errors = list(_unseen(rules, gated, tools))
    failures = [
        *_pylint(rules, tools, findings),
        *_bandit(rules, findings),
        *_severe(rules, findings),
        *_counted(rules, findings),
    ]
    return failures, errors


def _unseen(
    rules: StaticRules, gated: Sequence[str], tools: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """Name the tools that did not look: no finding is not the same as nothing found."""
    if not gated:
        yield "No module was to be gated."
    files = {(row["tool"], row["module"]): row["files"] for row in tools}
    for tool in rules.tools:
        for module in gated:
            if (tool, module) not in files:
                yield f"{tool} did not report on {module}."
            elif tool in _PYTHON_TOOLS and not files[tool, module]:
                yield f"{tool} looked at no file of {module}."
    for row in tools:
        if row["tool"] == "pylint-odoo" and row["score"] is None:
            yield f"pylint-odoo gave {row['module']} no score."


def _pylint(
    rules: StaticRules,
    tools: Sequence[Mapping[str, Any]],
    findings: Sequence[Mapping[str, Any]],
) -> Iterator[str]:
    for row in tools:
        if row["tool"] != "pylint-odoo":
            continue
        if row["score"] is not None and row["score"] < rules.min_pylint_odoo_score:
            yield (
                f"pylint-odoo: {row['module']} scores {row['score']:.2f} "
                f"< {rules.min_pylint_odoo_score:.1f}."
            )
    levels = rules.pylint_odoo_levels
    severe = [
        row
        for row in findings
        if row["tool"] == "pylint-odoo" and row["severity"] in levels
    ]
    if severe:
        what = number(
            len(severe), f"message of level {' or '.join(levels)}", "messages"
        )
        yield f"pylint-odoo: {what} ({some(map(_place, severe), _SHOWN)})."


def _bandit(rules: StaticRules, findings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    bad = [
        row
        for row in findings
        if row["tool"] == "bandit" and row["severity"] in rules.bandit_severities
    ]
    if bad:
        what = number(
            len(bad), f"finding of severity {' or '.join(rules.bandit_severities)}"
        )
        yield f"bandit: {what} ({some(map(_place, bad), _SHOWN)})."


def _severe(rules: StaticRules, findings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    bad = [
        row
        for row in findings
        if row["tool"] == "oca-hooks" and row["severity"] in rules.oca_severities
    ]
    if bad:
        what = number(
            len(bad), f"finding of severity {' or '.join(rules.oca_severities)}"
        )
        yield f"oca-hooks: {what} ({some(map(_place, bad), _SHOWN)})."


def _counted(
    rules: StaticRules, findings: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    for tool, most in (
        ("data-files", rules.max_data_files),
        ("ruff", rules.max_ruff),
        ("flake8", rules.max_flake8),
        ("black", rules.max_black),
        ("isort", rules.max_isort),
    ):
        own = [row for row in findings if row["tool"] == tool]
        if len(own) > most:
            allowed = f" > {most} allowed" if most else ""
            places = some(map(_place, own), _SHOWN)
            yield f"{tool}: {number(len(own), 'finding')}{allowed} ({places})."


def _place(row: Mapping[str, Any]) -> str:
    line = f":{row['line']}" if row["line"] else ""
    return f"{row['path']}{line} {row['rule']} {row['message']}".rstrip(".")
