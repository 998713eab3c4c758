"""Computed fields of a sample: their values, and what they are computed of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.render.samples.values import DAY, LINE, day, line_values, number
from generator.spec.fields import (
    Converted,
    Count,
    DaysBetween,
    Difference,
    EntityField,
    Overdue,
    Product,
    Related,
    Sum,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.render.plan import EntityPlan
    from generator.render.samples.values import Value


def value_of(entity: EntityPlan, values: Mapping[str, Value], name: str) -> Value:
    """Return the value that a field has, computed where it is."""
    field = entity.fields.get(name)
    if field is None or field.computed is None:
        return values.get(name)
    return _computed(entity, values, field)


def _computed(  # noqa: C901, PLR0911 - one for each kind
    entity: EntityPlan, values: Mapping[str, Value], field: EntityField
) -> Value:
    computed = field.computed
    match computed:
        case Sum():
            lines = entity.children.get(computed.lines)
            if lines is None:
                return 0
            return number(
                value_of(lines, line_values(values, computed.lines), computed.field)
            )
        case Count():
            return 1 if computed.lines in entity.children else 0
        case Product():
            result = 1.0
            for name in computed.factors:
                result *= number(value_of(entity, values, name))
            return result
        case Difference():
            result = number(value_of(entity, values, computed.minuend))
            for name in computed.subtrahends:
                result -= number(value_of(entity, values, name))
            return result
        case DaysBetween():
            start, end = (day(values.get(n)) for n in (computed.start, computed.end))
            return (end - start).days + 1 if start and end else 0
        case Converted():
            return value_of(entity, values, computed.amount)
        case Overdue():
            due = day(values.get(computed.date))
            return bool(due and due < DAY)
        case Related():
            return None
    return None


def inputs_of(entity: EntityPlan, names: set[str]) -> set[str]:  # noqa: C901 - one for each kind
    """Return the variables that fields are computed of."""
    found: set[str] = set()
    for name in names:
        field = entity.fields.get(name)
        if field is None:
            continue
        computed = field.computed
        match computed:
            case None:
                found.add(name)
            case Sum():
                lines = entity.children.get(computed.lines)
                if lines:
                    found |= {
                        f"{computed.lines}{LINE}{part}"
                        for part in inputs_of(lines, {computed.field})
                    }
            case Product():
                found |= inputs_of(entity, {*computed.factors})
            case Difference():
                found |= inputs_of(entity, {computed.minuend, *computed.subtrahends})
            case DaysBetween():
                found |= {computed.start, computed.end}
            case Converted():
                found |= inputs_of(entity, {computed.amount})
            case Overdue():
                found.add(computed.date)
            case _:
                pass
    return found
