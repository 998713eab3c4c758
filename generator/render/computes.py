"""Compute methods: what each depends on, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.escaping import Escaped, code, python
from generator.spec.fields import (
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

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.render.plan import EntityPlan


@dataclass(frozen=True)
class Compute:
    """A compute method."""

    name: str
    depends: Escaped
    value: Escaped
    search: Escaped | None = None
    counted: tuple[str, str] | None = None
    """Model and field of what is counted for whoever looks."""


def quoted(names: Iterable[str]) -> Escaped:
    """Return the arguments of a decorator: names without doubles."""
    return code(", ".join(python(name) for name in dict.fromkeys(names)))


def computes(entity: EntityPlan) -> Iterator[Compute]:
    """Yield the compute methods of an entity."""
    for field in entity.fields.values():
        if field.computed is not None and not isinstance(field.computed, Related):
            yield _compute(entity, field)


def _compute(entity: EntityPlan, field: EntityField) -> Compute:
    computed = field.computed
    match computed:
        case Sum():
            depends = [f"{computed.lines}.{computed.field}"]
            value = f'sum(record.{computed.lines}.mapped("{computed.field}"))'
        case Count() if entity.live_count(field):
            return _counted(entity, field, computed)
        case Count():
            depends = [computed.lines]
            value = f"len(record.{computed.lines})"
        case Product():
            depends = [*computed.factors]
            value = " * ".join(f"record.{name}" for name in computed.factors)
        case Difference():
            depends = [computed.minuend, *computed.subtrahends]
            value = " - ".join(f"record.{name}" for name in depends)
        case DaysBetween():
            depends = [computed.start, computed.end]
            start, end = (_day(entity, name) for name in depends)
            value = (
                f"(({end} - {start}).days + 1 "
                f"if record.{computed.start} and record.{computed.end} else 0)"
            )
        case Converted():
            return _converted(entity, field, computed)
        case Overdue():
            return _overdue(entity, field, computed)
        case _:
            message = f"No code for {type(computed).__name__}."
            raise TypeError(message)
    return Compute(field.name, quoted(depends), code(value))


def _counted(entity: EntityPlan, field: EntityField, computed: Count) -> Compute:
    lines = entity.fields[computed.lines]
    return Compute(
        field.name,
        quoted([computed.lines]),
        code("0"),
        counted=(lines.relation or "", lines.inverse or ""),
    )


def _day(entity: EntityPlan, name: str) -> str:
    field = entity.fields.get(name)
    moment = field is not None and field.type is FieldType.DATETIME
    return f"record.{name}.date()" if moment else f"record.{name}"


def _converted(entity: EntityPlan, field: EntityField, computed: Converted) -> Compute:
    amount = entity.fields.get(computed.amount)
    currency = entity.money.of(amount) if amount else "currency_id"
    day = "fields.Date.context_today(record)"
    depends = [computed.amount, currency, "company_id"]
    if computed.date:
        depends.append(computed.date)
        day = f"{_day(entity, computed.date)} or {day}"
        if _day(entity, computed.date).endswith(")"):
            day = (
                f"{_day(entity, computed.date)} if record.{computed.date} "
                "else fields.Date.context_today(record)"
            )
    value = (
        f"record.{currency}._convert(record.{computed.amount}, "
        f"record.company_id.currency_id, record.company_id, {day})"
    )
    return Compute(field.name, quoted(depends), code(value))


def _overdue(entity: EntityPlan, field: EntityField, computed: Overdue) -> Compute:
    depends = [computed.date, *(["state"] if entity.states else [])]
    closed = [*dict.fromkeys([*entity.final_states, *entity.refused_states])]
    day = _day(entity, computed.date)
    value = (
        f"bool(record.{computed.date} and {day} < fields.Date.context_today(record))"
    )
    domain = f'("{computed.date}", "<", fields.Date.context_today(self))'
    if closed:
        listed = quoted(closed)
        value = (
            f"bool(record.{computed.date} and record.state not in ({listed},) "
            f"and {day} < fields.Date.context_today(record))"
        )
        domain += f', ("state", "not in", [{listed}])'
    return Compute(field.name, quoted(depends), code(value), code(f"[{domain}]"))
