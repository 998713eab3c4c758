"""Figures of Odoo's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import plotly.graph_objects as go

from qgate.figures.style import PALETTE, duration, finish, nothing, safe, short
from qgate.frames import rows

if TYPE_CHECKING:
    import pandas as pd

OUTCOME_COLOURS: Final = {
    "error": "#8250df",
    "failed": "#D55E00",
    "unfinished": "#7f0000",
    "flaky": "#E69F00",
    "skipped": "#999999",
    "passed": "#009E73",
}
"""Colour of each outcome of a test; the order is that of importance."""


def tests_by_outcome(tests: pd.DataFrame) -> go.Figure:
    """Show how many tests of each module passed, failed or were skipped.

    Args:
        tests: Frame `tests`.
    """
    if tests.empty:
        return nothing("Tests by module", "No test ran.")
    counts = tests.groupby(["module", "outcome"]).size()
    modules = sorted(str(name) for name in tests["module"].unique())
    figure = go.Figure()
    for outcome, colour in reversed(OUTCOME_COLOURS.items()):
        values = [int(counts.get((module, outcome), 0)) for module in modules]
        if not any(values):
            continue
        figure.add_bar(
            y=list(range(len(modules))),
            x=values,
            orientation="h",
            name=outcome,
            marker_color=colour,
            text=[f"{value:,}" if value else "" for value in values],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            customdata=[[safe(module)] for module in modules],
            hovertemplate=f"%{{customdata[0]}}: %{{x:,d}} {outcome}<extra></extra>",
        )
    figure.update_xaxes(title_text="Tests", tickformat=",d", rangemode="tozero")
    labels = [short(module, 32) for module in modules]
    return finish(figure, "Tests by module and outcome", labels, barmode="stack")


def slowest_tests(tests: pd.DataFrame, count: int = 10) -> go.Figure:
    """Show the tests that took longest.

    Args:
        tests: Frame `tests`.
        count: How many.
    """
    timed = tests[tests["seconds"].notna()].nlargest(count, "seconds")
    if timed.empty:
        return nothing("Slowest tests", "No test ran to its end.")
    shown = list(rows(timed))
    figure = go.Figure(
        go.Bar(
            y=list(range(len(shown))),
            x=[row["seconds"] for row in shown],
            orientation="h",
            marker_color=PALETTE[0],
            text=[duration(row["seconds"]) for row in shown],
            textposition="outside",
            cliponaxis=False,
            hovertext=[
                f"{safe(row['module'])}<br>{safe(row['class'])}.{safe(row['test'])}"
                f"<br>{row['seconds']:.3f} s{_queries(row['queries'])}"
                for row in shown
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    longest = max(row["seconds"] for row in shown)
    figure.update_xaxes(title_text="Seconds", range=[0, max(longest, 0.01) * 1.18])
    title = "The slowest test" if len(shown) == 1 else f"The {len(shown)} slowest tests"
    labels = [short(row["test"], 44) for row in shown]
    return finish(figure, title, labels, legend=False)


def _queries(count: int | None) -> str:
    return "" if count is None else f", {count:,} SQL queries"
