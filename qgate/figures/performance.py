"""Figures of a load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from qgate.figures.style import (
    INK,
    PALETTE,
    QUIET,
    finish,
    nothing,
    safe,
    short,
)
from qgate.frames import rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

_TIMES: Final = "Response times (p95, the median dotted) and throughput under load"
_LIMITS: Final = "Operations and their limits"
_NOTHING: Final = "Nothing was measured under load."
_HEIGHT: Final = 520
_LEGEND_HEIGHT: Final = 24
_GAP_SECONDS: Final = 5
_SLOW: Final = "#D55E00"
_GOOD: Final = "#009E73"
_FREE: Final = "#9aa4ae"


def response_times(series: pd.DataFrame, performance: pd.DataFrame) -> go.Figure:
    """Show how median and 95th percentile of each operation went over time, and throughput.

    Seconds of the warm-up are shaded. Operations without a limit can be switched on in the
    legend.

    Args:
        series: Frame `performance_series`.
        performance: Frame `performance`.
    """
    if series.empty:
        return nothing(_TIMES, _NOTHING)
    figure = make_subplots(
        rows=2,
        cols=1,
        shared_xaxes=True,
        row_heights=[0.7, 0.3],
        vertical_spacing=0.06,
    )
    limited = {row["operation"] for row in rows(performance) if row["threshold"]}
    names = list(dict.fromkeys([*performance["operation"], *series["operation"]]))
    names = [name for name in names if (series["operation"] == name).any()]
    for number, name in enumerate(names):
        own = series[series["operation"] == name].sort_values("second")
        colour = PALETTE[number % len(PALETTE)]
        shown = True if name in limited or not limited else "legendonly"
        _line(figure, own, "p50", name, colour, "dot", shown)
        _line(figure, own, "p95", name, colour, "solid", shown)
    totals = series.groupby("second")["requests"].sum()
    figure.add_bar(
        x=[int(second) for second in totals.index],
        y=[int(count) for count in totals],
        marker_color=QUIET,
        showlegend=False,
        hovertemplate="second %{x}: %{y:,d} requests<extra></extra>",
        row=2,
        col=1,
    )
    finish(figure, _TIMES, height=_HEIGHT + _LEGEND_HEIGHT * (len(names) // 5))
    figure.update_layout(
        bargap=0.1,
        margin_t=70 + _LEGEND_HEIGHT * (1 + len(names) // 5),
        legend={"y": 1 - 44 / _HEIGHT, "groupclick": "togglegroup"},
    )
    figure.update_yaxes(
        tickmode="auto",
        range=None,
        autorange=True,
        rangemode="tozero",
        showgrid=True,
        gridcolor="#d8dee4",
    )
    # Logging in takes ten times as long as the rest, which would be a line at the bottom.
    figure.update_yaxes(
        title_text="Response time, ms", type="log", dtick="D2", row=1, col=1
    )
    figure.update_yaxes(title_text="Requests/s", tickformat=",d", row=2, col=1)
    figure.update_xaxes(title_text="Seconds since the first user", row=2, col=1)
    _shade(figure, series)
    return figure


def operation_limits(performance: pd.DataFrame, *, statistic: str = "p95") -> go.Figure:
    """Show the judged statistic of each operation, with its limit where it has one.

    Args:
        performance: Frame `performance`.
        statistic: As in the policy: avg, p50, p95, p99 or max.
    """
    shown = [row for row in rows(performance) if row[statistic] is not None]
    if not shown:
        return nothing(_LIMITS, _NOTHING)
    figure = go.Figure()
    for label, colour, chosen in (
        ("within its limit", _GOOD, [row for row in shown if _state(row, statistic)]),
        (
            "above its limit",
            _SLOW,
            [row for row in shown if _state(row, statistic) is False],
        ),
        (
            "without a limit",
            _FREE,
            [row for row in shown if _state(row, statistic) is None],
        ),
    ):
        if chosen:
            _bars(figure, shown, chosen, statistic, label, colour)
    limited = [(i, row) for i, row in enumerate(shown) if row["threshold"] is not None]
    if limited:
        figure.add_scatter(
            x=[row["threshold"] for _, row in limited],
            y=[place for place, _ in limited],
            mode="markers",
            name="limit",
            marker={
                "symbol": "line-ns",
                "size": 24,
                "line": {"width": 3, "color": INK},
            },
            customdata=[[safe(row["operation"])] for _, row in limited],
            hovertemplate="limit of %{customdata[0]}: %{x:,.0f} ms<extra></extra>",
        )
    longest = max(
        [row[statistic] for row in shown] + [r["threshold"] for _, r in limited]
    )
    figure.update_xaxes(
        title_text=f"{statistic} of the response time, ms",
        tickformat=",d",
        range=[0, longest * 1.12],
    )
    labels = [short(row["operation"], 32) for row in shown]
    return finish(figure, f"{_LIMITS} ({statistic})", labels, barmode="overlay")


def _line(
    figure: go.Figure,
    own: pd.DataFrame,
    statistic: str,
    name: str,
    colour: str,
    dash: str,
    shown: bool | str,  # noqa: FBT001 - plotly's own three values
) -> None:
    median = statistic == "p50"
    points = _points(own, statistic)
    figure.add_scatter(
        x=[second for second, _, _ in points],
        y=[value for _, value, _ in points],
        mode="lines" if median else "lines+markers",
        name=f"{safe(name)}",
        legendgroup=safe(name),
        showlegend=not median,
        visible=shown,
        line={"color": colour, "width": 1 if median else 2, "dash": dash},
        marker={"size": 5},
        customdata=[[safe(name), count] for _, _, count in points],
        hovertemplate=(
            f"%{{customdata[0]}}, {statistic}: %{{y:,.0f}} ms<br>second %{{x}}, "
            "%{customdata[1]} requests<extra></extra>"
        ),
        row=1,
        col=1,
    )


def _points(own: pd.DataFrame, statistic: str) -> list[tuple[int, float | None, int]]:
    """Return second, value and requests, with a gap where nothing was asked for a while."""
    points: list[tuple[int, float | None, int]] = []
    for row in rows(own):
        second = int(row["second"])
        if points and second - points[-1][0] > _GAP_SECONDS:
            points.append((second - 1, None, 0))
        points.append((second, float(row[statistic]), int(row["requests"])))
    return points


def _shade(figure: go.Figure, series: pd.DataFrame) -> None:
    warm = series.loc[series["warm_up"], "second"]
    counted = series.loc[~series["warm_up"], "second"]
    begin = int(counted.min()) if len(counted) else int(warm.max()) + 1
    early = warm[warm < begin]
    if not early.empty:
        figure.add_vrect(
            x0=min(0, int(early.min())) - 0.5,
            x1=begin - 0.5,
            fillcolor="#8c959f",
            opacity=0.18,
            line_width=0,
            annotation_text="warm-up, left out",
            annotation_position="top left",
            annotation_font_color=QUIET,
            row=1,
            col=1,
        )


def _state(row: dict[str, Any], statistic: str) -> bool | None:
    limit = row["threshold"]
    return None if limit is None else bool(row[statistic] <= limit)


def _bars(
    figure: go.Figure,
    shown: Sequence[dict[str, Any]],
    chosen: Sequence[dict[str, Any]],
    statistic: str,
    label: str,
    colour: str,
) -> None:
    places = [shown.index(row) for row in chosen]
    figure.add_bar(
        x=[row[statistic] for row in chosen],
        y=places,
        orientation="h",
        name=label,
        marker_color=colour,
        text=[f"{row[statistic]:,.0f} ms" for row in chosen],
        textposition="outside",
        cliponaxis=False,
        customdata=[
            [safe(row["operation"]), int(row["requests"]), int(row["failures"])]
            for row in chosen
        ],
        hovertemplate=(
            "%{customdata[0]}: %{x:,.1f} ms<br>%{customdata[1]:,d} requests, "
            "%{customdata[2]:,d} failed<extra></extra>"
        ),
    )
