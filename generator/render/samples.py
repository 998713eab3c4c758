"""Values that satisfy what a specification demands, or break one thing of it.

Tests need records that pass every constraint and reach every state. The values are found
by trying few candidates for each field that matters, so nothing is solved in general;
where nothing is found there is no test, and the result says so.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from generator.render.conditions import NEGATED
from generator.spec.fields import (
    DATES,
    NUMBERS,
    Converted,
    Count,
    DaysBetween,
    Difference,
    EntityField,
    FieldType,
    Overdue,
    Product,
    Related,
    Sum,
)
from generator.spec.workflow import Condition, Operator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from generator.render.plan import EntityPlan
    from generator.spec.model import Compare

Value = bool | int | float | str | date | datetime | None
Values = dict[str, Value]

DAY: Final = date(2026, 3, 2)
"""Day that samples begin with."""

_MOST_TRIES: Final = 6000
_MOST_DAYS: Final = 400
LINE: Final = "/"
"""Between the name of a one2many field and that of a field of its line."""

_PLAIN: Final = {FieldType.CHAR, FieldType.TEXT, FieldType.HTML}
SAMPLE: Final = "sample"
"""Stands for a related record, or a file."""


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


def value_of(entity: EntityPlan, values: Mapping[str, Value], name: str) -> Value:
    """Return the value that a field has, computed where it is."""
    field = entity.fields.get(name)
    if field is None or field.computed is None:
        return values.get(name)
    return _computed(entity, values, field)


def _number(value: Value) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _computed(  # noqa: C901, PLR0911 - one for each kind
    entity: EntityPlan, values: Mapping[str, Value], field: EntityField
) -> Value:
    computed = field.computed
    match computed:
        case Sum():
            lines = entity.children.get(computed.lines)
            if lines is None:
                return 0
            return _number(
                value_of(lines, line_values(values, computed.lines), computed.field)
            )
        case Count():
            return 1 if computed.lines in entity.children else 0
        case Product():
            result = 1.0
            for name in computed.factors:
                result *= _number(value_of(entity, values, name))
            return result
        case Difference():
            result = _number(value_of(entity, values, computed.minuend))
            for name in computed.subtrahends:
                result -= _number(value_of(entity, values, name))
            return result
        case DaysBetween():
            start, end = (_day(values.get(n)) for n in (computed.start, computed.end))
            return (end - start).days + 1 if start and end else 0
        case Converted():
            return value_of(entity, values, computed.amount)
        case Overdue():
            day = _day(values.get(computed.date))
            return bool(day and day < DAY)
        case Related():
            return None
    return None


def _day(value: Value) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def line_values(values: Mapping[str, Value], lines: str) -> Values:
    """Return the values of the one line of a sample."""
    start = f"{lines}{LINE}"
    return {
        name.removeprefix(start): value
        for name, value in values.items()
        if name.startswith(start)
    }


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
        mine, other = _number(mine), _number(other)
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


class Samples:
    """Values of one entity.

    Args:
        entity: The entity.
    """

    def __init__(self, entity: EntityPlan) -> None:
        self.entity = entity
        self._variables = dict(_variables(entity))
        self._rules = [*_rules(entity)]
        self._found: dict[tuple[Demand, ...], Values | None] = {}
        self.base = self.find(()) or self._start()

    def find(
        self, demands: Sequence[Demand], *, without: str | None = None
    ) -> Values | None:
        """Return values that satisfy all constraints and *demands*, None if none is found.

        Args:
            demands: Conditions that hold, or do not.
            without: Name of a constraint that is to be left out of account.
        """
        key = (*demands, Demand(_MARK, without is None)) if without else (*demands,)
        if without is None and key in self._found:
            found = self._found[key]
            return None if found is None else dict(found)
        found = self._search(demands, without)
        if without is None:
            self._found[key] = found
        return None if found is None else dict(found)

    def _start(self) -> Values:
        return {name: self.candidates(name)[0] for name in self._variables}

    def _search(self, demands: Sequence[Demand], without: str | None) -> Values | None:
        start = self._start()
        relevant = self._relevant(demands)
        rules = [*self._without(without)]
        tries = itertools.product(
            *(self.candidates(name, demands) for name in relevant)
        )
        for chosen in itertools.islice(tries, _MOST_TRIES):
            values = {**start, **dict(zip(relevant, chosen, strict=True))}
            if all(
                holds(self.entity, d.condition, values) is d.holds for d in demands
            ) and all(rule.passes(values) for rule in rules):
                return values
        return None

    def _without(self, name: str | None) -> Iterator[_Rule]:
        """Yield the rules that hold where one is broken.

        The order of a period is no rule of its own beside another one on its two ends.
        """
        broken = next((rule for rule in self._rules if rule.name == name), None)
        for rule in self._rules:
            same = broken is not None and rule.inputs == broken.inputs
            if rule is not broken and not (rule.order and same):
                yield rule

    def _relevant(self, demands: Sequence[Demand]) -> list[str]:
        """Return the variables that demands speak of, and those that rules tie to them."""
        wanted: set[str] = set()
        for demand in demands:
            wanted |= _inputs(self.entity, _named(demand.condition))
        start = self._start()
        for rule in self._rules:
            if not rule.passes(start):
                wanted |= rule.inputs
        while True:
            more = {
                name
                for rule in self._rules
                if rule.inputs & wanted
                for name in rule.inputs
            } - wanted
            if not more:
                break
            wanted |= more
        return [name for name in self._variables if name in wanted]

    def candidates(self, name: str, demands: Sequence[Demand] = ()) -> list[Value]:  # noqa: C901 - one for each kind
        """Return the values that are tried for a field, the usual one first."""
        _, field = self._variables[name]
        values: list[Value] = []
        constants = _constants(self.entity, demands)
        kind = field.type
        if kind in NUMBERS:
            values += [100, 1, 10]
            for number in constants:
                values += [number, number + 1, number - 1, number * 2]
            values += [0]
            if kind is FieldType.INTEGER:
                values = [int(_number(value)) for value in values]
        elif kind in DATES:
            values += [_moment(kind, days) for days in _offsets(field, constants)]
            if not field.required:
                values.append(None)
        elif kind is FieldType.SELECTION:
            values += [option.value for option in field.selection]
            if not field.required:
                values.append(None)
        elif kind is FieldType.BOOLEAN:
            usual = bool(field.default and field.default.value)
            values += [usual, not usual]
        elif field.required:
            values.append(SAMPLE)
        elif kind in _PLAIN:
            values += [SAMPLE, None]
        else:
            values += [None, SAMPLE]
        return [*dict.fromkeys(values)]


_MARK: Final = Condition(field="mark", operator=Operator.SET)


@dataclass(frozen=True)
class _Rule:
    """A constraint over values."""

    name: str
    entity: EntityPlan
    prefix: str
    condition: Condition | Compare
    unless: Condition | None
    inputs: frozenset[str]
    order: bool = False

    def passes(self, values: Mapping[str, Value]) -> bool:
        mine = values
        if self.prefix:
            mine = line_values(values, self.prefix.removesuffix(LINE))
        if self.unless is not None and not holds(self.entity, self.unless, mine):
            return True
        return holds(self.entity, self.condition, mine)


def _rules(entity: EntityPlan, prefix: str = "") -> Iterator[_Rule]:
    for rule in entity.compares():
        inputs = _inputs(entity, _named(rule))
        yield _Rule(
            rule.name, entity, prefix, rule, None, frozenset(prefix + n for n in inputs)
        )
    for demand in entity.demanded():
        filled = Condition(field=demand.field, operator=Operator.SET)
        inputs = _inputs(entity, {demand.field, *_named(demand.when)})
        yield _Rule(
            demand.name,
            entity,
            prefix,
            filled,
            demand.when,
            frozenset(prefix + n for n in inputs),
        )
    for period in entity.overlaps():
        if entity.ordered(period):
            continue
        field = entity.fields.get(period.start)
        moments = field is not None and field.type is FieldType.DATETIME
        ordered = Condition(
            field=period.end,
            operator=Operator.MORE if moments else Operator.AT_LEAST,
            other=period.start,
        )
        inputs = _inputs(entity, {period.start, period.end})
        yield _Rule(
            period.name,
            entity,
            prefix,
            ordered,
            None,
            frozenset(prefix + n for n in inputs),
            order=True,
        )
    if not prefix:
        for name, lines in entity.children.items():
            yield from _rules(lines, f"{name}{LINE}")


def _named(condition: Condition | Compare | Exactly) -> set[str]:
    return {condition.field, *([condition.other] if condition.other else [])}


def _inputs(entity: EntityPlan, names: set[str]) -> set[str]:  # noqa: C901 - one for each kind
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
                        for part in _inputs(lines, {computed.field})
                    }
            case Product():
                found |= _inputs(entity, {*computed.factors})
            case Difference():
                found |= _inputs(entity, {computed.minuend, *computed.subtrahends})
            case DaysBetween():
                found |= {computed.start, computed.end}
            case Converted():
                found |= _inputs(entity, {computed.amount})
            case Overdue():
                found.add(computed.date)
            case _:
                pass
    return found


def _variables(
    entity: EntityPlan, prefix: str = ""
) -> Iterator[tuple[str, tuple[EntityPlan, EntityField]]]:
    for field in entity.inputs():
        if field.type is FieldType.ONE2MANY or field.name == entity.parent_field:
            continue
        if field.roles:  # who makes samples may not see it
            continue
        yield f"{prefix}{field.name}", (entity, field)
    if not prefix:
        for name, lines in entity.children.items():
            yield from _variables(lines, f"{name}{LINE}")


def _constants(entity: EntityPlan, demands: Sequence[Demand]) -> list[float]:
    """Return the numbers that something is compared to."""
    compared: list[object] = [d.condition.value for d in demands]
    for part in (entity, *entity.children.values()):
        compared += [rule.value for rule in part.compares()]
        compared += [demand.when.value for demand in part.demanded()]
    return [
        number
        for number in dict.fromkeys(compared)
        if isinstance(number, (int, float)) and not isinstance(number, bool)
    ]


def _offsets(field: EntityField, constants: Sequence[float]) -> list[int]:
    late = "end" in field.name or field.name.endswith(("_to", "until", "return"))
    offsets = [2, 0, 1] if late else [0, 2, 1]
    for number in constants:
        if 0 < number < _MOST_DAYS:
            offsets += [int(number) - 1, int(number), int(number) + 1]
    return offsets


def _moment(kind: FieldType, days: int) -> Value:
    day = DAY + timedelta(days=days)
    if kind is FieldType.DATETIME:
        return datetime(day.year, day.month, day.day, 9, 0)  # noqa: DTZ001 - as Odoo keeps them
    return day


__all__ = ["NEGATED", "SAMPLE", "Demand", "Samples", "Value", "Values", "holds"]
