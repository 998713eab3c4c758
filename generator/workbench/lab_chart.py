"""Draws what prompts are worth: how much each version understands, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from generator.lab import SCORED
from qgate.figures.style import PALETTE, finish, nothing, safe
from qgate.frames import rows

if TYPE_CHECKING:
    import pandas as pd

_TITLE = "Understood of what was expected, by prompt version"


def label(row: dict[str, object]) -> str:
    """Return how a version is called: who read, with which model and which prompt."""
    return " ".join(
        str(row[key]) for key in ("provider", "model", "prompt") if row[key]
    )


def chart(versions: pd.DataFrame) -> go.Figure:
    """Draw the mean recall of each prompt version, a bar for each kind of thing."""
    drawn = [row for row in rows(versions) if row["total"] is not None]
    if not drawn:
        return nothing(_TITLE, "No ticket with an expectation was read yet.")
    figure = go.Figure()
    for colour, kind in zip(PALETTE, SCORED, strict=False):
        values = [row[f"{kind}_recall"] for row in drawn]
        figure.add_bar(
            name=kind,
            x=values,
            y=[*range(len(drawn))],
            orientation="h",
            marker_color=colour,
            customdata=[_told(row, kind) for row in drawn],
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.update_xaxes(range=[0, 1], tickformat=".0%", title="recall")
    figure.update_layout(barmode="group")
    labels = [label(row) for row in drawn]
    return finish(figure, _TITLE, labels, row_height=90)


def _told(row: dict[str, object], kind: str) -> str:
    cost = "unknown" if row["cost"] is None else f"${row['cost']:.4f}"
    return safe(
        f"{label(row)}: {kind}, recall {row[f'{kind}_recall']:.0%},"
        f" precision {row[f'{kind}_precision']:.0%}; {row['tickets']} tickets,"
        f" cost {cost}"
    )
