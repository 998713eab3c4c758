"""Checks of transitions: that they lead on, for whom, from where, and on which terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.escaping import Escaped, code, python
from generator.render import conditions, models
from generator.render.checks.base import Check, Desk, edge_of
from generator.render.samples import Demand
from generator.render.scenarios import Done, Scenario
from generator.spec.model import CoverKind
from generator.spec.workflow import (
    Operator,
    Transition,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def transitions(desk: Desk) -> Iterator[Check]:
    """Yield transitions, with their roles and conditions."""
    for transition in desk.entity.transitions:
        yield from _transition(desk, transition)


def _transition(desk: Desk, t: Transition) -> Iterator[Check]:
    entity = desk.entity
    edges = [e for c in t.conditions if (e := edge_of(c, Operator.EQUAL))]
    usual = [Demand(c) for c in t.conditions]
    way = None
    if edges:
        way = desk.cast.before(entity, t, demands=[*usual, *edges])
    way = way or desk.cast.before(entity, t)
    actor = next(desk.cast.actors(t, way.creator), None) if way else None
    if way is None or actor is None:
        desk.miss(f"transition {t.name}")
        return
    begin = desk.kit.begin(entity, way)
    state = _state_after(desk, way)
    method = models.method(t)
    shared = {
        "begin": begin,
        "t": t,
        "state": state,
        "method": method,
        "actor": actor.name,
    }
    yield desk.check(
        CoverKind.TRANSITION,
        t.name,
        f"{t.name}_leads_to_{t.target}",
        "transition",
        **shared,
        act=desk.kit.act(entity, Done(t, actor)),
        reason=entity.reasons.get(t.name, ""),
        again=t.target not in t.sources,
    )
    if t.reason:
        yield desk.check(
            CoverKind.TRANSITION, t.name, f"{t.name}_needs_a_reason",
            "blank_reason", **{**shared, "begin": _with_document(t, begin)},
        )  # fmt: skip
    yield from _sources(desk, t, way)
    if t.roles:
        wrong = [p.name for p in desk.cast.people if not set(t.roles) & p.rights]
        yield desk.check(
            CoverKind.ROLE,
            t.name,
            f"{t.name}_is_for_its_roles_only",
            "role",
            **shared,
            wrong=[*wrong, "user_outsider"],
        )
        if t.reason:
            yield desk.check(
                CoverKind.ROLE, t.name, f"{t.name}_checks_the_role_again",
                "confirm_again", **shared,
            )  # fmt: skip
    yield from _own(desk, t, way, shared)
    yield from _conditions(desk, t, way)
    if t.attachment:
        yield desk.check(
            CoverKind.ATTACHMENT, t.name, f"{t.name}_needs_a_document", "attachment",
            **{**shared, "act": _press(t, actor.name)},
        )  # fmt: skip


def _with_document(t: Transition, begin: Escaped) -> Escaped:
    return code(f"{begin}\nself.attach(record)") if t.attachment else begin


def _press(t: Transition, actor: str) -> Escaped:
    method = models.method(t)
    if t.reason:
        return code(f'self.give_reason(record, self.{actor}, "{method}")')
    return code(f"record.with_user(self.{actor}).{method}()")


def _state_after(desk: Desk, way: Scenario) -> str:
    if way.steps:
        return way.steps[-1].transition.target
    return desk.entity.first_state


def _sources(desk: Desk, t: Transition, way: Scenario) -> Iterator[Check]:
    """Check the states that a transition starts from beside the first."""
    entity = desk.entity
    for source in t.sources:
        if source == _state_after(desk, way):
            continue
        demands = [Demand(c) for c in t.conditions]
        found = None
        for person in desk.cast.people:
            if next(desk.cast.actors(t, person), None):
                found = desk.cast.to_state(
                    entity, source, demands=demands, creator=person
                )
            if found:
                break
        if found is None:
            desk.miss(f"transition {t.name} from {source}")
            continue
        who = next(desk.cast.actors(t, found.creator))
        yield desk.check(
            CoverKind.TRANSITION,
            t.name,
            f"{t.name}_from_{source}",
            "transition",
            begin=desk.kit.begin(entity, found),
            t=t,
            method=models.method(t),
            actor=who.name,
            act=desk.kit.act(entity, Done(t, who)),
            reason=entity.reasons.get(t.name, ""),
            again=False,
        )


def _own(
    desk: Desk, t: Transition, way: Scenario, shared: dict[str, object]
) -> Iterator[Check]:
    entity = desk.entity
    if t.own_only and entity.personal:
        others = [
            p
            for p in [*desk.cast.people, *desk.cast.extras]
            if p.name != way.creator.name
            and desk.cast.sees(p, way.creator)
            and (not t.roles or set(t.roles) & p.rights)
        ]
        if others:
            yield desk.check(
                CoverKind.ROLE, t.name, f"{t.name}_is_for_its_requester_only",
                "own_only", **shared, wrong=others[0].name,
            )  # fmt: skip
    if t.not_own and entity.personal:
        for person in desk.cast.people:
            if t.roles and not set(t.roles) & person.rights:
                continue
            mine = desk.cast.before(entity, t, creator=person)
            if mine:
                yield desk.check(
                    CoverKind.ROLE,
                    t.name,
                    f"{t.name}_is_not_for_ones_own",
                    "not_own",
                    **{
                        **shared,
                        "begin": desk.kit.begin(entity, mine),
                        "state": _state_after(desk, mine),
                    },
                    wrong=person.name,
                )
                return
        desk.miss(f"transition {t.name} on one's own record")


def _conditions(desk: Desk, t: Transition, way: Scenario) -> Iterator[Check]:
    entity = desk.entity
    for number, condition in enumerate(t.conditions, 1):
        rest = [Demand(c) for c in t.conditions if c is not condition]
        demands = [*rest, Demand(condition, holds=False)]
        edge = edge_of(condition, Operator.EQUAL)
        found = None
        if edge:
            found = desk.cast.before(entity, t, demands=[*demands, edge])
        found = found or desk.cast.before(entity, t, demands=demands)
        if found is None:
            desk.miss(f"condition {number} of {t.name}")
            continue
        actor = next(desk.cast.actors(t, found.creator))
        yield desk.check(
            CoverKind.CONDITION,
            t.name,
            f"{t.name}_needs_{condition.field}_{number}",
            "condition",
            begin=_with_document(t, desk.kit.begin(entity, found)),
            actor=actor.name,
            method=models.method(t),
            message=python(conditions.sentence(entity, condition)),
            state=_state_after(desk, found),
        )
    if entity.first_state not in t.sources:
        return
    for need in entity.line_needs():
        lines = entity.children.get(need.lines)
        if lines is None:
            continue
        base = Scenario(way.creator, way.values)
        actor = next(desk.cast.actors(t, way.creator))
        begin = desk.kit.begin(entity, base, **{need.lines: code("[]")})
        yield desk.check(
            CoverKind.CONSTRAINT,
            need.name,
            f"{t.name}_needs_{need.lines}",
            "condition",
            begin=begin,
            actor=actor.name,
            method=models.method(t),
            message=python(need.message),
            state=entity.first_state,
        )
