"""Figures of a deploy: its steps on both colours, and how the target answered meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import plotly.graph_objects as go

from qgate.figures.style import (
    PALETTE,
    VERDICT_COLOURS,
    duration,
    finish,
    nothing,
    safe,
)
from qgate.frames import rows

if TYPE_CHECKING:
    import pandas as pd

COLOURS: Final = {"blue": PALETTE[0], "green": PALETTE[2]}
"""How the two colours of a target are drawn."""

_OTHER: Final = PALETTE[7]
_OK: Final = 200
_HEIGHT: Final = 320


def deployment_timeline(deployment: pd.DataFrame) -> go.Figure:
    """Show when each step was taken and on which colour; failed ones have a red edge.

    Args:
        deployment: Frame `deployment`.
    """
    title = "Steps, on the blue and the green colour"
    taken = list(rows(deployment))
    if not taken:
        return nothing(title, "No step was taken.")
    begin = min(row["started"] for row in taken)
    starts = [(row["started"] - begin).total_seconds() for row in taken]
    end = max(start + row["seconds"] for start, row in zip(starts, taken, strict=True))
    figure = go.Figure(
        go.Bar(
            y=list(range(len(taken))),
            x=[row["seconds"] for row in taken],
            base=starts,
            orientation="h",
            marker_color=[COLOURS.get(row["colour"], _OTHER) for row in taken],
            marker_line_color=[
                VERDICT_COLOURS.get(row["verdict"], VERDICT_COLOURS["error"])
                for row in taken
            ],
            marker_line_width=[0 if r["verdict"] == "passed" else 3 for r in taken],
            text=[
                f"{safe(row['colour'] or '')} {safe(row['verdict'])}, "
                f"{duration(row['seconds'])}".strip()
                for row in taken
            ],
            textposition="auto",
            cliponaxis=False,
            hovertext=[safe(row["detail"]) for row in taken],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    figure.update_xaxes(
        title_text="Seconds since the first step", range=[0, max(end, 0.1) * 1.15]
    )
    return finish(figure, title, [row["step"] for row in taken], legend=False)


def response_times_across_switch(
    probes: pd.DataFrame, deployment: pd.DataFrame
) -> go.Figure:
    """Show how fast the target answered through the proxy, and which colour did.

    Args:
        probes: Frame `deployment_probes`.
        deployment: Frame `deployment`; its switches are marked.
    """
    title = "Response times through the proxy"
    asked = list(rows(probes))
    if not asked:
        return nothing(title, "Nothing was asked through the proxy.")
    figure = go.Figure()
    groups = {
        name: [r for r in asked if r["colour"] == name and r["status"] == _OK]
        for name in COLOURS
    }
    for name, own in groups.items():
        _dots(figure, name, own, COLOURS[name], "circle")
    failed = [row for row in asked if row["status"] != _OK]
    _dots(figure, "failed", failed, VERDICT_COLOURS["failed"], "x")
    steps = list(rows(deployment))
    for row in steps:
        if row["step"] == "switch" and row["verdict"] == "passed":
            since = (row["started"] - steps[0]["started"]).total_seconds()
            figure.add_vline(x=since + row["seconds"], line_dash="dot")
    finish(figure, title, height=_HEIGHT)
    figure.update_xaxes(title_text="Seconds since the first request")
    return figure.update_yaxes(
        title_text="Milliseconds",
        tickmode="auto",
        tickvals=None,
        range=None,
        rangemode="tozero",
        showgrid=True,
    )


def _dots(
    figure: go.Figure,
    name: str,
    asked: list[dict[str, float]],
    colour: str,
    symbol: str,
) -> None:
    if asked:
        figure.add_scatter(
            x=[row["second"] for row in asked],
            y=[row["milliseconds"] for row in asked],
            mode="markers",
            name=f"{name} ({len(asked):,})",
            marker={"color": colour, "symbol": symbol, "size": 6},
        )
