"""What all figures share: colours, template, sizes, and words made safe for plotly."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, Final

import plotly.graph_objects as go

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

VERDICT_COLOURS: Final = {
    "passed": "#1a7f37",
    "failed": "#cf222e",
    "error": "#8250df",
    "skipped": "#6e7781",
    "blocked": "#9a6700",
}
"""Colour of each verdict, the same in figures, tables and the report's banner."""

PALETTE: Final = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#F0E442",
    "#6e7781",
)
"""Colours of Okabe and Ito, which people with colour vision deficiencies can tell apart."""

SEVERITY_COLOURS: Final = {
    "fatal": "#7f0000",
    "critical": "#7f0000",
    "error": "#D55E00",
    "high": "#b3400f",
    "medium": "#E69F00",
    "warning": "#F0C75E",
    "low": "#56B4E9",
    "convention": "#8fcbee",
    "refactor": "#0072B2",
    "info": "#999999",
    "unknown": "#999999",
}
"""Colour of each severity; the order is that of importance."""

INK: Final = "#1b1f24"
QUIET: Final = "#57606a"

_ROW_HEIGHT: Final = 34
_TIGHT_ROW_HEIGHT: Final = 24
_MANY_ROWS: Final = 12
_FRAME_HEIGHT: Final = 96
_LEGEND_HEIGHT: Final = 24
_LEGEND_ITEMS: Final = 4
_ESCAPED: Final = str.maketrans({"$": "&#36;"} | dict.fromkeys(range(32), " "))

TEMPLATE: Final = go.layout.Template(
    layout={
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": INK},
        "title": {
            "x": 0,
            "xanchor": "left",
            "xref": "container",
            "y": 1,
            "yanchor": "top",
            "pad": {"t": 14},
            "font": {"size": 16},
        },
        "colorway": list(PALETTE),
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 10, "r": 30, "t": 50, "b": 46},
        "hoverlabel": {"align": "left", "namelength": -1, "font": {"size": 13}},
        "xaxis": {
            "gridcolor": "#d8dee4",
            "zeroline": False,
            "automargin": True,
            "ticks": "",
        },
        "yaxis": {"showgrid": False, "zeroline": False, "automargin": True},
        "legend": {
            "orientation": "h",
            "xref": "container",
            "x": 0,
            "xanchor": "left",
            "yref": "container",
            "yanchor": "top",
            "traceorder": "normal",
        },
        "bargap": 0.25,
        "uniformtext": {"minsize": 9, "mode": "hide"},
    }
)
"""The look of every figure."""


def safe(value: object) -> str:
    """Escape a word of a module: plotly reads tags, entities and TeX in its labels."""
    return html.escape(str(value)).translate(_ESCAPED)


def short(text: str, limit: int = 60) -> str:
    """Cut *text* at *limit* characters, with an ellipsis where something is left out."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def duration(seconds: float) -> str:
    """Write *seconds* for people: `0.42 s`, `41.3 s`, `2 min 5 s`."""
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < 100:  # noqa: PLR2004 - three digits of seconds are hard to read
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def share(part: float, whole: float) -> float:
    """Return *part* of *whole* in percent; of nothing everything is there."""
    return 100 * float(part) / float(whole) if whole else 100.0


def line_ranges(lines: Iterable[int]) -> str:
    """Write line numbers shortly: 1, 2, 3, 7 as `1-3, 7`."""
    ranges: list[list[int]] = []
    for line in sorted(set(lines)):
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1][1] = line
        else:
            ranges.append([line, line])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)


def finish(
    figure: go.Figure,
    title: str,
    labels: Sequence[object] = (),
    *,
    legend: bool = True,
    row_height: int | None = None,
    **layout: Any,  # noqa: ANN401 - plotly's own arguments
) -> go.Figure:
    """Give *figure* the common look.

    Args:
        figure: A figure whose bars lie at 0, 1, 2... of the y axis.
        title: Its heading.
        labels: What stands at 0, 1, 2..., from the top; two may be alike.
        legend: Whether there is one.
        row_height: Pixels of one bar, or group of bars.
        **layout: What differs from the common layout.
    """
    row = _ROW_HEIGHT if len(labels) <= _MANY_ROWS else _TIGHT_ROW_HEIGHT
    # The legend stands between the title and the bars, in as many lines as it may need.
    above = _LEGEND_HEIGHT * -(-len(figure.data) // _LEGEND_ITEMS) if legend else 0
    height = _FRAME_HEIGHT + above + (row_height or row) * max(len(labels), 2)
    figure.update_layout(
        template=TEMPLATE,
        title_text=title,
        showlegend=legend,
        legend_y=1 - 40 / height,
        margin_t=50 + above,
        height=height,
    )
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(labels))),
        ticktext=[f"{safe(label)}  " for label in labels],
        range=[max(len(labels), 1) - 0.5, -0.5],
    )
    return figure.update_layout(**layout)


def nothing(title: str, why: str) -> go.Figure:
    """Return a figure that says in words that there is nothing to draw."""
    figure = go.Figure()
    figure.add_annotation(
        text=safe(why),
        showarrow=False,
        xref="paper",
        yref="paper",
        x=0,
        y=0.5,
        font={"size": 14, "color": QUIET},
    )
    figure.update_xaxes(visible=False)
    finish(figure, title, legend=False, height=130)
    return figure.update_yaxes(visible=False)
