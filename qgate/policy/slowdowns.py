"""Judges operations against earlier runs: a sure slowdown fails below the limits too."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from qgate.frames import rows, tables
from qgate.policy.wording import some

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from qgate.policy.rules import PerformanceRules

_MEASURE: Final = "p95"
_SHOWN: Final = 5
_COMMIT_CHARACTERS: Final = 10


def slowdowns(
    rules: PerformanceRules, frames: Mapping[str, pd.DataFrame]
) -> Iterator[str]:
    """Yield what fails: an operation on a level that is surely slower than it has been.

    The level of now is compared with the fastest one since the last slowdown that was
    accepted, so that many small steps do not pass either.
    """
    own = [
        row
        for row in rows(frames.get("changes", tables.CHANGES.empty()))
        if row["measure"] == _MEASURE
    ]
    for operation, found in groupby(own, key=lambda row: row["subject"]):
        changes = _open(rules, operation, list(found))
        if not changes or not changes[-1]["latest"]:
            continue
        slowest = min(changes, key=lambda row: row["before"])
        before, after = slowest["before"], changes[-1]["after"]
        share = after / before - 1
        if share > rules.max_slowdown:
            last = changes[-1]
            yield (
                f"{operation} p95 is {100 * share:.0f} % slower since "
                f"{_commit(slowest)} ({before:,.0f} -> {after:,.0f} ms, "
                f"{last['runs_after']} runs, {100 * slowest['confidence']:.2f} % sure), "
                f"above {100 * rules.max_slowdown:g} %; accept it with "
                f"performance.accepted_slowdowns if it is meant."
            )


def _open(
    rules: PerformanceRules, operation: str, changes: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return the changes since the last one that was accepted, if they are sure enough."""
    accepted = [
        commit
        for name, _, commit in (
            word.rpartition("@") for word in rules.accepted_slowdowns
        )
        if name == operation and commit
    ]
    kept: list[Mapping[str, Any]] = []
    for row in changes:
        if any(str(row["commit"] or "").startswith(commit) for commit in accepted):
            kept = []
        elif row["confidence"] >= rules.slowdown_confidence:
            kept.append(row)
    return kept


def not_compared(frames: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Yield what a person should know: which operations could not be compared, and why."""
    compared = {
        row["subject"]: row
        for row in rows(frames.get("comparisons", tables.COMPARISONS.empty()))
        if row["measure"] == _MEASURE
    }
    reasons: dict[str, list[str]] = {}
    for row in rows(frames["performance"]):
        known = compared.get(row["operation"])
        if known is None and row["p95"] is not None:
            why = "The run has no comparison with earlier ones."
            reasons.setdefault(why, []).append(row["operation"])
        elif known is not None and known["status"] != "compared":
            reasons.setdefault(known["detail"] or "", []).append(row["operation"])
    for why, names in reasons.items():
        yield f"Not compared with earlier runs: {some(names, _SHOWN)}. {why}".rstrip()


def _commit(row: Mapping[str, Any]) -> str:
    commit = row["commit"]
    return f"commit {commit[:_COMMIT_CHARACTERS]}" if commit else f"run {row['run_id']}"
