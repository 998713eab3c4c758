"""Checks of who is told what, and of what the chatter says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.escaping import Escaped, code, python
from generator.render import models
from generator.render.kit import varied
from generator.render.samples import Demand, Exactly
from generator.render.scenarios import Done, Scenario
from generator.spec.fields import DATES, NUMBERS, EntityField, FieldType
from generator.spec.model import CoverKind
from generator.spec.workflow import (
    Channel,
    Notification,
    Transition,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.checks.base import Check, Desk


def messages(desk: Desk) -> Iterator[Check]:
    """Yield notifications and what is logged."""
    for n in desk.entity.notifications:
        yield from _told(desk, n)
    yield from _closing(desk)
    yield from tracked(desk)


def _told(desk: Desk, n: Notification) -> Iterator[Check]:
    entity = desk.entity
    act = None
    if n.on is None:
        way = desk.plain()
    else:
        t = next((t for t in entity.transitions if t.name == n.on), None)
        found = desk.cast.before(entity, t, creator=desk.cast.requester) if t else None
        found = found or (desk.cast.before(entity, t) if t else None)
        actor = next(desk.cast.actors(t, found.creator), None) if t and found else None
        if found is None or t is None or actor is None:
            desk.miss(f"notification {n.name}")
            return
        way = found
        act = desk.kit.act(entity, Done(t, actor))
    users = [*desk.recipients(n, way.creator)]
    if not users:
        desk.miss(f"notification {n.name}")
        return
    told = {
        p.name
        for other in entity.notifications
        if _alike(n, other)
        for p in desk.recipients(other, way.creator)
    }
    others = [
        p.name
        for p in [*desk.cast.people, *desk.cast.extras]
        if p.name not in told
        and not any(
            set(other.roles) & p.rights
            for other in entity.notifications
            if _alike(n, other)
        )
    ]
    yield desk.check(
        CoverKind.NOTIFICATION,
        n.name,
        f"{n.name}_is_told",
        "told",
        begin=desk.kit.begin(entity, way),
        act=act or code(""),
        activity=models.activity_type(entity, n)
        if Channel.ACTIVITY in n.channels
        else "",
        template=Channel.EMAIL in n.channels,
        chatter=Channel.CHATTER in n.channels,
        subject=python(n.subject),
        users=[p.name for p in users],
        others=[*others, "user_outsider"],
    )


def _alike(one: Notification, other: Notification) -> bool:
    """Tell whether two messages cannot be told apart by what is said when."""
    return (one.on, one.subject) == (other.on, other.subject)


def _closing(desk: Desk) -> Iterator[Check]:
    """Check that a decision leaves nothing to do for those who were asked for it."""
    entity = desk.entity
    for step, t in zip(desk.view.steps, entity.transitions, strict=True):
        if not step.closes:
            continue
        way = _asked_way(desk, t)
        actor = next(desk.cast.actors(t, way.creator), None) if way else None
        if way is None or actor is None:
            continue
        asked = [n for n in entity.notifications if _asks(n, way)]
        users = {p.name for n in asked for p in desk.recipients(n, way.creator)}
        others = [
            p.name
            for p in [*desk.cast.people, *desk.cast.extras]
            if p.name != actor.name and desk.cast.sees(p, way.creator)
        ]
        yield desk.check(
            CoverKind.NOTIFICATION,
            t.name,
            f"{t.name}_closes_what_was_asked",
            "closing",
            begin=desk.kit.begin(entity, way),
            act=desk.kit.act(entity, Done(t, actor)),
            activity=models.activity_type(entity, asked[0]),
            done=actor.name in users,
            other=others[0] if others else "",
        )


def _asks(n: Notification, way: Scenario) -> bool:
    if Channel.ACTIVITY not in n.channels:
        return False
    last = way.steps[-1].transition.name if way.steps else None
    return n.on == last


def _asked_way(desk: Desk, t: Transition) -> Scenario | None:
    """Return a way to a transition on which somebody was asked just before."""
    demands = [Demand(c) for c in t.conditions]
    for source in t.sources:
        for person in desk.cast.people:
            if next(desk.cast.actors(t, person), None) is None:
                continue
            way = desk.cast.to_state(
                desk.entity, source, demands=demands, creator=person
            )
            if way and any(
                _asks(n, way) and [*desk.recipients(n, way.creator)]
                for n in desk.entity.notifications
            ):
                return way
    return None


def tracked(desk: Desk) -> Iterator[Check]:
    """Yield what is logged in the chatter when it changes."""
    entity = desk.entity
    if not entity.chatter:
        return
    if entity.states:
        for t in entity.transitions:
            if entity.first_state in t.sources:
                way = desk.cast.before(entity, t)
                actor = next(desk.cast.actors(t, way.creator), None) if way else None
                if way and actor:
                    yield desk.check(
                        CoverKind.TRACKING,
                        "state",
                        "states_are_logged",
                        "tracking",
                        begin=desk.kit.begin(entity, way),
                        change=desk.kit.act(entity, Done(t, actor)),
                        names=["state"],
                    )
                    break
    seen: set[str | None] = set()
    for t in entity.transitions:
        reason = entity.reasons.get(t.name)
        way = desk.cast.before(entity, t) if reason else None
        actor = next(desk.cast.actors(t, way.creator), None) if way else None
        given = entity.fields.get(reason or "")
        if way and actor and (given is None or (given.tracked and reason not in seen)):
            seen.add(reason)
            yield desk.check(
                CoverKind.TRACKING,
                t.name,
                f"{reason}_is_logged",
                "tracking",
                begin=desk.kit.begin(entity, way),
                change=desk.kit.act(entity, Done(t, actor)),
                names=[reason],
            )
    for f in entity.fields.values():
        if f.tracked and not f.computed and not f.readonly:
            yield from _tracked_field(desk, f)


def _tracked_field(desk: Desk, f: EntityField) -> Iterator[Check]:
    value = _another(desk, f)
    if value is None:
        return
    yield desk.check(
        CoverKind.TRACKING,
        f.name,
        f"{f.name}_is_logged",
        "tracking",
        begin=desk.begin(),
        change=code(f"record.sudo().write({value})"),
        names=[f.name],
    )


def _another(desk: Desk, f: EntityField) -> Escaped | None:
    """Return values that change a field, and what has to change with it."""
    samples = desk.cast.samples(desk.entity)
    base = samples.base
    if f.type in {FieldType.CHAR, FieldType.TEXT}:
        return code(f'{{"{f.name}": {python("Something else")}}}')
    if f.type not in NUMBERS | DATES | {FieldType.SELECTION, FieldType.BOOLEAN}:
        return None
    usual = base.get(f.name)
    for value in samples.candidates(f.name):
        if value is None or value == usual:
            continue
        found = samples.find([Demand(Exactly(f.name, value))])
        if found is None:
            continue
        changed = desk.kit.kwargs(desk.entity, found)
        changed = {k: v for k, v in changed.items() if k in desk.entity.fields}
        if f.name in changed and not set(changed) & set(varied(desk.entity)):
            listed = ", ".join(f'"{k}": {v}' for k, v in changed.items())
            return code(f"{{{listed}}}")
    return None
