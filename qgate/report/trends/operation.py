"""How the modules run: response times under load, and the size of the image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from IPython.display import HTML

from qgate.figures import trends as figures
from qgate.report import html
from qgate.report.trends.cells import link, number, share
from qgate.report.trends.seen import part

if TYPE_CHECKING:
    from qgate.report.trends.seen import Trends

_OPERATIONS: Final = 8


@part
def performance(trends: Trends) -> HTML:
    """Show the response times of operations, those with a limit first."""
    found = trends.seen.performance
    if found.empty:
        return HTML(html.said("Nothing was measured under load."))
    names = figures.operations(found)
    parts = [
        html.chart(figures.operation_times(found, name)) for name in names[:_OPERATIONS]
    ]
    if left := names[_OPERATIONS:]:
        parts.append(html.said(f"Not drawn: {', '.join(left)}; see the table."))
    if trends.seen.compared:
        parts.append(
            html.said(
                f"{trends.seen.compared:,} runs on another machine or under another load "
                "than the newest are left out: their times cannot be compared."
            )
        )
    newest = found.sort_values("span").groupby("operation")
    parts.append(
        html.table(
            "Operations",
            ("Operation", "p95, ms", "At first, ms", "Change", "p50, ms", "Limit, ms",
             "SQL queries", "Newest run"),
            [
                (
                    str(name),
                    number(own["p95"].iloc[-1], ",.0f"),
                    number(own["p95"].iloc[0], ",.0f"),
                    number(share(own["p95"]), "+.1%"),
                    number(own["p50"].iloc[-1], ",.0f"),
                    number(own["threshold"].iloc[-1], ",.0f"),
                    number(own["queries"].iloc[-1], ",.1f"),
                    link(str(own["run_id"].iloc[-1]), str(own["link"].iloc[-1])),
                )
                for name, own in newest
            ],
        )
    )  # fmt: skip
    return HTML("".join(parts))


@part
def images(trends: Trends) -> HTML:
    """Show how large the image is."""
    limit = 1e9 * float(trends.limits.readiness.max_image_size)
    return HTML(html.chart(figures.image_sizes(trends.seen.images, limit=limit)))
