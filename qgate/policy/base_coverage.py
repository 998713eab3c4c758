"""Judges coverage against the base branch, where the policy demands it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qgate.frames import rows, tables
from qgate.policy.wording import some

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from qgate.policy.rules import TestsRules

_SHOWN: Final = 5


def judge_base_coverage(
    rules: TestsRules, frames: Mapping[str, pd.DataFrame]
) -> tuple[list[str], list[str], list[str]]:
    """Return what fails, what could not be judged, and what a person should know.

    Args:
        rules: The thresholds.
        frames: `modules`, `coverage`, `baselines`, `base_coverage` and `changed_coverage`
            are read.
    """
    failures: list[str] = []
    errors: list[str] = []
    notes: list[str] = []
    known = {
        row["kind"]: row
        for row in rows(frames.get("baselines", tables.BASELINES.empty()))
    }
    if rules.no_worse_than_base:
        errors += _absent(known.get("coverage"), "Coverage of the base branch")
        failures += _worse(rules, frames)
        if known.get("coverage", {}).get("status") == "ready":
            errors += _unknown(frames)
    if rules.min_changed_coverage:
        absent = _absent(known.get("diff"), "What changed since the base branch")
        errors += absent
        if not absent:
            share, note = _changed(
                rules,
                known["diff"],
                frames.get("changed_coverage", tables.CHANGED_COVERAGE.empty()),
            )
            failures += share
            notes += note
    return failures, errors, notes


def _absent(row: Mapping[str, Any] | None, what: str) -> list[str]:
    if row is None:
        return [f"{what} is not in the record; run the gate again."]
    if row["status"] != "ready":
        return [f"{what} is unknown: {row['detail'] or 'nothing says why'}"]
    return []


def _worse(rules: TestsRules, frames: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    base = {
        row["module"]: row
        for row in rows(frames.get("base_coverage", tables.BASE_COVERAGE.empty()))
    }
    for module, now in _shares(frames).items():
        known = base.get(module)
        if not known or not known["statements"]:
            continue
        before = 100 * known["covered"] / known["statements"]
        if now < before - rules.coverage_tolerance:
            commit = f" ({known['commit'][:10]})" if known["commit"] else ""
            yield (
                f"{module}: coverage {now:.1f} % is worse than the {before:.1f} % of the "
                f"base branch{commit}."
            )


def _unknown(frames: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    base = {
        row["module"]: row["status"]
        for row in rows(frames.get("base_coverage", tables.BASE_COVERAGE.empty()))
    }
    for module in _shares(frames):
        if base.get(module, "missing") == "missing":
            yield (
                f"{module}: the base branch has it, but no run of it says how much of "
                "it is covered."
            )


def _shares(frames: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """Return the coverage of each judged module that has statements, percent."""
    gated = {row["module"] for row in rows(frames["modules"]) if row["gated"]}
    files = [row for row in rows(frames["coverage"]) if row["module"] in gated]
    shares = {}
    for module in dict.fromkeys(row["module"] for row in files):
        own = [row for row in files if row["module"] == module]
        if statements := sum(row["statements"] for row in own):
            shares[module] = 100 * sum(row["covered"] for row in own) / statements
    return shares


def _changed(
    rules: TestsRules, diff: Mapping[str, Any], files: pd.DataFrame
) -> tuple[Sequence[str], Sequence[str]]:
    """Judge the share of changed statements that ran, over all files."""
    found = list(rows(files))
    statements = sum(row["statements"] for row in found)
    covered = sum(row["covered"] for row in found)
    if statements < rules.min_changed_statements:
        note = (
            f"{statements} changed statements since {diff['ref']}, fewer than "
            f"{rules.min_changed_statements}: their coverage is not judged."
        )
        return [], [note]
    share = 100 * covered / statements
    if share >= rules.min_changed_coverage:
        return [], []
    places = some(
        (f"{row['file']}:{line}" for row in found for line in row["missing"]), _SHOWN
    )
    failure = (
        f"{share:.1f} % of {statements} statements changed since {diff['ref']} are "
        f"covered < {rules.min_changed_coverage:g} % (not run: {places})."
    )
    return [failure], []


__all__ = ["judge_base_coverage"]
