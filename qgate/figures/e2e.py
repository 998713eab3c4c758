"""Figures of end-to-end tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import plotly.graph_objects as go

from qgate.figures.style import duration, finish, nothing, safe, short
from qgate.figures.tests import OUTCOME_COLOURS
from qgate.frames import rows

if TYPE_CHECKING:
    import pandas as pd

_TITLE: Final = "When each end-to-end test ran"
_TESTS_SHOWN: Final = 60


def spec_timeline(tests: pd.DataFrame) -> go.Figure:
    """Show when each end-to-end test ran and for how long, coloured by its outcome.

    A test that never ended has no length; a small mark shows where it began.

    Args:
        tests: Frame `e2e`.
    """
    ran = sorted(
        (row for row in rows(tests) if row["started"] is not None),
        key=lambda row: row["started"],
    )
    if not ran:
        return nothing(_TITLE, "No end-to-end test ran.")
    left = len(ran) - _TESTS_SHOWN
    ran = ran[:_TESTS_SHOWN]
    begin = ran[0]["started"]
    starts = [(row["started"] - begin).total_seconds() for row in ran]
    lengths = [row["seconds"] or 0.0 for row in ran]
    end = max(start + length for start, length in zip(starts, lengths, strict=True))
    several = len({row["browser"] for row in ran}) > 1
    figure = go.Figure()
    for outcome, colour in OUTCOME_COLOURS.items():
        own = [i for i, row in enumerate(ran) if row["outcome"] == outcome]
        if not own:
            continue
        figure.add_bar(
            y=own,
            x=[max(lengths[i], end / 400) for i in own],
            base=[starts[i] for i in own],
            orientation="h",
            width=0.75,  # else it depends on how far apart an outcome's tests are
            name=outcome,
            marker_color=colour,
            text=[duration(lengths[i]) if lengths[i] else outcome for i in own],
            textposition="auto",
            insidetextanchor="middle",
            cliponaxis=False,
            hovertext=[
                f"{safe(ran[i]['module'])}: {safe(ran[i]['test'])}<br>"
                f"{safe(ran[i]['browser'])}, {outcome}, from {duration(starts[i])}"
                for i in own
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    figure.update_xaxes(
        title_text="Seconds since the first test began",
        range=[0, max(end, 0.1) * 1.12],
    )
    labels = [
        short(f"{row['test']}{' ' + row['browser'] if several else ''}", 44)
        for row in ran
    ]
    title = f"{_TITLE} (the first {_TESTS_SHOWN})" if left > 0 else _TITLE
    return finish(figure, title, labels, barmode="overlay")
