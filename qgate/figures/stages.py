"""Figures of how a run went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import plotly.graph_objects as go

from qgate.figures.style import VERDICT_COLOURS, duration, finish, nothing, safe
from qgate.frames import rows

if TYPE_CHECKING:
    import pandas as pd

_TITLE: Final = "When each stage ran"
_LONG_SECONDS: Final = 300.0


def stage_timeline(executions: pd.DataFrame, stages: pd.DataFrame) -> go.Figure:
    """Show when each stage ran, coloured by its verdict.

    Args:
        executions: Frame `executions`.
        stages: Frame `stages`.
    """
    verdicts = {row["stage"]: row["verdict"] for row in rows(stages)}
    ran = [row for row in rows(executions) if row["started"] is not None]
    if not ran:
        return nothing(_TITLE, "No stage ran.")
    begin = min(row["started"] for row in ran)
    starts = [(row["started"] - begin).total_seconds() for row in ran]
    end = max(start + row["seconds"] for start, row in zip(starts, ran, strict=True))
    unit, scale = ("minutes", 60.0) if end > _LONG_SECONDS else ("seconds", 1.0)
    judged = [str(verdicts.get(row["stage"], "error")) for row in ran]
    figure = go.Figure(
        go.Bar(
            y=list(range(len(ran))),
            x=[row["seconds"] / scale for row in ran],
            base=[start / scale for start in starts],
            orientation="h",
            marker_color=[
                VERDICT_COLOURS.get(verdict, VERDICT_COLOURS["error"])
                for verdict in judged
            ],
            text=[
                f"{safe(verdict)}, {duration(row['seconds'])}"
                for verdict, row in zip(judged, ran, strict=True)
            ],
            textposition="auto",
            insidetextanchor="middle",
            cliponaxis=False,
            hovertext=[
                f"{safe(row['stage'])}: {safe(verdict)}<br>from {duration(start)} "
                f"to {duration(start + row['seconds'])}"
                for verdict, start, row in zip(judged, starts, ran, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    # A short bar has its words beside it; they need room too.
    figure.update_xaxes(
        title_text=f"{unit.capitalize()} since the first stage began",
        range=[0, max(end, 0.1) / scale * 1.12],
    )
    return finish(figure, _TITLE, [row["stage"] for row in ran], legend=False)
