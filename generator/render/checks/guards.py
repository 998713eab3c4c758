"""Checks that nobody writes what the program keeps, or changes what stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.escaping import Escaped, code, python
from generator.render.models import ModelView
from generator.spec.fields import EntityField, FieldType
from generator.spec.model import CoverKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.checks.base import Check, Desk


def guards(desk: Desk) -> Iterator[Check]:
    """Yield what is written by the program alone, and what stands."""
    entity, view = desk.entity, desk.view
    creator = desk.cast.requester.name
    if entity.states:
        users = [
            p.name for p in desk.cast.people if desk.cast.sees(p, desk.cast.requester)
        ]
        yield desk.check(
            CoverKind.ACCESS,
            "state",
            "state_is_not_written",
            "state",
            begin=desk.begin(),
            users=users,
            other=entity.states[-1],
        )
    yield from _context(desk, creator)
    names = [
        name
        for name in (
            *(n for n, _ in view.workflow_defaults),
            *(n for n, _ in view.dynamic_defaults),
            *view.derived,
        )
        if name != "state"
    ]
    if names:
        new = ""
        if entity.personal:
            new = code(f'self.new_{entity.name}(self.{creator}, **{{name: "x"}})')
        elif not entity.is_line:
            keeper = _keeper(desk)
            new = code(
                f'self.env["{entity.model}"].with_user(self.{keeper}).create('
                f'self.{entity.name}_values(**{{name: "x"}}))'
            )
            creator = keeper
        yield desk.check(
            CoverKind.ACCESS,
            "protected",
            "what_the_program_keeps_is_not_written",
            "protected",
            begin=desk.begin(),
            names=names,
            creator=creator,
            new=new,
        )
    yield from _lines(desk)
    yield from _frozen(desk)
    if entity.states:
        yield from _unlink(desk)


def _keeper(desk: Desk) -> str:
    roles = {r.name for r in desk.entity.module.managers}
    for person in desk.cast.people:
        if not roles or roles & person.rights:
            return person.name
    return desk.cast.requester.name


def _context(desk: Desk, creator: str) -> Iterator[Check]:
    entity, view = desk.entity, desk.view
    if not view.guarded or not entity.personal:
        return
    given, wanted = [], []
    for name, value in view.workflow_defaults:
        other = _foreign(desk, name)
        given.append((name, other))
        wanted.append((name, value))
    for name, _ in view.dynamic_defaults:
        if name == entity.owner:
            given.append((name, code("self.user_outsider.id")))
            wanted.append((name, code(f"self.{creator}.id")))
    dropped = [*view.derived]
    given += [(name, python(7)) for name in dropped]
    if given:
        yield desk.check(
            CoverKind.ACCESS,
            "context",
            "the_context_gives_no_defaults",
            "context",
            creator=creator,
            given=given,
            wanted=wanted,
            dropped=dropped,
        )


def _foreign(desk: Desk, name: str) -> Escaped:  # noqa: PLR0911 - one for each kind
    """Return a value that a field the program keeps does not have by itself."""
    entity = desk.entity
    if name == "state":
        return python(entity.states[-1])
    f = entity.fields.get(name)
    if name in entity.marks.values() or (f and f.type is FieldType.DATE):
        return python("2020-01-01")
    if f and f.type is FieldType.DATETIME:
        return python("2020-01-01 00:00:00")
    if f and f.type is FieldType.BOOLEAN:
        return python(value=not (f.default and f.default.value))
    if f and f.type is FieldType.SELECTION:
        return python(f.selection[-1].value)
    if f and f.type not in {FieldType.CHAR, FieldType.TEXT, FieldType.HTML}:
        return python(7)
    return python("x")


def _frozen(desk: Desk) -> Iterator[Check]:
    entity = desk.entity
    if not desk.view.frozen:
        return
    stages, creator = [], desk.cast.requester
    for state in entity.frozen_states:
        way = desk.cast.to_state(entity, state, creator=creator) or desk.cast.to_state(
            entity, state
        )
        if way:
            stages.append({"begin": desk.kit.begin(entity, way), "who": way.creator})
        else:
            desk.miss(f"frozen state {state}")
    if not stages:
        return
    who = stages[0]["who"]
    stages = [s for s in stages if s["who"] == who]
    yield desk.check(
        CoverKind.FROZEN,
        "frozen",
        "what_is_frozen_is_not_changed",
        "frozen",
        stages=stages,
        names=desk.view.frozen,
        creator=who.name,  # type: ignore[attr-defined]
    )
    for name, child in entity.children.items():
        for f in child.inputs():
            if f.name == child.parent_field or f.type is FieldType.ONE2MANY:
                continue
            value = line_value(desk, name, f)
            yield desk.check(
                CoverKind.FROZEN,
                name,
                f"{name}_are_frozen_too",
                "lines_frozen",
                begin=stages[0]["begin"],
                again=desk.kit.begin(entity, desk.plain(who)),  # type: ignore[arg-type]
                lines=name,
                child=child,
                creator=who.name,  # type: ignore[attr-defined]
                name=f.name,
                value=value,
            )
            break


def _unlink(desk: Desk) -> Iterator[Check]:
    entity = desk.entity
    for state in entity.states[1:]:
        way = desk.cast.to_state(entity, state)
        if way:
            yield desk.check(
                CoverKind.FROZEN,
                "unlink",
                "what_is_under_way_is_not_deleted",
                "unlink",
                begin=desk.kit.begin(entity, way),
                again=desk.begin(),
            )
            return


def line_value(desk: Desk, name: str, field: EntityField) -> Escaped:
    """Return the usual value of a field of a line."""
    base = desk.cast.samples(desk.entity).base
    return desk.kit.literal(field, base.get(f"{name}/{field.name}"))


def _lines(desk: Desk) -> Iterator[Check]:
    for name, child in desk.entity.children.items():
        kept = ModelView(child).derived
        if kept and desk.entity.personal:
            yield desk.check(
                CoverKind.ACCESS,
                name,
                f"{name}_keep_what_is_computed",
                "lines_kept",
                begin=desk.begin(),
                lines=name,
                child=child,
                names=kept,
                creator=desk.cast.requester.name,
            )
