"""Checks of what holds for lines, made together with what they belong to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from generator.escaping import Escaped, code, python
from generator.render import conditions
from generator.render.checks.base import Check, Desk, at_edge, edge_of
from generator.render.fields import default_code, required
from generator.render.samples import Demand
from generator.spec.fields import FieldType
from generator.spec.model import CoverKind
from generator.spec.workflow import Condition, Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.plan import EntityPlan
    from generator.render.samples import Values


def lines(desk: Desk) -> Iterator[Check]:
    """Yield what is demanded of lines: values, what is filled in, and once only."""
    for name, child in desk.entity.children.items():
        for found in (_compares, _demanded, _required, _uniques):
            for check in found(desk, name, child):
                yield replace(check, entity=child.name)


def _compares(desk: Desk, name: str, child: EntityPlan) -> Iterator[Check]:
    samples = desk.cast.samples(child)
    for rule in child.compares():
        wanted = [Demand(rule, holds=False)]
        edge = edge_of(rule, Operator.EQUAL)
        wrong = samples.find([*wanted, edge], without=rule.name) if edge else None
        wrong = wrong or samples.find(wanted, without=rule.name)
        if wrong is None:
            desk.miss(f"constraint {rule.name} of {child.noun}")
            continue
        right = at_edge(samples, edge)
        column = conditions.is_column_check(child, rule)
        yield desk.check(
            CoverKind.CONSTRAINT,
            rule.name,
            f"{rule.name}_is_demanded",
            "column_check" if column else "check",
            broken=_make(desk, name, child, wrong),
            edge=_make(desk, name, child, right) if right else None,
            message=python(rule.message),
        )


def _demanded(desk: Desk, name: str, child: EntityPlan) -> Iterator[Check]:
    samples = desk.cast.samples(child)
    for demand in child.demanded():
        empty = Demand(Condition(field=demand.field, operator=Operator.UNSET))
        wrong = samples.find([Demand(demand.when), empty], without=demand.name)
        if wrong is None:
            desk.miss(f"constraint {demand.name} of {child.noun}")
            continue
        right = samples.find([Demand(demand.when, holds=False), empty])
        yield desk.check(
            CoverKind.CONSTRAINT,
            demand.name,
            f"{demand.name}_is_demanded",
            "check",
            broken=_make(desk, name, child, wrong),
            edge=_make(desk, name, child, right) if right else None,
            message=python(demand.message),
        )


def _required(desk: Desk, name: str, child: EntityPlan) -> Iterator[Check]:
    names = [
        f.name
        for f in child.inputs()
        if f.required
        and required(f)
        and default_code(child, f) is None
        and f.name != child.parent_field
        and f.type not in {FieldType.BOOLEAN, FieldType.ONE2MANY}
        and f.name not in child.left_to_default
    ]
    if names:
        values = f"self.{child.name}_values(**{{name: None}})"
        yield desk.check(
            CoverKind.REQUIRED,
            "required",
            "what_is_required",
            "required",
            names=names,
            given=[],
            create=desk.make(
                desk.plain().values, **{name: code(f"[Command.create({values})]")}
            ),
        )


def _uniques(desk: Desk, name: str, child: EntityPlan) -> Iterator[Check]:
    for rule in child.uniques():
        again = {}
        for part in rule.fields:
            f = child.fields.get(part)
            if f is None or f.computed or part == child.parent_field:
                continue
            end = ".id" if f.type is FieldType.MANY2ONE else ""
            again[part] = f"record.{name}[:1].{part}{end}"
        values = ", ".join(f"{part}={value}" for part, value in again.items())
        command = f"Command.create(self.{child.name}_values({values}))"
        yield desk.check(
            CoverKind.CONSTRAINT,
            rule.name,
            f"{rule.name}_is_demanded",
            "unique",
            begin=desk.begin(),
            again=code(f'record.sudo().write({{"{name}": [{command}]}})'),
            copied="",
        )


def _make(desk: Desk, name: str, child: EntityPlan, values: Values) -> Escaped:
    """Return the call that makes a record with one line of *values*."""
    changed = ", ".join(
        f"{key}={value}" for key, value in desk.kit.kwargs(child, values).items()
    )
    line = code(f"[Command.create(self.{child.name}_values({changed}))]")
    return desk.make(desk.plain().values, **{name: line})
