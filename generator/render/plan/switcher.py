"""Which views people switch between, and the dates that a calendar goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.spec.fields import DATES
from generator.spec.model import ViewKind

if TYPE_CHECKING:
    from generator.render.plan.entity import EntityPlan

_ORDER: Final = (
    ViewKind.LIST, ViewKind.KANBAN, ViewKind.CALENDAR, ViewKind.FORM,
    ViewKind.PIVOT, ViewKind.GRAPH, ViewKind.ACTIVITY, ViewKind.SEARCH,
)  # fmt: skip


def views(entity: EntityPlan) -> tuple[ViewKind, ...]:
    """Return the views in the order of the switcher, list and form always among them."""
    if entity.is_line or entity.extends:
        return ()
    wanted = {*entity.spec.views, ViewKind.LIST, ViewKind.FORM, ViewKind.SEARCH}
    if entity.calendar_dates is None:
        wanted.discard(ViewKind.CALENDAR)
    if not entity.chatter:
        wanted.discard(ViewKind.ACTIVITY)
    return tuple(kind for kind in _ORDER if kind in wanted)


def calendar_dates(entity: EntityPlan) -> tuple[str, str | None] | None:
    """Return the fields that a calendar goes by: start, and end if there is one."""
    for rule in entity.overlaps():
        return rule.start, rule.end
    days = [f.name for f in entity.fields.values() if f.type in DATES]
    if not days:
        return None
    ends = [d for d in days[1:] if "end" in d or d.endswith(("_to", "until"))]
    starts = [d for d in days if "start" in d or d.endswith("_from")]
    return (starts or days)[0], (ends[0] if ends else None)
