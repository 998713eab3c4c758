"""Checks of computed fields: their first value, and another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.escaping import Escaped, code, python
from generator.render.samples import Demand, value_of
from generator.render.scenarios import Scenario
from generator.spec.fields import EntityField, FieldType, Overdue, Related
from generator.spec.model import CoverKind
from generator.spec.workflow import (
    Condition,
    Operator,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.render.checks.base import Check, Desk


def computed(desk: Desk) -> Iterator[Check]:
    """Yield computed fields."""
    entity = desk.entity
    for f in entity.fields.values():
        if f.computed is None or entity.live_count(f):
            continue
        if isinstance(f.computed, Overdue):
            yield _overdue(desk, f, f.computed)
            continue
        if isinstance(f.computed, Related):
            yield desk.check(
                CoverKind.COMPUTED,
                f.name,
                f"{f.name}_follows",
                "computed",
                begin=desk.begin(),
                name=f.name,
                values=[
                    {
                        "change": "",
                        "value": code("record." + ".".join(f.computed.path)),
                    }
                ],
            )
            continue
        yield from _value(desk, f)


def _value(desk: Desk, f: EntityField) -> Iterator[Check]:

    entity, samples = desk.entity, desk.cast.samples(desk.entity)
    base = samples.base
    expected: list[Mapping[str, object]] = [
        {"change": "", "value": _expected(f, value_of(entity, base, f.name))}
    ]
    change = _second_line(desk, f, value_of(entity, base, f.name))
    if change:
        expected.append(change)
    other = samples.find(
        [
            Demand(
                Condition(
                    field=f.name,
                    operator=Operator.UNEQUAL,
                    value=value_of(entity, base, f.name),  # type: ignore[arg-type]
                )
            )
        ]
    )
    begin = desk.begin()
    more = []
    if other is not None:
        more = [
            {
                "change": desk.kit.begin(entity, Scenario(desk.cast.requester, other)),
                "value": _expected(f, value_of(entity, other, f.name)),
            }
        ]
    yield desk.check(
        CoverKind.COMPUTED,
        f.name,
        f"{f.name}_is_computed",
        "computed",
        begin=begin,
        name=f.name,
        values=[*expected, *more],
    )


def _expected(f: EntityField, value: object) -> Escaped:
    if f.type is FieldType.INTEGER and isinstance(value, float):
        value = int(value)
    return python(value)


def _second_line(
    desk: Desk, f: EntityField, value: object
) -> dict[str, Escaped] | None:
    kind = f.computed
    name = getattr(kind, "lines", "")
    if not name or name not in desk.entity.children:
        return None
    lines = desk.entity.children[name]
    added = code(f"record.sudo().{name} = [Command.create(self.{lines.name}_values())]")
    twice = value * 2 if isinstance(value, (int, float)) else 2
    return {"change": added, "value": _expected(f, twice)}


def _overdue(desk: Desk, f: EntityField, computed: Overdue) -> Check:
    entity = desk.entity
    done = None
    closed = [*entity.final_states, *entity.refused_states]
    for state in closed:
        way = desk.cast.to_state(entity, state)
        if way:
            done = desk.kit.begin(entity, way)
            break
    return desk.check(
        CoverKind.COMPUTED,
        f.name,
        f"{f.name}_is_found",
        "overdue",
        begin=desk.begin(),
        name=f.name,
        date=computed.date,
        closed=done,
    )
