"""The coverage that the base branch has, for a run to be no worse than."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qgate import record
from qgate.errors import QgateError, UsageError
from qgate.frames import rows, tables
from qgate.frames.schema import to_pandas
from qgate.workspace import git

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pandas as pd

    from qgate.history.store import History
    from qgate.settings import Settings

READY: Final = "ready"
MISSING: Final = "missing"
MEASURED: Final = "measured"
NEW: Final = "new"

_NEWEST: Final = """
    SELECT module, statements, covered, run_id, commit FROM (
        SELECT own.*, runs.run_id, runs.commit, row_number() OVER (
            PARTITION BY own.module
            ORDER BY (runs.commit = ?) DESC NULLS LAST,
                coalesce(runs.author_date, runs.started) DESC, runs.started DESC
        ) AS back
        FROM module_coverage AS own JOIN runs USING (key)
        WHERE runs.branch = ? AND NOT coalesce(runs.dirty, false) AND runs.run_id <> ?
    ) WHERE back = 1
"""
"""The run of the commit that the branch left from, else the newest."""


def base_coverage(
    settings: Settings,
    history: Callable[[], History],
    frames: Mapping[str, pd.DataFrame],
    data: Mapping[str, Any],
) -> dict[str, pd.DataFrame]:
    """Return the frames `base_coverage`, and `baselines` with a row on where it is from.

    Args:
        settings: Names the base branch, or a run that stands for it.
        history: Opens the earlier runs.
        frames: `modules`, `coverage` and `baselines` of the run.
        data: `run_id` of its record.
    """
    before = list(rows(frames["baselines"]))
    if frames["coverage"].empty:
        return {"base_coverage": tables.BASE_COVERAGE.empty()}
    source = settings.history.base_run or settings.history.base
    diff = next((row for row in before if row["kind"] == "diff"), None)
    commit = diff["commit"] if diff else None
    row: dict[str, Any] = {"kind": "coverage", "ref": source, "status": READY}
    try:
        found = _found(settings, history, commit, str(data["run_id"]))
    except QgateError as error:
        found = {}
        row |= {"status": MISSING, "detail": error.message}
    if not found and row["status"] == READY:
        row["status"] = MISSING
        row["detail"] = f"The history has no run of {source} with coverage."
    return {
        "base_coverage": tables.BASE_COVERAGE.frame(
            _modules(settings, frames, found, commit)
        ),
        "baselines": tables.BASELINES.frame([*before, row]),
    }


def _found(
    settings: Settings, history: Callable[[], History], commit: str | None, run_id: str
) -> dict[str, dict[str, Any]]:
    """Return what the base has, by module."""
    if settings.history.base_run:
        return _of_record(settings)
    if not settings.history.enabled:
        message = "No history is kept (history.enabled)."
        raise UsageError(message, hint="Name a run with history.base_run.")
    values = [commit, settings.history.base, run_id]
    answer = to_pandas(history().query(_NEWEST, ("module_coverage",), values))
    return {row["module"]: row for row in rows(answer)}


def _of_record(settings: Settings) -> dict[str, dict[str, Any]]:
    kept = record.load(settings.reports, settings.history.base_run)
    measured = kept.frames()["coverage"]
    summed = measured.groupby("module")[["statements", "covered"]].sum()
    where = {
        "run_id": kept.run_id,
        "commit": (kept.data.get("git") or {}).get("commit"),
    }
    return {
        str(module): {
            "statements": int(row["statements"]),
            "covered": int(row["covered"]),
            **where,
        }
        for module, row in summed.iterrows()
    }


def _modules(
    settings: Settings,
    frames: Mapping[str, pd.DataFrame],
    found: Mapping[str, Mapping[str, Any]],
    commit: str | None,
) -> Iterator[dict[str, Any]]:
    for row in rows(frames["modules"]):
        if not row["gated"]:
            continue
        module = row["module"]
        if known := found.get(module):
            names = ("statements", "covered", "run_id", "commit")
            kept = {name: known[name] for name in names}
            yield {"module": module, "status": MEASURED, **kept}
        else:
            new = commit is not None and not _was_there(settings, commit, row["path"])
            yield {"module": module, "status": NEW if new else MISSING}


def _was_there(settings: Settings, commit: str, path: str) -> bool:
    """Tell whether the module in *path* is in *commit*; yes where nobody knows."""
    folder = settings.root / path
    try:
        listed = git(settings, folder, "ls-tree", "--name-only", commit, "./")
    except QgateError:
        return True
    return bool(listed.strip())
