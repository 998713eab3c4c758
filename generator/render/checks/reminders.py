"""Checks of reminders: in time, once, and not when all is done."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code, python
from generator.render import models
from generator.spec.fields import DATES, EntityField, FieldType
from generator.spec.model import CoverKind
from generator.spec.workflow import (
    Channel,
    Reminder,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.checks.base import Check, Desk


_AWAY: Final = 5000
"""Days by which a record is moved out of another one's way."""


def reminders(desk: Desk) -> Iterator[Check]:
    """Yield reminders."""
    for number, reminder in enumerate(desk.entity.reminders):
        yield from _reminder(desk, reminder, _AWAY * (2 * number + 1))


def _reminder(desk: Desk, r: Reminder, away: int) -> Iterator[Check]:
    entity = desk.entity
    way, closed = None, None
    if entity.states:
        open_states = r.states or tuple(
            s
            for s in entity.states
            if s not in entity.final_states and s not in entity.refused_states
        )
        for state in open_states:
            way = desk.cast.to_state(entity, state, creator=desk.cast.requester)
            way = way or desk.cast.to_state(entity, state)
            if way:
                break
        for state in entity.states:
            if state not in open_states:
                end = desk.cast.to_state(entity, state)
                if end:
                    closed = desk.kit.begin(entity, end)
                    break
    else:
        way = desk.plain()
    field = entity.fields.get(r.date)
    if way is None or field is None:
        desk.miss(f"reminder {r.name}")
        return
    extent = _span(desk, r.date)

    def at(days: int) -> Escaped:
        parts = [f'"{r.date}": {_in_days(field, days)}']
        for name, shift in extent:
            other = entity.fields[name]
            parts.append(f'"{name}": {_in_days(other, days + shift)}')
        return code(f"record.sudo().write({{{', '.join(parts)}}})")

    users = [*desk.recipients(r, way.creator)]
    yield desk.check(
        CoverKind.REMINDER,
        r.name,
        f"{r.name}_is_reminded_of",
        "reminder",
        begin=desk.kit.begin(entity, way),
        early=at(-r.days + 1),
        due=at(-r.days),
        past=at(-1) if r.days < 0 else None,
        closed=code(f"{at(away)}\n{closed}") if closed else None,
        # A criterion may ask for several of these, one after the other.
        away=at(away + _AWAY) if entity.overlaps() else None,
        method=models.cron_method(r),
        activity=models.activity_type(entity, r)
        if r.channel is Channel.ACTIVITY
        else "",
        template=r.channel is Channel.EMAIL,
        subject=python(r.subject),
        users=[p.name for p in users],
    )


def _span(desk: Desk, name: str) -> list[tuple[str, int]]:
    """Return the dates that constraints tie to *name*, with their distance in days."""
    base = desk.cast.samples(desk.entity).base
    mine = base.get(name)
    found = []
    for other, value in base.items():
        f = desk.entity.fields.get(other)
        if f is None or f.type not in DATES or other == name:
            continue
        if isinstance(value, date) and isinstance(mine, date):
            found.append((other, _days(value) - _days(mine)))
    return found


def _in_days(field: EntityField | None, days: int) -> Escaped:
    sign = "+" if days >= 0 else "-"
    shifted = f"today {sign} timedelta(days={abs(days)})" if days else "today"
    if field is not None and field.type is FieldType.DATETIME:
        return code(f"fields.Datetime.to_datetime({shifted}) + timedelta(hours=9)")
    return code(shifted)


def _days(value: object) -> int:
    if isinstance(value, datetime):
        value = value.date()
    return value.toordinal() if isinstance(value, date) else 0
