"""What got worse with a run, for people who do not look at it: posted to a webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qgate.delivery import notify
from qgate.frames import rows
from qgate.policy.wording import number
from qgate.surfaces.problems import ERROR, SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from qgate.api import Run

_SHOWN: Final = 10


def alerts(run: Run, before: pd.DataFrame | None = None) -> list[str]:
    """Return what got worse, one sentence each; nothing when nothing did.

    Args:
        run: The run.
        before: Vulnerabilities of the run before it on its branch; those are known. None when
            there is none, and then every one counts as new.
    """
    return [*_slower(run), *_vulnerable(run, before), *_undeployed(run)]


def worded(run: Run, found: list[str]) -> str:
    """Return the text that is posted."""
    left = len(found) - _SHOWN
    lines = [
        f"Quality gate, run {run.run_id}: {number(len(found), 'thing')} got worse."
    ]
    lines += [f"- {said}" for said in found[:_SHOWN]]
    return "\n".join([*lines, f"and {left} more"] if left > 0 else lines)


def _slower(run: Run) -> Iterator[str]:
    for row in rows(run.performance):
        limit, p95 = row["threshold"], row["p95"]
        if limit is not None and p95 is not None and p95 > limit:
            yield f"{row['operation']}: p95 {p95:,.0f} ms, the limit is {limit:,.0f} ms."
    for row in rows(run.frames["changes"]):
        if row["measure"] == "p95" and row["worse"] and row["latest"]:
            yield (
                f"{row['subject']}: p95 went from {row['before']:,.0f} to "
                f"{row['after']:,.0f} {row['unit']} ({100 * row['share']:+.0f} %)."
            )


def _vulnerable(run: Run, before: pd.DataFrame | None) -> Iterator[str]:
    known = {_key(row) for row in rows(before)} if before is not None else set()
    told: set[tuple[str, str]] = set()
    for row in rows(run.vulnerabilities):
        key = _key(row)
        grave = SEVERITIES.get(row["severity"]) == ERROR
        if grave and not row["suppressed_by"] and key not in known | told:
            told.add(key)
            where = row["package"] or row["path"] or row["target"]
            what = f"{where} {row['installed'] or ''}".strip()
            yield f"{row['severity']}: {row['id']} in {what}."


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a vulnerability is known by: without a version, which others may share."""
    return row["id"], row["package"] or row["path"] or ""


def _undeployed(run: Run) -> Iterator[str]:
    for row in rows(run.frames["deploys"]):
        if row["outcome"] not in notify.GOOD:
            yield f"The {row['kind']} to {row['target']} ended as {row['outcome']}."
