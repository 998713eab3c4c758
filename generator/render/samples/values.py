"""What a field of a sample has: a value as Odoo knows it, or a stand-in."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = bool | int | float | str | date | datetime | None
Values = dict[str, Value]

DAY: Final = date(2026, 3, 2)
"""Day that samples begin with."""

LINE: Final = "/"
"""Between the name of a one2many field and that of a field of its line."""

SAMPLE: Final = "sample"
"""Stands for a related record, or a file."""


def line_values(values: Mapping[str, Value], lines: str) -> Values:
    """Return the values of the one line of a sample."""
    start = f"{lines}{LINE}"
    return {
        name.removeprefix(start): value
        for name, value in values.items()
        if name.startswith(start)
    }


def number(value: Value) -> float:
    """Return a value as a number, nothing as 0."""
    return float(value) if isinstance(value, (int, float)) else 0.0


def day(value: Value) -> date | None:
    """Return the day of a date or moment, None of anything else."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
