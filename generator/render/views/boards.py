"""What an entity shows beside list and form: cards, a calendar, and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.render.views.parts import Axis, Calendar, plain
from generator.spec.fields import DATES, NUMBERS, FieldType
from generator.spec.model import ViewKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.plan import EntityPlan

_ON_A_CARD: Final = 4


class Boards:
    """What kanban, calendar, pivot and graph show.

    Args:
        entity: The entity.
    """

    def __init__(self, entity: EntityPlan) -> None:
        on_card = [
            f for f in plain(entity) if f.name != entity.title_field and not f.roles
        ][:_ON_A_CARD]
        self.card = [f.name for f in on_card]
        self.card_needs = sorted(
            {entity.money.of(f) for f in on_card if f.type is FieldType.MONETARY}
        )
        self.calendar = _calendar(entity)
        self.axes = [*_axes(entity)]
        self.measures = [
            f.name
            for f in entity.fields.values()
            if f.type in NUMBERS and entity.stored(f.name)
        ]


def _calendar(entity: EntityPlan) -> Calendar | None:
    if ViewKind.CALENDAR not in entity.views or entity.calendar_dates is None:
        return None
    start, stop = entity.calendar_dates
    colours = [
        f.name
        for f in entity.fields.values()
        if f.type is FieldType.MANY2ONE and f.name != entity.money.own
    ]
    return Calendar(start, stop, (colours or [entity.owner])[0] or None)


def _axes(entity: EntityPlan) -> Iterator[Axis]:
    rows = [
        f.name
        for f in entity.fields.values()
        if f.type in {FieldType.MANY2ONE, FieldType.SELECTION}
        and entity.stored(f.name)
        and f.name != entity.money.own
    ]
    if rows or entity.states:
        yield Axis((rows or ["state"])[0], "row", interval=False)
    dates = [
        f.name
        for f in entity.fields.values()
        if f.type in DATES and entity.stored(f.name)
    ]
    if dates:
        yield Axis(dates[0], "col", interval=True)
    elif not rows and not entity.states:
        yield Axis("create_date", "row", interval=True)
