"""What a run is compared with: the figures of an earlier one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from qgate import api, record
from qgate.frames import rows, tables
from qgate.history.digest import conditions_of
from qgate.history.place import HistoryProblem
from qgate.history.store import History

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from qgate.api import Run
    from qgate.settings import Settings


@dataclass(frozen=True)
class Baseline:
    """Figures of the run that another one is compared with.

    Attributes:
        name: What a person calls it, as main at 1a2b3c4d.
        coverage: Line coverage by module, in percent.
        operations: 95th percentile by operation, in milliseconds.
    """

    name: str = ""
    coverage: Mapping[str, float] = field(default_factory=dict)
    operations: Mapping[str, float] = field(default_factory=dict)


def baseline(run: Run) -> Baseline:
    """Return the figures of *run* for others to be compared with."""
    git = run.record.data.get("git") or {}
    commit = str(git.get("commit", ""))[:8]
    name = f"{git.get('branch') or 'commit'} at {commit}" if commit else run.run_id
    operations = {
        row["operation"]: row["p95"]
        for row in rows(run.performance)
        if row["p95"] is not None
    }
    return Baseline(name, covered(run.coverage), operations)


def base_of(settings: Settings, run: Run) -> Baseline:
    """Return the figures that *run* is compared with: those of the base branch, by the history.

    Where `history.base_run` names a run, they are those of that one. Otherwise coverage is what
    the policy compared the run with, and times are those of the newest earlier run of the
    branch on the same machine under the same load; others say nothing.

    Raises:
        HistoryProblem: The history cannot be read.
        UsageError: The URL of the history is none, or `history.base_run` names no run.
    """
    if settings.history.base_run:
        kept = record.load(settings.reports, settings.history.base_run)
        return baseline(api.Run(kept))
    known = [
        row for row in rows(run.frames["base_coverage"]) if row["status"] == "measured"
    ]
    coverage = {
        row["module"]: 100 * row["covered"] / row["statements"]
        for row in known
        if row["statements"]
    }
    loaded = _loaded(settings, run)
    operations = {
        row["operation"]: row["p95"] for row in loaded if row["p95"] is not None
    }
    if not coverage and not operations:
        return Baseline()
    name = _named(settings.history.base, [*known, *loaded])
    return Baseline(name, coverage, operations)


def _loaded(settings: Settings, run: Run) -> list[dict[str, Any]]:
    """Return the operations of the newest earlier run of the base branch that is alike."""
    data = run.record.data
    loads = run.frames["loads"]
    if not settings.history.enabled or loads.empty or not data.get("machine"):
        return []
    own = conditions_of(
        data["machine"],
        pa.Table.from_pandas(loads, schema=tables.LOADS.schema(), preserve_index=False),
    )
    history = History(
        settings.history_url, settings.history.options, secrets=settings.secrets
    )
    found = history.performance(branch=settings.history.base, until=data["started"])
    if found.empty and history.problems:
        raise HistoryProblem(history.problems[0])
    alike = found[(found["conditions"] == own) & (found["run_id"] != run.run_id)]
    newest = alike["run_id"].iloc[-1] if len(alike) else None
    return list(rows(alike[alike["run_id"] == newest]))


def _named(branch: str, found: Iterable[Mapping[str, Any]]) -> str:
    """Name the commit as well when all figures are of the same one."""
    commits = {row["commit"] for row in found}
    only = commits.pop() if len(commits) == 1 else None
    return f"{branch} at {only[:8]}" if only else branch


def covered(coverage: pd.DataFrame) -> dict[str, float]:
    """Return line coverage by module in percent, of modules that have statements."""
    if coverage.empty:
        return {}
    sums = coverage.groupby("module")[["covered", "statements"]].sum()
    return {
        str(row["module"]): 100 * row["covered"] / row["statements"]
        for row in rows(sums.reset_index())
        if row["statements"]
    }
