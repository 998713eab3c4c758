"""Pieces of a page, as HTML: text made safe, tables, charts, folded traces.

Every word that comes from a module, a tool or a test is untrusted: `safe` is the one place
where text becomes HTML.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from qgate.figures import OUTCOME_COLOURS, SEVERITY_COLOURS, line_ranges
from qgate.figures.style import short
from qgate.policy.wording import gist

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import plotly.graph_objects as go

ROWS_SENT: Final = 5000
"""Rows of a table that go into the page; more make it slow, and the frame has them all."""

_RANGES_SHOWN: Final = 60

SIGNS: Final = {
    "passed": "✓",
    "failed": "✗",
    "error": "!",
    "skipped": "○",
    "blocked": "‖",
    "unfinished": "…",
    "flaky": "↻",
}
"""What stands beside the colour of a verdict or outcome, for those who see no colour."""

_CONTROLS: Final = {
    # Escapes of terminals and marks of direction change what a reader sees; they are shown.
    **{code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n\r"},
    **{
        code: f"[U+{code:04X}]"
        for code in (127, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200F)
    },
}


@dataclass(frozen=True)
class Cell:
    """One cell of a table that is more than text.

    Attributes:
        markup: HTML.
        key: What it is sorted by, and compared with in a filter.
    """

    markup: str
    key: str


def safe(value: object) -> str:
    """Return *value* as text that HTML shows as it is, in elements and attributes."""
    text = "" if value is None else str(value)
    return html.escape(text.translate(_CONTROLS))


def said(text: str) -> str:
    """Return a sentence that stands where there is nothing to show."""
    return f"<p class='qg-said'>{safe(text)}</p>"


def badge(verdict: str) -> str:
    """Return a verdict or outcome with its sign, coloured."""
    known = verdict if verdict in SIGNS else "error"
    return f"<span class='qg-badge qg-{known}'>{SIGNS[known]} {safe(verdict)}</span>"


def outcome(name: str) -> Cell:
    """Return the cell of a test's outcome, sorted by importance."""
    order = list(OUTCOME_COLOURS)
    rank = order.index(name) if name in order else len(order)
    return Cell(badge(name), f"{rank} {name}")


def severity(name: str) -> Cell:
    """Return the cell of a severity, sorted by importance."""
    order = list(SEVERITY_COLOURS)
    rank = order.index(name) if name in order else len(order)
    colour = SEVERITY_COLOURS.get(name, SEVERITY_COLOURS["info"])
    dot = f"<span class='qg-dot' style='background:{colour}'></span>"
    return Cell(f"{dot}{safe(name)}", f"{rank:02} {name}")


def message(text: str) -> Cell:
    """Return the cell of a traceback: what was raised, the rest behind a click."""
    told = gist(text)
    if told == text.strip():
        return Cell(safe(told), told)
    return Cell(_folded(told, text), told)


def dotted(*parts: str) -> Cell:
    """Return the cell of a dotted name, which is best broken at its dots."""
    return Cell(".<wbr>".join(map(safe, parts)), ".".join(parts))


def several(texts: Sequence[str]) -> Cell:
    """Return the cell of some texts: the first, the rest behind a click."""
    if len(texts) <= 1:
        return Cell("".join(map(safe, texts)), "".join(texts))
    told = f"{texts[0]} and {len(texts) - 1:,} more"
    return Cell(_folded(told, "\n".join(texts)), told)


def ranges(lines: Sequence[int]) -> Cell:
    """Return the cell of line numbers, those beyond a line of text behind a click."""
    text = line_ranges(lines)
    if len(text) <= _RANGES_SHOWN:
        return Cell(safe(text), text)
    return Cell(_folded(short(text, _RANGES_SHOWN), text), text)


def trace(title: str, text: str, *, opened: bool) -> str:
    """Return a block of *text* behind *title*, which is HTML already."""
    state = " open" if opened else ""
    return (
        f"<details class='qg-trace'{state}><summary>{title}</summary>"
        f"{_pre(text)}</details>"
    )


def facts(pairs: Iterable[tuple[str, object]]) -> str:
    """Return named values as a list; the first over the whole width.

    Those without a value are left out.
    """
    listed = "".join(
        f"<div><dt>{safe(name)}</dt><dd>{safe(value)}</dd></div>"
        for name, value in pairs
        if value not in (None, "")
    )
    return f"<dl class='qg-facts'>{listed}</dl>"


def items(texts: Sequence[str], shown: int) -> str:
    """Return *texts* as a list, those beyond *shown* behind a click."""

    def listed(some: Iterable[str]) -> str:
        return "<ul>" + "".join(f"<li>{safe(text)}</li>" for text in some) + "</ul>"

    if len(texts) <= shown + 1:
        return listed(texts)
    more = (
        f"<details class='qg-more'><summary>and {len(texts) - shown:,} more</summary>"
        f"{listed(texts[shown:])}</details>"
    )
    return listed(texts[:shown]) + more


def table(
    title: str,
    names: Sequence[str],
    values: Iterable[Sequence[object]],
    *,
    filters: Collection[str] = (),
    prose: bool = False,
) -> str:
    """Return a table that can be sorted, searched and paged.

    Args:
        title: Its heading.
        names: Headings of the columns.
        values: Rows, of text, numbers or `Cell`; None is an empty cell. A column of empty
            cells alone is left out.
        filters: Headings of the columns that can be filtered by a choice.
        prose: Whether the last column has sentences, which need room.
    """
    every = list(values)
    kept = [i for i in range(len(names)) if any(_filled(row[i]) for row in every)]
    head = "".join(
        f"<th scope='col'{' data-filter' if names[i] in filters else ''}>"
        f"{safe(names[i])}</th>"
        for i in kept
    )
    body = "".join(
        f"<tr>{''.join(_cell(row[i]) for i in kept)}</tr>" for row in every[:ROWS_SENT]
    )
    left = len(every) - ROWS_SENT
    more = said(f"{left:,} more rows are in the frame.") if left > 0 else ""
    return (
        f"<div class='qg-table{' qg-prose' if prose else ''}'>"
        f"<h4>{safe(title)} <small>{len(every):,}</small></h4>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}"
        # In a notebook the table comes long after the page was loaded.
        "<script>window.qgateTables && window.qgateTables();</script>"
    )


def chart(figure: go.Figure) -> str:
    """Return a figure; the page has plotly's script already."""
    drawn = figure.to_html(
        full_html=False,
        include_plotlyjs=False,
        config={"displaylogo": False, "responsive": True},
    )
    return f"<div class='qg-chart'>{drawn}</div>"


def pair(*parts: str) -> str:
    """Return two parts side by side where there is room."""
    return f"<div class='qg-pair'>{''.join(parts)}</div>"


def _cell(value: object) -> str:
    if isinstance(value, Cell):
        return f"<td data-key='{safe(value.key)}'>{value.markup}</td>"
    if isinstance(value, float):
        return f"<td>{value:.2f}</td>"
    return f"<td>{safe(value)}</td>"


def _filled(value: object) -> bool:
    return value.key != "" if isinstance(value, Cell) else value not in (None, "")


def _folded(told: str, text: str) -> str:
    return f"<details><summary>{safe(told)}</summary>{_pre(text)}</details>"


def _pre(text: str) -> str:
    return f"<pre>{safe(text)}</pre>"
