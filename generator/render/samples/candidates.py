"""Which values are tried for a field."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Final

from generator.render.samples.values import DAY, SAMPLE
from generator.spec.fields import DATES, NUMBERS, FieldType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.render.plan import EntityPlan
    from generator.render.samples.demands import Demand
    from generator.render.samples.values import Value
    from generator.spec.fields import EntityField

_MOST_DAYS: Final = 400
_PLAIN: Final = {FieldType.CHAR, FieldType.TEXT, FieldType.HTML}


def candidates(field: EntityField, compared: Sequence[float]) -> list[Value]:
    """Return the values that are tried for a field, the usual one first.

    Args:
        field: The field.
        compared: Numbers that something is compared to.
    """
    kind = field.type
    if kind in NUMBERS:
        return [*dict.fromkeys(_numbers(kind, compared))]
    values: list[Value] = []
    if kind in DATES:
        values += [_moment(kind, days) for days in _offsets(field, compared)]
        values += [] if field.required else [None]
    elif kind is FieldType.SELECTION:
        values += [option.value for option in field.selection]
        values += [] if field.required else [None]
    elif kind is FieldType.BOOLEAN:
        usual = bool(field.default and field.default.value)
        values += [usual, not usual]
    elif field.required:
        values.append(SAMPLE)
    else:
        values += [SAMPLE, None] if kind in _PLAIN else [None, SAMPLE]
    return [*dict.fromkeys(values)]


def _numbers(kind: FieldType, compared: Sequence[float]) -> Iterator[float]:
    around = ((n, n + 1, n - 1, n * 2) for n in compared)
    for number in (100, 1, 10, *chain.from_iterable(around), 0):
        yield int(number) if kind is FieldType.INTEGER else number


def compared_to(entity: EntityPlan, demands: Sequence[Demand]) -> list[float]:
    """Return the numbers that something is compared to."""
    found: list[object] = [d.condition.value for d in demands]
    for part in (entity, *entity.children.values()):
        found += [rule.value for rule in part.compares()]
        found += [demand.when.value for demand in part.demanded()]
    return [
        number
        for number in dict.fromkeys(found)
        if isinstance(number, (int, float)) and not isinstance(number, bool)
    ]


def _offsets(field: EntityField, compared: Sequence[float]) -> list[int]:
    late = "end" in field.name or field.name.endswith(("_to", "until", "return"))
    offsets = [2, 0, 1] if late else [0, 2, 1]
    for number in compared:
        if 0 < number < _MOST_DAYS:
            offsets += [int(number) - 1, int(number), int(number) + 1]
    return offsets


def _moment(kind: FieldType, days: int) -> Value:
    day = DAY + timedelta(days=days)
    if kind is FieldType.DATETIME:
        return datetime(day.year, day.month, day.day, 9, 0)  # noqa: DTZ001 - as Odoo keeps them
    return day
