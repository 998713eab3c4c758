"""The figures whose changes are looked for, and the earlier runs that a run is like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qgate.frames import rows, tables
from qgate.frames.schema import to_pandas
from qgate.history.regressions import CONFIDENCE, SHARES, WINDOW, Scale, steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from qgate.history.regressions import Step
    from qgate.history.store import History

CONDITIONS: Final = "conditions"
MACHINE: Final = "machine"


@dataclass(frozen=True)
class Measure:
    """A figure that runs have of each subject.

    Attributes:
        name: Its name.
        unit: Unit of its values.
        sql: Query that gives `key`, `subject` and `value` of every run.
        reads: Tables it reads.
        stage: Stage that measures it.
        least: Smallest change that is told: a share, of coverage percentage points.
        rising: Whether more is worse.
        alike: Column of `runs` in which comparable runs agree, if they have to.
        scale: How values are compared.
    """

    name: str
    unit: str
    sql: str
    reads: tuple[str, ...]
    stage: str
    least: float
    rising: bool = True
    alike: str | None = None
    scale: Scale = SHARES

    def counts(self, step: Step) -> bool:
        """Tell whether a change is large enough to be told."""
        if self.scale.relative:
            return abs(step.share) >= self.least
        return abs(step.after - step.before) >= self.least


MEASURES: Final[Mapping[str, Measure]] = {
    measure.name: measure
    for measure in (
        Measure(
            "p95",
            "ms",
            "SELECT key, operation AS subject, p95 AS value FROM performance "
            "WHERE p95 IS NOT NULL "
            "AND key NOT IN (SELECT key FROM loads WHERE ended <> 'completed')",
            ("performance", "loads"),
            "performance",
            least=0.05,
            alike=CONDITIONS,
            scale=Scale(floor=0.1),
        ),
        Measure(
            "coverage",
            "%",
            "SELECT key, module AS subject, 100.0 * covered / statements AS value "
            "FROM module_coverage WHERE statements > 0",
            ("module_coverage",),
            "tests",
            least=0.5,
            rising=False,
            scale=Scale(relative=False, resolution=0.1),
        ),
        Measure(
            "test_duration",
            "s",
            "SELECT key, module AS subject, seconds AS value "
            "FROM module_tests WHERE kind = 'tests'",
            ("module_tests",),
            "tests",
            least=0.1,
            alike=MACHINE,
            scale=Scale(floor=0.05),
        ),
        Measure(
            "image_size",
            "GB",
            "SELECT key, regexp_replace(image, '[:@][^/]*$', '') AS subject, "
            "max(size) / 1e9 AS value FROM image GROUP BY ALL",
            ("image",),
            "readiness",
            least=0.02,
            scale=Scale(floor=1e-3),
        ),
    )
}
"""All of them, by name."""

POINTS: Final = ("subject", "value", "run_id", "commit", "author_date", "started")
"""Columns of what is looked at: one row per run and subject, in the order of the runs."""


def past(
    history: History,
    measure: Measure,
    *,
    branches: Sequence[str],
    alike: str | None = None,
    window: int = WINDOW,
) -> pd.DataFrame:
    """Return the figures of earlier runs, by subject, in the order they belong in.

    Runs of the first branch come before those of the next, each by the date its commit was
    written: so a feature's runs stand behind those of the branch that it will be merged to.
    Runs of changed checkouts, and results that were taken over, are left out.

    Args:
        history: Where they lie.
        measure: Which figure.
        branches: Branches whose runs count.
        alike: What machine and load, or machine, have to be, where that matters.
        window: Most runs of a subject.

    Raises:
        HistoryProblem: The history cannot be read.
    """
    where = "runs.branch IN (SELECT unnest(?)) AND NOT coalesce(runs.dirty, false)"
    values: list[object] = [measure.stage, list(branches)]
    if measure.alike:
        where += f" AND runs.{measure.alike} = ?"
        values.append(alike)
    sql = f"""
        WITH own AS ({measure.sql}),
        taken AS (
            SELECT key FROM executions WHERE stage = ? AND status = 'reused'
        ),
        ordered AS (
            SELECT own.subject, own.value, runs.run_id, runs.commit, runs.author_date,
                runs.started, list_position(?, runs.branch) AS place, key
            FROM own JOIN runs USING (key)
            WHERE {where} AND key NOT IN (SELECT key FROM taken)
        )
        SELECT subject, value, run_id, commit, author_date, started FROM (
            SELECT *, row_number() OVER (
                PARTITION BY subject
                ORDER BY place DESC, coalesce(author_date, started) DESC, started DESC, key DESC
            ) AS back FROM ordered
        ) WHERE back <= ? ORDER BY subject, back DESC
    """  # noqa: S608 - names of ours
    given = [values[0], list(branches), *values[1:], window]
    return to_pandas(history.query(sql, (*measure.reads, "executions"), given))


def changes(
    points: pd.DataFrame, measure: Measure, *, confidence: float = CONFIDENCE
) -> pd.DataFrame:
    """Return the sure changes of a figure, as the frame `changes`; a pure function.

    Args:
        points: Columns `POINTS`; a subject's rows in the order of the runs.
        measure: The figure.
        confidence: How sure a change has to be.
    """
    return tables.CHANGES.frame(
        row
        for subject, own in points.groupby("subject", sort=False)
        for row in _changes(str(subject), own, measure, confidence)
    )


def _changes(
    subject: str, points: pd.DataFrame, measure: Measure, confidence: float
) -> Iterator[dict[str, Any]]:
    runs = list(rows(points))
    found = steps([row["value"] for row in runs], measure.scale, confidence=confidence)
    told = [step for step in found if measure.counts(step)]
    for number, step in enumerate(told, 1):
        first, last = runs[step.at], runs[step.at - 1]
        yield {
            "measure": measure.name,
            "subject": subject,
            "number": number,
            "run_id": first["run_id"],
            "commit": first["commit"],
            "commit_before": last["commit"],
            "at": first["author_date"] or first["started"],
            "before": step.before,
            "after": step.after,
            "unit": measure.unit,
            "share": step.share,
            "worse": (step.after > step.before) is measure.rising,
            "runs_before": step.at - step.since,
            "runs_after": step.until - step.at,
            "confidence": step.confidence,
            "latest": step.until == len(runs),
        }


__all__ = ["CONDITIONS", "MACHINE", "MEASURES", "POINTS", "Measure", "changes", "past"]
