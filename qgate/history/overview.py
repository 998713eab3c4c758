"""What the page of trends shows, asked of a history in a handful of queries.

Ten thousand runs are no picture. Up to `POINTS` runs each is a point of its own; of more, the
period is divided into that many spans, and a point tells of the runs of one span: the middle
of them, how far they are apart, and the newest, to whose report it leads.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from qgate.frames import rows, tables
from qgate.frames.schema import to_pandas
from qgate.history.measures import MEASURES, changes
from qgate.history.period import Choice, When, moment
from qgate.history.regressions import WINDOW

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from qgate.history.store import History

POINTS: Final = 150
"""Points of a line that a page of usual width can show apart."""

TABLES: Final = (
    "runs",
    "module_coverage",
    "module_tests",
    "test_events",
    "finding_marks",
    "executions",
    "performance",
    "scans",
    "vulnerabilities",
    "image",
)
"""Tables of the history that an overview reads."""

_LINK: Final = "coalesce(report, 'runs/' || run_id || '/report.html')"
"""Where a run's report is; without an address, beside a page that lies in report.folder."""

_NEWEST: Final = (
    "max(began) AS began, count(*) AS runs, arg_max(run_id, began) AS run_id, "
    "arg_max(link, began) AS link, arg_max(commit, began) AS commit"
)


@dataclass(frozen=True)
class Overview:
    """Everything the page shows; each frame has at most some thousand rows.

    Attributes:
        url: The history.
        filters: What was asked for, for people.
        runs: All runs of the choice, oldest first.
        spans: Per span: runs, passed.
        coverage: Per span and module: percent, low, high.
        performance: Per span and operation: p50, p95, low, high, threshold.
        findings: Per span and tool: findings, new, fixed.
        rules: Per tool and rule: findings in the newest run and in the first one.
        flaky: Per test: flaky, failed, of how many runs, last seen.
        durations: Per span and stage: seconds.
        vulnerabilities: Those of the newest scan: severity, since when they are known.
        severities: Per span and severity: vulnerabilities.
        images: Per span and image: bytes.
        changes: Sure changes of figures, the newest first.
        compared: How many runs under load are left out, as machine or load differ.
        problems: What could not be read.
    """

    url: str
    filters: str
    runs: pd.DataFrame
    spans: pd.DataFrame
    coverage: pd.DataFrame
    performance: pd.DataFrame
    findings: pd.DataFrame
    rules: pd.DataFrame
    flaky: pd.DataFrame
    durations: pd.DataFrame
    vulnerabilities: pd.DataFrame
    severities: pd.DataFrame
    images: pd.DataFrame
    changes: pd.DataFrame
    compared: int
    problems: list[str]


def overview(
    history: History,
    *,
    branch: str | None = None,
    since: When = None,
    until: When = None,
    module: str | None = None,
) -> Overview:
    """Ask a history for what the page of trends shows.

    Args:
        history: The history.
        branch: Only runs of this branch.
        since: Only runs that began then or later: `30d`, a date, a datetime.
        until: Only runs that began before.
        module: Only this module, and runs that judged it.

    Raises:
        UsageError: A moment is none.
        HistoryProblem: The history cannot be read.
    """
    choice = Choice(branch or None, moment(since), moment(until), module or None)
    asked = _Questions(history, choice)
    performance, left_out = asked.performance()
    coverage, images = asked.coverage(), asked.images()
    tests = asked.test_durations()
    changed = _changes(
        {
            "p95": _points(performance, "operation", performance["p95"]),
            "coverage": _points(coverage, "module", coverage["percent"]),
            "test_duration": _points(tests, "module", tests["seconds"]),
            "image_size": _points(images, "image", images["size"] / 1e9),
        }
    )
    return Overview(
        url=history.url,
        filters=_filters(branch, since, until, module),
        runs=asked.runs,
        spans=asked.spans(),
        coverage=coverage,
        performance=performance,
        findings=asked.findings(),
        rules=asked.rules(),
        flaky=asked.flaky(),
        durations=asked.durations(),
        vulnerabilities=asked.vulnerabilities(),
        severities=asked.severities(),
        images=images,
        changes=changed,
        compared=left_out,
        problems=history.problems,
    )


