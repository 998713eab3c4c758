"""A run's figures against those of earlier runs that are like it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pyarrow as pa

from qgate.errors import QgateError
from qgate.frames import rows, tables
from qgate.history.digest import conditions_of
from qgate.history.measures import CONDITIONS, MACHINE, MEASURES, changes, past
from qgate.history.regressions import RUNS_AFTER, RUNS_BEFORE
from qgate.policy.judge import REUSED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from qgate.history.measures import Measure
    from qgate.history.store import History
    from qgate.settings import Settings

COMPARED: Final = "compared"
TOO_FEW: Final = "too_few"
OFF: Final = "off"
UNREADABLE: Final = "unreadable"

NEEDED: Final = RUNS_BEFORE + RUNS_AFTER - 1
"""Earlier runs without which a change could not be seen, the run itself being one more."""

_TAG: Final = re.compile(r"[:@][^/]*$")


def earlier(
    settings: Settings,
    history: Callable[[], History],
    frames: Mapping[str, pd.DataFrame],
    data: Mapping[str, Any],
) -> dict[str, pd.DataFrame]:
    """Return the frames `comparisons` and `changes`.

    Args:
        settings: Names the base branch, and how sure a change has to be.
        history: Opens the earlier runs.
        frames: All frames of the run.
        data: `run_id`, `git` and `machine` of its record.
    """
    compared: list[dict[str, Any]] = []
    changed = [tables.CHANGES.empty()]
    for measure in MEASURES.values():
        figures = dict(_figures(measure, frames))
        if not figures:
            continue
        status, why, found = _past(settings, history, measure, frames, data)
        for subject, value in figures.items():
            own = found[found["subject"] == subject]
            row = _compared(measure, subject, value, status, why, len(own))
            compared.append(row)
            if row["status"] == COMPARED:
                points = _with_this(own, subject, value, data)
                sure = settings.policy.performance.slowdown_confidence
                changed.append(changes(points, measure, confidence=sure))
    rows_of = [row for frame in changed for row in rows(frame)]
    return {
        "comparisons": tables.COMPARISONS.frame(compared),
        "changes": tables.CHANGES.frame(rows_of),
    }


def _figures(
    measure: Measure, frames: Mapping[str, pd.DataFrame]
) -> Iterator[tuple[str, float]]:
    """Yield what the run measured, by subject."""
    if measure.name == "p95":
        completed = set(frames["loads"]["ended"]) == {"completed"}
        for row in rows(frames["performance"]) if completed else ():
            if row["p95"] is not None:
                yield row["operation"], row["p95"]
    elif measure.name == "coverage":
        files = frames["coverage"].groupby("module")[["statements", "covered"]].sum()
        for row in rows(files.reset_index()):
            if row["statements"]:
                yield row["module"], 100 * row["covered"] / row["statements"]
    elif measure.name == "test_duration":
        tests = frames["tests"].groupby("module")[["seconds"]].sum()
        for row in rows(tests.reset_index()):
            yield row["module"], row["seconds"]
    else:
        for row in rows(frames["image"]):
            yield _TAG.sub("", row["image"]), row["size"] / 1e9


def _past(
    settings: Settings,
    history: Callable[[], History],
    measure: Measure,
    frames: Mapping[str, pd.DataFrame],
    data: Mapping[str, Any],
) -> tuple[str, str | None, pd.DataFrame]:
    """Return status, why it is not `compared`, and the figures of earlier runs."""
    nothing = pd.DataFrame({"subject": [], "value": []})
    executions = frames["executions"]
    own = executions[executions["stage"] == measure.stage]
    if (own["status"] == REUSED).any():
        return REUSED, "The result of an earlier run was taken over.", nothing
    if not settings.history.enabled:
        return OFF, "No history is kept (history.enabled).", nothing
    try:
        found = past(
            history(),
            measure,
            branches=_branches(settings, data),
            alike=_alike(measure, frames, data),
        )
    except QgateError as error:
        return UNREADABLE, error.message, nothing
    return COMPARED, None, found[found["run_id"] != data["run_id"]]


def _branches(settings: Settings, data: Mapping[str, Any]) -> Sequence[str]:
    own = (data.get("git") or {}).get("branch")
    return list(dict.fromkeys(filter(None, [settings.history.base, own])))


def _alike(
    measure: Measure, frames: Mapping[str, pd.DataFrame], data: Mapping[str, Any]
) -> str | None:
    if measure.alike == MACHINE:
        return str(data["machine"]["id"])
    if measure.alike == CONDITIONS:
        loads = pa.Table.from_pandas(
            frames["loads"], schema=tables.LOADS.schema(), preserve_index=False
        )
        return conditions_of(data["machine"], loads)
    return None


def _compared(
    measure: Measure,
    subject: str,
    value: float,
    status: str,
    why: str | None,
    runs: int,
) -> dict[str, Any]:
    if status == COMPARED and runs < NEEDED:
        status = TOO_FEW
        why = f"The history has {runs} of the {NEEDED} earlier runs that it takes."
    return {
        "measure": measure.name,
        "subject": subject,
        "value": value,
        "unit": measure.unit,
        "status": status,
        "detail": why,
        "runs": runs,
        "needed": NEEDED,
    }


def _with_this(
    points: pd.DataFrame, subject: str, value: float, data: Mapping[str, Any]
) -> pd.DataFrame:
    """Put the run itself behind the earlier ones."""
    git = data.get("git") or {}
    written = git.get("author_date")
    this = {
        "subject": subject,
        "value": value,
        "run_id": data["run_id"],
        "commit": git.get("commit"),
        "author_date": pd.Timestamp(written).tz_convert("UTC") if written else None,
        "started": pd.Timestamp(data["started"]).tz_convert("UTC"),
    }
    return pd.DataFrame([*rows(points), this])
