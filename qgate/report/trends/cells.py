"""Cells of the tables: links to reports, numbers and shares."""

from __future__ import annotations

from typing import Any

import pandas as pd

from qgate.report import html


def link(words: str, address: str) -> html.Cell:
    """Return a link to a report; an address that is not one of a page is left as words."""
    allowed = address.startswith(("https://", "http://", "runs/"))
    if not allowed:
        return html.Cell(html.safe(words), words)
    return html.Cell(f"<a href='{html.safe(address)}'>{html.safe(words)}</a>", words)


def number(value: Any, shape: str = ".1f") -> html.Cell | None:  # noqa: ANN401 - of a frame
    """Return a number in a *shape* of `format`, sorted by its value; None of nothing."""
    if value is None or pd.isna(value):
        return None
    return html.Cell(format(value, shape), str(value))


def share(values: pd.Series[Any]) -> float | None:
    """Return by how much the last value differs from the first, None where that is 0."""
    first = float(values.iloc[0])
    return float(values.iloc[-1]) / first - 1 if first else None