def recoveries(runs: pd.DataFrame) -> pd.DataFrame:
    """Return how long each branch took from red to green; a pure function.

    Args:
        runs: Runs of any branches, oldest first.

    Returns:
        `branch`, `red` (when the first run that did not pass began), `green` (when the next one
        that passed had ended; empty as long as none has), `hours`, `runs` (it took), `link`.
    """
    found: list[dict[str, Any]] = []
    for branch, own in runs.groupby("branch", dropna=False, sort=False):
        red: dict[str, Any] | None = None
        tries = 0
        for row in rows(own):
            if row["verdict"] != "passed":
                red, tries = (red or row), tries + 1
            elif red is not None:
                green = row["started"] + timedelta(seconds=row["seconds"])
                found.append(_recovery(branch, red, green, tries, row["link"]))
                red, tries = None, 0
        if red is not None:
            found.append(_recovery(branch, red, None, tries, red["link"]))
    columns = ["branch", "red", "green", "hours", "runs", "link"]
    return pd.DataFrame(found, columns=columns).sort_values("red", ignore_index=True)


def _recovery(
    branch: object, red: dict[str, Any], green: datetime | None, tries: int, link: str
) -> dict[str, Any]:
    began = red["started"]
    hours = (green - began) / timedelta(hours=1) if green else None
    return {
        "branch": branch,
        "red": began,
        "green": green,
        "hours": hours,
        "runs": tries,
        "link": link,
    }


