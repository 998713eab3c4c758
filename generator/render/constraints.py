"""What always has to hold: columns' checks, unique values, and methods that look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code, python
from generator.render import conditions
from generator.render.computes import quoted
from generator.spec.fields import FieldType, Overdue, Related

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.render.plan import EntityPlan

_NOTHING: Final = Escaped("")


@dataclass(frozen=True)
class Check:
    """An expression that must not be true, and what is said when it is."""

    broken: Escaped
    message: Escaped
    name: str = ""
    watched: Escaped = _NOTHING


def column_checks(entity: EntityPlan) -> Iterator[Check]:
    """Yield what the database itself checks of a record."""
    for rule in entity.compares():
        if conditions.is_column_check(entity, rule):
            yield Check(conditions.sql(rule), python(rule.message), rule.name)


def uniques(entity: EntityPlan) -> Iterator[Check]:
    """Yield which columns may not have the same values twice."""
    for rule in entity.uniques():
        columns = [*rule.fields]
        if entity.company and "company_id" not in columns and not entity.parent:
            columns.append("company_id")
        yield Check(python(f"({', '.join(columns)})"), python(rule.message), rule.name)


def checks(entity: EntityPlan) -> Iterator[Check]:
    """Yield what methods check of a record."""
    for rule in entity.compares():
        if not conditions.is_column_check(entity, rule):
            watched = [rule.field, *([rule.other] if rule.other else [])]
            broken = conditions.broken(entity, rule)
            yield Check(
                broken, python(rule.message), rule.name, _watched(entity, watched)
            )
    for demand in entity.demanded():
        holds = conditions.holds(entity, demand.when)
        names = [demand.field, demand.when.field]
        names += [demand.when.other] if demand.when.other else []
        yield Check(
            code(f"{holds} and not record.{demand.field}"),
            python(demand.message),
            demand.name,
            _watched(entity, names),
        )


def _watched(entity: EntityPlan, names: Iterable[str]) -> Escaped:
    """Return what `api.constrains` watches: of a related field where its path begins."""
    found = []
    for name in names:
        field = entity.fields.get(name)
        if field and isinstance(field.computed, Related):
            found.append(field.computed.path[0])
        elif field and isinstance(field.computed, Overdue):
            found.append(field.computed.date)
        else:
            found.append(name)
    return quoted(found)


@dataclass(frozen=True)
class OverlapCheck:
    """A period that may not overlap with another."""

    name: str
    watched: Escaped
    domain: Escaped
    guard: Escaped
    message: Escaped
    backwards: Escaped | None


def overlaps(entity: EntityPlan) -> Iterator[OverlapCheck]:
    """Yield which periods may not overlap."""
    for rule in entity.overlaps():
        field = entity.fields.get(rule.start)
        # The last day belongs to a period of days; a period of moments ends before its end.
        sign = "" if field and field.type is FieldType.DATETIME else "="
        domain = ['("id", "!=", record.id)']
        for name in rule.per:
            given = entity.fields.get(name)
            relational = given is not None and given.type is FieldType.MANY2ONE
            domain.append(
                f'("{name}", "=", record.{name}{".id" if relational else ""})'
            )
        domain += [
            f'("{rule.start}", "<{sign}", record.{rule.end})',
            f'("{rule.end}", ">{sign}", record.{rule.start})',
        ]
        watched = [rule.start, rule.end, *rule.per]
        guard = [f"record.{name}" for name in (rule.start, rule.end, *rule.per)]
        if entity.refused_states:
            listed = quoted(entity.refused_states)
            watched.append("state")
            domain.append(f'("state", "not in", [{listed}])')
            guard.append(f"record.state not in ({listed},)")
        yield OverlapCheck(
            rule.name,
            quoted(watched),
            code(f"[{', '.join(domain)}]"),
            code(" and ".join(guard)),
            python(rule.message),
            None
            if entity.ordered(rule)
            else code(f"record.{rule.end} <{'' if sign else '='} record.{rule.start}"),
        )
