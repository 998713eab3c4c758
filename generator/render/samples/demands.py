"""Conditions on a sample, and whether they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.render.samples.computing import value_of
from generator.render.samples.values import number
from generator.spec.fields import DATES, NUMBERS, FieldType
from generator.spec.workflow import Condition, Operator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.render.plan import EntityPlan
    from generator.render.samples.values import Value
    from generator.spec.model import Compare


@dataclass(frozen=True)
class Exactly:
    """A condition on a value that has no place in a specification, such as a date."""

    field: str
    value: Value
    operator: Operator = Operator.EQUAL
    other: None = None


@dataclass(frozen=True)
class Demand:
    """A condition, and whether it is to hold."""

    condition: Condition | Compare | Exactly
    holds: bool = True


def holds(
    entity: EntityPlan,
    condition: Condition | Compare | Exactly,
    values: Mapping[str, Value],
) -> bool:
    """Tell whether a condition holds, as the generated code sees it."""
    return not _broken(entity, condition, values)


def _broken(
    entity: EntityPlan,
    condition: Condition | Compare | Exactly,
    values: Mapping[str, Value],
) -> bool:
    field = entity.fields.get(condition.field)
    mine = value_of(entity, values, condition.field)
    operator = condition.operator
    if operator is Operator.SET:
        return not mine
    if operator is Operator.UNSET:
        return bool(mine)
    other = (
        value_of(entity, values, condition.other)
        if condition.other
        else condition.value
    )
    kind = field.type if field else None
    if kind in DATES:
        if mine is None or other is None:
            return False
    elif kind in NUMBERS:
        mine, other = number(mine), number(other)
    elif kind is FieldType.BOOLEAN:
        mine, other = bool(mine), bool(other)
    return not _compare(operator, mine, other)


def _compare(operator: Operator, mine: Value, other: Value) -> bool:
    if operator is Operator.EQUAL:
        return mine == other
    if operator is Operator.UNEQUAL:
        return mine != other
    try:
        return {
            Operator.LESS: lambda: mine < other,  # type: ignore[operator]
            Operator.AT_MOST: lambda: mine <= other,  # type: ignore[operator]
            Operator.MORE: lambda: mine > other,  # type: ignore[operator]
            Operator.AT_LEAST: lambda: mine >= other,  # type: ignore[operator]
        }[operator]()
    except TypeError:
        return False


def named(condition: Condition | Compare | Exactly) -> set[str]:
    """Return the fields that a condition speaks of."""
    return {condition.field, *([condition.other] if condition.other else [])}
