"""The tests of a generated module: each part of the specification by its behaviour.

A check is keyed by what it is about, so that an acceptance criterion finds the checks of
what covers it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.render.checks.access import access, surface
from generator.render.checks.base import Check, Desk
from generator.render.checks.basics import basics
from generator.render.checks.computed import computed
from generator.render.checks.constraints import constraints
from generator.render.checks.extending import extending
from generator.render.checks.guards import guards
from generator.render.checks.lines import lines
from generator.render.checks.messages import messages
from generator.render.checks.reminders import reminders
from generator.render.checks.transitions import transitions

if TYPE_CHECKING:
    from generator.render.plan import EntityPlan
    from generator.render.scenarios import Cast

__all__ = ["Check", "checks"]


def checks(cast: Cast, entity: EntityPlan) -> tuple[list[Check], list[str]]:
    """Return the checks of an entity in the order of its tests, and what has none.

    Lines have theirs with what they belong to.
    """
    if entity.is_line:
        return [], []
    desk = Desk(cast, entity)
    if entity.extends:
        return [*extending(desk), *constraints(desk), *computed(desk)], desk.missed
    found = [
        *basics(desk),
        *constraints(desk),
        *lines(desk),
        *computed(desk),
        *transitions(desk),
        *guards(desk),
        *messages(desk),
        *reminders(desk),
        *access(desk),
        *surface(desk),
    ]
    return found, desk.missed
