"""What a run is compared with: the figures of an earlier one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qgate.frames import rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from qgate.api import Run


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
