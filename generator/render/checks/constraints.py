"""Checks of what always holds, of what is unique, and of periods."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from generator.escaping import Escaped, code, python
from generator.render import conditions
from generator.render.checks.base import Check, Desk, at_edge, edge_of
from generator.render.samples import Demand
from generator.render.scenarios import Scenario
from generator.spec.fields import FieldType
from generator.spec.model import CoverKind
from generator.spec.workflow import (
    Condition,
    Operator,
)

if TYPE_CHECKING:
    from generator.spec.model import NoOverlap  # noqa: I001
    from collections.abc import Iterator, Mapping


def constraints(desk: Desk) -> Iterator[Check]:
    """Yield constraints of records and of periods."""
    entity, samples = desk.entity, desk.cast.samples(desk.entity)
    for rule in entity.compares():
        column = conditions.is_column_check(entity, rule)
        wrong = samples.find([Demand(rule, holds=False)], without=rule.name)
        edge = edge_of(rule, Operator.EQUAL)
        nearest = (
            samples.find([Demand(rule, holds=False), edge], without=rule.name)
            if edge
            else None
        )
        wrong = nearest or wrong
        if wrong is None:
            desk.miss(f"constraint {rule.name}")
            continue
        right = at_edge(samples, edge)
        yield desk.check(
            CoverKind.CONSTRAINT,
            rule.name,
            f"{rule.name}_is_demanded",
            "column_check" if column else "check",
            broken=desk.make(wrong),
            edge=desk.make(right) if right else None,
            message=python(rule.message),
        )
    for demand in entity.demanded():
        wanted = [
            Demand(demand.when),
            Demand(Condition(field=demand.field, operator=Operator.UNSET)),
        ]
        wrong = samples.find(wanted, without=demand.name)
        right = samples.find(
            [
                Demand(demand.when, holds=False),
                Demand(Condition(field=demand.field, operator=Operator.UNSET)),
            ]
        )
        if wrong is None:
            desk.miss(f"constraint {demand.name}")
            continue
        yield desk.check(
            CoverKind.CONSTRAINT,
            demand.name,
            f"{demand.name}_is_demanded",
            "check",
            broken=desk.make(wrong),
            edge=desk.make(right) if right else None,
            message=python(demand.message),
        )
    yield from _uniques(desk)
    yield from _overlaps(desk)


def _uniques(desk: Desk) -> Iterator[Check]:
    entity = desk.entity
    for rule in entity.uniques():
        again = {}
        for name in rule.fields:
            f = entity.fields.get(name)
            if f is None or f.computed or name == entity.employee:
                continue
            end = ".id" if f.type is FieldType.MANY2ONE else ""
            again[name] = code(f"record.{name}{end}")
        yield desk.check(
            CoverKind.CONSTRAINT,
            rule.name,
            f"{rule.name}_is_demanded",
            "unique",
            begin=desk.begin(),
            again=desk.kit.call(entity, desk.cast.requester.name, again),
            copied=desk.view.copied if desk.view.copied in rule.fields else "",
        )


def _overlaps(desk: Desk) -> Iterator[Check]:
    entity = desk.entity
    for rule in entity.overlaps():
        moments = entity.fields[rule.start].type is FieldType.DATETIME
        same: dict[str, Escaped] = {}
        for name in rule.per:
            f = entity.fields.get(name)
            if f is not None and not f.computed:
                tail = ".id" if f.type is FieldType.MANY2ONE else ""
                same[name] = code(f"record.{name}{tail}")

        way = _taken(desk, rule)
        if way is None:
            desk.miss(f"constraint {rule.name}")
            continue
        same |= _elsewhere(desk, rule)
        at = partial(_period, desk, rule, same)
        a, b = f"record.{rule.start}", f"record.{rule.end}"
        step = "timedelta(hours=1)" if moments else "timedelta(days=1)"
        inner = "timedelta(minutes=1)" if moments else "timedelta()"
        clashes = [
            {"name": "same", "code": at(a, b)},
            {"name": "at_its_end", "code": at(f"{b} - {inner}", f"{b} + {step}")},
            {"name": "at_its_start", "code": at(f"{a} - {step}", f"{a} + {inner}")},
        ]
        gap = "timedelta()" if moments else "timedelta(days=1)"
        beside = at(f"{b} + {gap}", f"{b} + {gap} + {step}")
        refused, refused_state = None, ""
        for state in entity.refused_states:
            end = desk.cast.to_state(entity, state, creator=desk.cast.requester)
            if end:
                refused = code(
                    "\n".join(str(desk.kit.act(entity, d)) for d in end.steps)
                )
                refused_state = state
                break
        yield desk.check(
            CoverKind.CONSTRAINT,
            rule.name,
            f"{rule.name}_is_demanded",
            "overlap",
            begin=desk.begin(way),
            clashes=clashes,
            beside=beside,
            backwards=None
            if entity.ordered(rule)
            else at(b, b if moments else f"{a} - {step}"),
            message=python(rule.message),
            refused=refused,
            refused_state=refused_state,
            after=at(a, b),
        )


def _taken(desk: Desk, rule: NoOverlap) -> Scenario | None:
    """Return a record that takes something up, so with all that is asked after."""
    filled = [
        Demand(Condition(field=name, operator=Operator.SET))
        for name in (rule.start, rule.end, *rule.per)
        if name not in {desk.entity.employee, desk.entity.owner}
    ]
    values = desk.cast.samples(desk.entity).find(filled)
    return None if values is None else Scenario(desk.cast.requester, values)


def _elsewhere(desk: Desk, rule: NoOverlap) -> dict[str, Escaped]:
    """Return values with which no other period overlaps, so that this one alone is met."""
    entity = desk.entity
    found: dict[str, Escaped] = {}
    for other in entity.overlaps():
        for name in [*dict.fromkeys(other.per)] if other is not rule else ():
            f = entity.fields.get(name)
            if f is None or f.computed or name in rule.per:
                continue
            if f.type is FieldType.CHAR:
                found[name] = python("Something else")
            elif f.relation in entity.module.by_model:
                found[name] = code(f"record.sudo().{name}.copy().id")
    return found


def _period(
    desk: Desk, rule: NoOverlap, same: Mapping[str, Escaped], first: str, last: str
) -> Escaped:
    """Return the call that makes a record of another period."""
    given = {**same, rule.start: code(first), rule.end: code(last)}
    return desk.kit.call(desk.entity, desk.cast.requester.name, given)
