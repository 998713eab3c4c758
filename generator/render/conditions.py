"""Conditions as Python, as SQL, as a modifier of a view, and as a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.escaping import Escaped, code, python
from generator.render.naming import lowered
from generator.spec.fields import DATES, NUMBERS, FieldType
from generator.spec.workflow import Condition, Operator

if TYPE_CHECKING:
    from generator.render.plan import EntityPlan
    from generator.spec.fields import EntityField
    from generator.spec.model import Compare

_WORDS = {
    Operator.EQUAL: "must be {}",
    Operator.UNEQUAL: "must not be {}",
    Operator.LESS: "must be less than {}",
    Operator.AT_MOST: "must be at most {}",
    Operator.MORE: "must be more than {}",
    Operator.AT_LEAST: "must be at least {}",
    Operator.SET: "must be filled in",
    Operator.UNSET: "must be empty",
}
_DATE_WORDS = {
    Operator.LESS: "must be before {}",
    Operator.AT_MOST: "must not be after {}",
    Operator.MORE: "must be after {}",
    Operator.AT_LEAST: "must not be before {}",
}
_PYTHON = {Operator.EQUAL: "==", Operator.UNEQUAL: "!="}
NEGATED = {
    Operator.EQUAL: Operator.UNEQUAL,
    Operator.UNEQUAL: Operator.EQUAL,
    Operator.LESS: Operator.AT_LEAST,
    Operator.AT_LEAST: Operator.LESS,
    Operator.MORE: Operator.AT_MOST,
    Operator.AT_MOST: Operator.MORE,
    Operator.SET: Operator.UNSET,
    Operator.UNSET: Operator.SET,
}


def holds(entity: EntityPlan, condition: Condition | Compare) -> Escaped:  # noqa: PLR0911 - one for each kind
    """Return an expression that is true when the condition holds for ``record``."""
    field = entity.fields.get(condition.field)
    mine = f"record.{condition.field}"
    operator = condition.operator
    if operator is Operator.SET:
        return code(mine)
    if operator is Operator.UNSET:
        return code(f"not {mine}")
    sign = _PYTHON.get(operator, operator.value)
    if condition.other:
        other = f"record.{condition.other}"
        if field and field.type in DATES:
            return code(f"({mine} and {other} and {mine} {sign} {other})")
        return code(f"{mine} {sign} {other}")
    value = condition.value
    if field and field.type is FieldType.BOOLEAN:
        wanted = bool(value) == (operator is Operator.EQUAL)
        return code(mine if wanted else f"not {mine}")
    if field and field.type is FieldType.MONETARY:
        currency = f"record.{entity.money.of(field)}"
        return code(f"{currency}.compare_amounts({mine}, {python(value)}) {sign} 0")
    if field and field.type is FieldType.MANY2ONE:
        return code(f"{mine}.display_name {sign} {python(value)}")
    return code(f"{mine} {sign} {python(value)}")


def broken(entity: EntityPlan, condition: Condition | Compare) -> Escaped:
    """Return an expression that is true when the condition does not hold.

    Where a date is empty there is nothing to compare, so nothing is broken.
    """
    negated = condition.model_copy(update={"operator": NEGATED[condition.operator]})
    return holds(entity, negated)


def sql(condition: Compare) -> Escaped:
    """Return the condition of a CHECK."""
    sign = "<>" if condition.operator is Operator.UNEQUAL else condition.operator.value
    right = condition.other or python(condition.value)
    return python(f"CHECK ({condition.field} {sign} {right})")


def is_column_check(entity: EntityPlan, condition: Compare) -> bool:
    """Tell whether PostgreSQL alone can see that a condition holds."""
    names = [condition.field, *([condition.other] if condition.other else [])]
    fields = [entity.fields.get(name) for name in names]
    if any(f is None or f.computed is not None for f in fields):
        return False
    kinds = NUMBERS if condition.other is None else NUMBERS | DATES
    plain = condition.other is not None or (
        isinstance(condition.value, (int, float))
        and not isinstance(condition.value, bool)
    )
    unset = condition.operator in {Operator.SET, Operator.UNSET}
    return (
        plain and not unset and all(f is not None and f.type in kinds for f in fields)
    )


def sentence(entity: EntityPlan, condition: Condition) -> str:
    """Return what is demanded, for people."""
    field = entity.fields.get(condition.field)
    label = field.label if field else condition.field
    words = _WORDS
    if field and field.type in DATES:
        words = _WORDS | _DATE_WORDS
    return (
        f"{label} {words[condition.operator].format(_shown(entity, field, condition))}."
    )


def _shown(entity: EntityPlan, field: EntityField | None, condition: Condition) -> str:
    if condition.other:
        other = entity.fields.get(condition.other)
        return lowered(other.label) if other else condition.other
    value = condition.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{value:,.2f}".removesuffix(".00")
    if field:
        for option in field.selection:
            if option.value == value:
                return option.label
    return str(value)


def modifier(entity: EntityPlan, condition: Condition) -> str:
    """Return the condition as a view's modifier, in Python as the web client reads it."""
    field = entity.fields.get(condition.field)
    if condition.operator is Operator.SET:
        return condition.field
    if condition.operator is Operator.UNSET:
        return f"not {condition.field}"
    sign = _PYTHON.get(condition.operator, condition.operator.value)
    if condition.other:
        return f"{condition.field} {sign} {condition.other}"
    if field and field.type is FieldType.BOOLEAN:
        wanted = bool(condition.value) == (condition.operator is Operator.EQUAL)
        return condition.field if wanted else f"not {condition.field}"
    if isinstance(condition.value, (int, float)):
        return f"{condition.field} {sign} {condition.value!r}"
    return f"{condition.field} {sign} {python(condition.value)}"
