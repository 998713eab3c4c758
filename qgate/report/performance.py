"""The part of the report page that shows what happened under load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.display import HTML

from qgate import figures
from qgate.frames import rows
from qgate.report import html
from qgate.report.measured import not_measured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qgate.api import Run


def performance(run: Run) -> HTML:
    """Show the load: what it was, each operation against its limit, and the course of it."""
    if missing := not_measured(run, "performance"):
        return missing
    rules = run.record.data["policy"]["performance"]
    statistic, limits = rules["statistic"], rules["thresholds"]
    # The limits are those of the policy, with which an old run may be judged anew.
    measured = run.frames["performance"].assign(
        threshold=lambda frame: frame["operation"].map(limits).astype("Float64")
    )
    parts = list(_loads(run))
    parts.append(html.chart(figures.operation_limits(measured, statistic=statistic)))
    parts.append(
        html.chart(figures.response_times(run.frames["performance_series"], measured))
    )
    listed = html.table(
        "Operations",
        (
            "Operation",
            "Requests",
            "Failed",
            "Requests/s",
            "Mean, ms",
            "p50, ms",
            "p95, ms",
            "p99, ms",
            "Slowest, ms",
            f"Limit of {statistic}, ms",
            "SQL queries, mean",
            "SQL queries, most",
            "Most frequent failure",
        ),
        [
            (
                row["operation"],
                row["requests"],
                row["failures"],
                row["rps"],
                *(_ms(row[name]) for name in ("avg", "p50", "p95", "p99", "max")),
                _ms(row["threshold"]),
                html.Cell(f"{row['queries']:.1f}", f"{row['queries']:.1f}")
                if row["queries"] is not None
                else None,
                row["queries_max"],
                row["message"],
            )
            for row in rows(measured)
        ],
        prose=True,
    )
    return HTML("".join([*parts, listed]))


def _loads(run: Run) -> Iterator[str]:
    """Say what each load was, and how it ended."""
    for row in rows(run.frames["loads"]):
        where = f" on {row['host']}" if row["host"] else ""
        text = (
            f"{row['users']:,} users at {row['spawn_rate']:g}/s{where}, after a warm-up of "
            f"{row['warm_up']:g} s measured for {figures.duration(row['seconds'])}; "
            f"{row['samples']:,} requests with the warm-up. "
        )
        if not row["host"]:
            odoo = f"{row['workers']} processes" if row["workers"] else "one process"
            text += (
                f"The database was seeded with {row['records']:,} records; Odoo ran in "
                f"{odoo} and took {row['peak_memory'] / 1e6:,.0f} MB at most. "
            )
        text += (
            f"Locust {row['locust']} used {row['cpu']:.0f} % of a core. Times are those of "
            "single requests; percentiles interpolate between the two nearest."
        )
        yield f"<p>{html.safe(text)}</p>"
        if row["ended"] != "completed":
            why = f"The load did not complete: {row['cause'] or row['ended']}."
            yield html.said(why)


def _ms(value: Any) -> html.Cell | None:  # noqa: ANN401 - a number or None
    if value is None:
        return None
    return html.Cell(html.safe(f"{value:,.0f}"), f"{value:.3f}")