class _Questions:
    def __init__(self, history: History, choice: Choice) -> None:
        self._history = history
        self._month = choice.month
        where, self._values = choice.where()
        self._module = choice.module
        self.runs = self._ask(
            f"SELECT key, run_id, started, seconds, verdict, blocking, branch, commit, "
            f"machine, conditions, {_LINK} AS link, started AS began FROM runs "
            f"WHERE {where} ORDER BY started, key",
            (),
            self._values,
        )
        self._picked = (
            f"WITH picked AS (SELECT key, run_id, started AS began, verdict, conditions, commit, "
            f"modules, {_LINK} AS link, {self._span()} AS span FROM runs WHERE {where})"
        )

    def _span(self) -> str:
        """Return the number of a run's span, in SQL."""
        if len(self.runs) <= POINTS:
            return "row_number() OVER (ORDER BY started, key)"
        first, last = self.runs["began"].iloc[0], self.runs["began"].iloc[-1]
        width = max((last - first).total_seconds() / POINTS, 1.0)
        return (
            f"CAST(floor((epoch(started) - {first.timestamp()}) / {width}) AS BIGINT)"
        )

    def _ask(
        self, sql: str, names: tuple[str, ...], values: list[object]
    ) -> pd.DataFrame:
        return to_pandas(self._history.query(sql, names, values, since=self._month))

    def _of(self, sql: str, *names: str, more: tuple[object, ...] = ()) -> pd.DataFrame:
        return self._ask(f"{self._picked} {sql}", names, [*self._values, *more])

    def _own(self, table: str) -> tuple[str, tuple[object, ...]]:
        """Return the condition that rows of *table* are of the chosen module."""
        if not self._module:
            return "true", ()
        return f"{table}.module = ?", (self._module,)

    def spans(self) -> pd.DataFrame:
        return self._of(
            f"SELECT span, {_NEWEST}, "
            "count(*) FILTER (verdict = 'passed') AS passed "
            "FROM picked GROUP BY span ORDER BY span"
        )

    def coverage(self) -> pd.DataFrame:
        where, more = self._own("own")
        return self._of(
            f"SELECT span, own.module, {_NEWEST}, median(share) AS percent, "
            "min(share) AS low, max(share) AS high FROM (SELECT *, "
            "100.0 * covered / statements AS share FROM module_coverage "
            f"WHERE statements > 0) AS own JOIN picked USING (key) WHERE {where} "
            "GROUP BY span, own.module ORDER BY own.module, span",
            "module_coverage",
            more=more,
        )

    def performance(self) -> tuple[pd.DataFrame, int]:
        """Return operations under the conditions of the newest load, and runs left out."""
        loaded = self.runs.dropna(subset=["conditions"])
        if loaded.empty:
            alike, left_out = "", 0
        else:
            alike = str(loaded["conditions"].iloc[-1])
            left_out = int((loaded["conditions"] != alike).sum())
        found = self._of(
            f"SELECT span, operation, {_NEWEST}, median(p50) AS p50, median(p95) AS p95, "
            "quantile_cont(p95, 0.1) AS low, quantile_cont(p95, 0.9) AS high, "
            "arg_max(threshold, began) AS threshold, median(queries) AS queries "
            "FROM performance JOIN picked USING (key) "
            "WHERE coalesce(conditions, '') = ? AND p95 IS NOT NULL "
            "GROUP BY span, operation ORDER BY operation, span",
            "performance",
            more=(alike,),
        )
        return found, left_out

    def findings(self) -> pd.DataFrame:
        """Compare the newest run of each span with that of the span before, module by module."""
        where, more = self._own("finding_marks")
        return self._of(
            ", lasts AS (SELECT arg_max(key, began) AS key, max(began) AS began, "
            "arg_max(run_id, began) AS run_id, arg_max(link, began) AS link, "
            "arg_max(modules, began) AS modules, row_number() OVER (ORDER BY max(began)) AS place "
            "FROM picked GROUP BY span), "
            "marks AS (SELECT lasts.place, tool, finding_marks.module, mark, "
            "sum(findings) AS findings FROM finding_marks JOIN lasts USING (key) "
            f"WHERE {where} GROUP BY ALL), "
            "compared AS (SELECT coalesce(now.place, before.place + 1) AS place, "
            "coalesce(now.tool, before.tool) AS tool, now.findings AS findings, "
            "CASE WHEN before.mark IS NULL THEN now.findings END AS new, "
            "CASE WHEN now.mark IS NULL THEN before.findings END AS fixed, "
            "coalesce(now.module, before.module) AS module "
            "FROM marks AS now FULL JOIN marks AS before ON now.place = before.place + 1 "
            "AND now.tool = before.tool AND now.module = before.module "
            "AND now.mark = before.mark) "
            "SELECT lasts.place AS span, tool, any_value(lasts.began) AS began, "
            "any_value(lasts.run_id) AS run_id, any_value(lasts.link) AS link, "
            "CAST(coalesce(sum(findings), 0) AS BIGINT) AS findings, "
            "CAST(coalesce(sum(new) FILTER (known), 0) AS BIGINT) AS new, "
            "CAST(coalesce(sum(fixed) FILTER (known), 0) AS BIGINT) AS fixed FROM ("
            "SELECT compared.*, list_contains(earlier.modules, compared.module) "
            "AND list_contains(lasts.modules, compared.module) AS known FROM compared "
            "JOIN lasts ON lasts.place = compared.place "
            "LEFT JOIN lasts AS earlier ON earlier.place = compared.place - 1) AS told "
            "JOIN lasts ON lasts.place = told.place GROUP BY lasts.place, tool "
            "ORDER BY tool, span",
            "finding_marks",
            more=more,
        )

    def rules(self) -> pd.DataFrame:
        where, more = self._own("finding_marks")
        return self._of(
            ", ends AS (SELECT arg_max(key, began) AS newest, arg_min(key, began) AS first "
            "FROM picked) SELECT tool, rule, "
            "CAST(coalesce(sum(findings) FILTER (key = newest), 0) AS BIGINT) AS now, "
            "CAST(coalesce(sum(findings) FILTER (key = first), 0) AS BIGINT) AS before "
            "FROM finding_marks, ends WHERE (key = newest OR key = first) "
            f"AND {where} GROUP BY tool, rule ORDER BY now DESC, before DESC, tool, rule",
            "finding_marks",
            more=more,
        )

    def flaky(self) -> pd.DataFrame:
        where, more = self._own("test_events")
        return self._of(
            ", ran AS (SELECT module, kind, count(DISTINCT key) AS total FROM module_tests "
            "JOIN picked USING (key) GROUP BY ALL) "
            "SELECT test_events.module, test_events.kind, test, "
            "count(*) FILTER (outcome = 'flaky') AS flaky, "
            "count(*) FILTER (outcome IN ('failed', 'error')) AS failed, "
            "any_value(total) AS total, max(began) AS began, arg_max(run_id, began) AS run_id, "
            "arg_max(link, began) AS link FROM test_events JOIN picked USING (key) "
            "LEFT JOIN ran ON ran.module = test_events.module AND ran.kind = test_events.kind "
            f"WHERE {where} GROUP BY ALL HAVING flaky > 0 "
            "ORDER BY flaky DESC, began DESC, test LIMIT 100",
            "test_events",
            "module_tests",
            more=more,
        )

    def durations(self) -> pd.DataFrame:
        return self._of(
            f"SELECT span, stage, {_NEWEST}, median(seconds) AS seconds "
            "FROM executions JOIN picked USING (key) WHERE status = 'measured' "
            "GROUP BY span, stage ORDER BY stage, span",
            "executions",
        )

    def test_durations(self) -> pd.DataFrame:
        where, more = self._own("module_tests")
        return self._of(
            f"SELECT span, module_tests.module, {_NEWEST}, median(module_tests.seconds) "
            "AS seconds FROM module_tests JOIN picked USING (key) "
            f"WHERE kind = 'tests' AND {where} GROUP BY ALL ORDER BY module, span",
            "module_tests",
            more=more,
        )

    def vulnerabilities(self) -> pd.DataFrame:
        return self._of(
            ", scanned AS (SELECT arg_max(key, began) AS newest FROM picked "
            "WHERE key IN (SELECT key FROM scans)) "
            "SELECT id, severity, package, any_value(title) AS title, "
            "max(fixed) AS fixed, min(began) AS since, "
            "date_diff('day', min(began), now()) AS days "
            "FROM vulnerabilities JOIN picked USING (key), scanned "
            "WHERE suppressed_by IS NULL GROUP BY id, severity, package "
            "HAVING bool_or(key = newest) ORDER BY since, id",
            "vulnerabilities",
            "scans",
        )

    def severities(self) -> pd.DataFrame:
        return self._of(
            ", lasts AS (SELECT span, arg_max(key, began) AS key, max(began) AS began, "
            "arg_max(run_id, began) AS run_id, arg_max(link, began) AS link FROM picked "
            "WHERE key IN (SELECT key FROM scans) GROUP BY span) "
            "SELECT span, severity, any_value(began) AS began, any_value(run_id) AS run_id, "
            "any_value(link) AS link, count(id) AS vulnerabilities FROM lasts "
            "LEFT JOIN (SELECT * FROM vulnerabilities WHERE suppressed_by IS NULL) "
            "USING (key) GROUP BY span, severity ORDER BY severity, span",
            "vulnerabilities",
            "scans",
        )

    def images(self) -> pd.DataFrame:
        return self._of(
            "SELECT span, regexp_replace(image, '[:@][^/]*$', '') AS image, "
            f"{_NEWEST}, median(size) AS size FROM image JOIN picked USING (key) "
            "GROUP BY ALL ORDER BY image, span",
            "image",
        )


