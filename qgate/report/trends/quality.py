"""What the code is like: coverage, findings, flaky tests, vulnerabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.display import HTML

from qgate.figures import trends as figures
from qgate.frames import rows
from qgate.report import html
from qgate.report.trends.cells import link, number
from qgate.report.trends.seen import part

if TYPE_CHECKING:
    from qgate.report.trends.seen import Trends


@part
def coverage(trends: Trends) -> HTML:
    """Show the coverage of the modules, and list all of them."""
    found, limit = trends.seen.coverage, trends.limits.tests.min_coverage
    parts = [html.chart(figures.coverage_lines(found, limit=float(limit)))]
    if not found.empty:
        ordered = found.sort_values("span").groupby("module")
        parts.append(
            html.table(
                "Coverage of every module",
                (
                    "Module",
                    "Now, %",
                    "Before, %",
                    "Change, points",
                    "Lowest, %",
                    "Newest run",
                ),
                [
                    (
                        str(module),
                        number(own["percent"].iloc[-1]),
                        number(own["percent"].iloc[0]),
                        number(
                            own["percent"].iloc[-1] - own["percent"].iloc[0], "+.1f"
                        ),
                        number(own["low"].min()),
                        link(str(own["run_id"].iloc[-1]), str(own["link"].iloc[-1])),
                    )
                    for module, own in ordered
                ],
            )
        )
    return HTML("".join(parts))


@part
def findings(trends: Trends) -> HTML:
    """Show findings by tool, what came and went, and the rules they break."""
    seen = trends.seen
    parts = [
        html.chart(figures.finding_counts(seen.findings)),
        html.chart(figures.finding_moves(seen.findings)),
    ]
    if not seen.rules.empty:
        parts.append(
            html.table(
                "Rules",
                ("Tool", "Rule", "Now", "In the first run", "Change"),
                [
                    (row["tool"], row["rule"], row["now"], row["before"],
                     number(row["now"] - row["before"], "+d"))
                    for row in rows(seen.rules)
                ],
                filters=("Tool",),
            )
        )  # fmt: skip
    return HTML("".join(parts))


@part
def flaky(trends: Trends) -> HTML:
    """Rank the tests that passed only when tried again."""
    found = trends.seen.flaky
    if found.empty:
        return HTML(html.said("No test has passed only when tried again."))
    return HTML(
        html.table(
            "Flaky tests",
            (
                "Module",
                "Kind",
                "Test",
                "Flaky",
                "Failed",
                "Of runs",
                "Flaky, %",
                "Last seen",
            ),
            [
                (
                    row["module"],
                    row["kind"],
                    row["test"],
                    row["flaky"],
                    row["failed"],
                    row["total"],
                    number(100 * row["flaky"] / row["total"]) if row["total"] else None,
                    link(f"{row['began']:%Y-%m-%d %H:%M}", str(row["link"])),
                )
                for row in rows(found)
            ],
            filters=("Module", "Kind"),
        )
    )


@part
def security(trends: Trends) -> HTML:
    """Show vulnerabilities by severity, and how long the present ones are known."""
    seen = trends.seen
    parts = [html.chart(figures.severity_counts(seen.severities))]
    if not seen.vulnerabilities.empty:
        parts.append(
            html.table(
                "Vulnerabilities of the newest scan",
                ("Id", "Severity", "Package", "What", "Fixed in", "Known since", "Days"),
                [
                    (row["id"], html.severity(row["severity"].lower()), row["package"],
                     row["title"], row["fixed"], f"{row['since']:%Y-%m-%d}", row["days"])
                    for row in rows(seen.vulnerabilities)
                ],
                filters=("Severity",),
            )
        )  # fmt: skip
    return HTML("".join(parts))
