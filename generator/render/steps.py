"""Transitions as methods, and the wizards that ask for their reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.escaping import Escaped, code, docstring, python
from generator.render import conditions, naming
from generator.render.constraints import Check
from generator.render.tellings import constant, told_by
from generator.spec.workflow import Channel, Transition

if TYPE_CHECKING:
    from generator.render.plan import EntityPlan


@dataclass(frozen=True)
class Step:
    """A transition as a method."""

    name: str
    method: str
    doc: Escaped
    groups: tuple[str, ...]
    sources: Escaped
    target: Escaped
    own_only: bool
    not_own: bool
    checks: tuple[Check, ...]
    attachment: bool
    tellings: tuple[str, ...]
    reason: str
    wizard: str
    title: Escaped
    verb: Escaped
    closes: bool


def method(transition: Transition) -> str:
    """Return the name of a transition's button."""
    return naming.short(f"action_{transition.name}")


def wizard_model(entity: EntityPlan, transition: Transition) -> str:
    """Return the model that asks for a transition's reason."""
    return naming.short(f"{entity.model}.{transition.name}", 60)


def step(entity: EntityPlan, transition: Transition) -> Step:
    """Return a transition as a method."""
    checks = [
        Check(
            conditions.broken(entity, condition),
            python(conditions.sentence(entity, condition)),
        )
        for condition in transition.conditions
    ]
    if entity.first_state in transition.sources:
        checks += [
            Check(code(f"not record.{need.lines}"), python(need.message))
            for need in entity.line_needs()
            if need.lines in entity.fields or need.lines in entity.children
        ]
    roles = " or ".join(entity.module.role(role).label for role in transition.roles)
    who = f"; for {roles}" if roles else ""
    came = ", ".join(transition.sources)
    return Step(
        name=transition.name,
        method=method(transition),
        doc=docstring(f"{transition.label}: {came} -> {transition.target}{who}.", 8),
        groups=tuple(constant(role) for role in transition.roles),
        sources=code(", ".join(python(s) for s in transition.sources)),
        target=python(transition.target),
        own_only=transition.own_only and entity.personal,
        not_own=transition.not_own and entity.personal,
        checks=tuple(checks),
        attachment=transition.attachment,
        tellings=tuple(
            told_by(n) for n in entity.notifications if n.on == transition.name
        ),
        reason=entity.reasons.get(transition.name, ""),
        wizard=wizard_model(entity, transition) if transition.reason else "",
        title=python(f"{transition.label}: {entity.label}"),
        verb=python(naming.lowered(transition.label)),
        closes=bool(_asked_states(entity) & {*transition.sources}),
    )


def _asked_states(entity: EntityPlan) -> set[str]:
    """Return the states in which somebody may still have to do what he was asked."""
    found = set()
    for telling in entity.notifications:
        if Channel.ACTIVITY not in telling.channels:
            continue
        if telling.on is None and entity.states:
            found.add(entity.first_state)
        found |= {t.target for t in entity.transitions if t.name == telling.on}
    return found