def _changes(found: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Look for changes along the points of each figure, the newest first.

    The detector looks at as many points as a level needs to be told from noise; over a longer
    period it is asked again every half of that.
    """
    parts = []
    for name, points in found.items():
        for _, own in points.groupby("subject", sort=False):
            for first in range(0, max(len(own) - WINDOW // 2, 1), WINDOW // 2):
                part = own.iloc[first : first + WINDOW]
                parts.append(changes(part, MEASURES[name]))
    every = pd.concat(parts, ignore_index=True) if parts else tables.CHANGES.frame([])
    once = every.drop_duplicates(["measure", "subject", "run_id"])
    return once.sort_values("at", ascending=False, ignore_index=True)


def _points(found: pd.DataFrame, subject: str, value: pd.Series[Any]) -> pd.DataFrame:
    """Return a figure of an overview as the detector of changes takes it."""
    return pd.DataFrame(
        {
            "subject": found[subject],
            "value": value,
            "run_id": found["run_id"],
            "commit": found["commit"],
            "author_date": found["began"],
            "started": found["began"],
        }
    )


def _filters(branch: str | None, since: When, until: When, module: str | None) -> str:
    parts = [f"branch {branch}" if branch else "all branches"]
    parts += [f"since {since}"] if since else []
    parts += [f"until {until}"] if until else []
    parts += [f"module {module}"] if module else []
    return ", ".join(parts)


__all__ = ["POINTS", "Overview", "overview", "recoveries"]
