"""Figures of a watch: how a running Odoo did, against its thresholds."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from qgate.figures.style import PALETTE, QUIET, finish, nothing

_TIMES: Final = "Response time of the health check"
_ERRORS: Final = "Error rate, from the log"
_CONNECTIONS: Final = "Connections to the database"
_LIMIT: Final = "#D55E00"
_DOWN: Final = "rgba(213, 94, 0, 0.14)"
_HEIGHT: Final = 330
_GAP: Final = 3.0
"""Usual distances between two looks from which on nobody looked: no line is drawn there."""


def health_times(samples: pd.DataFrame, *, limit: float) -> go.Figure:
    """Show the response time of each look, and when the server was unwell.

    Args:
        samples: Frame `operations`, in the order of time.
        limit: Milliseconds from which on it is an alert.
    """
    if not samples["response_time"].notna().any():
        return nothing(_TIMES, "The server answered no health check.")
    figure = go.Figure()
    _line(figure, samples, "response_time", "Response time", PALETTE[0], "%{y:,.0f} ms")
    figure = _finished(
        figure, samples, _TIMES, "Response time, ms", limit, f"{limit:,g} ms"
    )
    # A healthy answer takes a hundredth of what is an alert; both are to be seen.
    return figure.update_yaxes(type="log", rangemode="normal", dtick="D2")


def error_rates(samples: pd.DataFrame, *, limit: float) -> go.Figure:
    """Show errors for each request between two looks, percent.

    Args:
        samples: Frame `operations`, in the order of time.
        limit: Percent from which on it is an alert.
    """
    if not samples["error_rate"].notna().any():
        return nothing(_ERRORS, "No log was read: name it with --log.")
    figure = go.Figure()
    _line(figure, samples, "error_rate", "Error rate", PALETTE[3], "%{y:.1f} %")
    return _finished(
        figure, samples, _ERRORS, "Errors a request, %", limit, f"{limit:g} %"
    )


def connection_counts(samples: pd.DataFrame, *, limit: float) -> go.Figure:
    """Show the connections that are open, and the limit.

    Args:
        samples: Frame `operations`, in the order of time.
        limit: Share of what the server takes from which on it is an alert, percent.
    """
    known = samples["max_connections"].dropna()
    if known.empty:
        return nothing(
            _CONNECTIONS,
            "No database server was asked: name the database with --database.",
        )
    figure = go.Figure()
    for number, (column, name) in enumerate(
        (
            ("all_connections", "All databases"),
            ("connections", "This database"),
            ("active", "Of those, running a query"),
        )
    ):
        colour = PALETTE[(0, 2, 1)[number]]
        _line(figure, samples, column, name, colour, "%{y:,d}", step=True)
    most = int(known.iloc[-1])
    words = f"{limit:g} % of {most:,}"
    return _finished(
        figure, samples, _CONNECTIONS, "Connections", most * limit / 100, words
    )


def _line(
    figure: go.Figure,
    samples: pd.DataFrame,
    column: str,
    name: str,
    colour: str,
    shown: str,
    *,
    step: bool = False,
) -> None:
    times, values = _with_gaps(samples, column)
    figure.add_scatter(
        x=times,
        y=values,
        name=name,
        mode="lines+markers" if len(values) <= 60 else "lines",  # noqa: PLR2004
        line={"color": colour, "width": 2, "shape": "hv" if step else "linear"},
        marker={"size": 5},
        connectgaps=False,
        hovertemplate=f"{name}: {shown}<br>%{{x|%Y-%m-%d %H:%M:%S}} UTC<extra></extra>",
    )


def _with_gaps(samples: pd.DataFrame, column: str) -> tuple[list[Any], list[Any]]:
    """Return times and values, with nothing between two looks that are far apart."""
    apart = samples["at"].diff().dt.total_seconds()
    usual = apart.median()
    times: list[Any] = []
    values: list[Any] = []
    before = None
    for at, value, gap in zip(samples["at"], samples[column], apart, strict=True):
        if before is not None and gap > _GAP * usual:
            times.append(before + (at - before) / 2)
            values.append(None)
        times.append(at.to_pydatetime())
        values.append(None if pd.isna(value) else float(value))
        before = at
    return times, values


def _finished(
    figure: go.Figure,
    samples: pd.DataFrame,
    title: str,
    unit: str,
    limit: float,
    words: str,
) -> go.Figure:
    """Add the threshold, and the times at which the server was unwell."""
    figure.add_scatter(
        x=[samples["at"].iloc[0], samples["at"].iloc[-1]],
        y=[limit, limit],
        name=f"Alert above {words}",
        mode="lines",
        line={"color": _LIMIT, "width": 1.5, "dash": "dash"},
        hoverinfo="skip",
    )
    for begun, ended in _unwell(samples):
        figure.add_vrect(
            x0=begun,
            x1=ended,
            fillcolor=_DOWN,
            line_width=0,
            layer="below",
            annotation_text="unwell",
            annotation_position="bottom left",
            annotation_font={"color": QUIET, "size": 11},
        )
    finish(figure, title, height=_HEIGHT)
    figure.update_layout(legend_y=1 - 40 / _HEIGHT, margin_t=80)
    figure.update_yaxes(
        tickmode="auto",
        range=None,
        autorange=True,
        rangemode="tozero",
        showgrid=True,
        gridcolor="#d8dee4",
        title_text=unit,
    )
    figure.update_xaxes(title_text="Time, UTC")
    return figure


def _unwell(samples: pd.DataFrame) -> list[tuple[Any, Any]]:
    """Return from when to when the server was not healthy."""
    found: list[tuple[Any, Any]] = []
    since = None
    for at, healthy in zip(samples["at"], samples["healthy"], strict=True):
        if not healthy and since is None:
            since = at
        elif healthy and since is not None:
            found.append((since, at))
            since = None
    if since is not None:
        found.append((since, samples["at"].iloc[-1]))
    return found
