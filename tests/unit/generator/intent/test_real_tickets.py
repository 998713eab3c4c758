"""What the rules once misread in the tickets of the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.spec.model import CoverKind, NoOverlap
from tests.support import tickets

if TYPE_CHECKING:
    from generator.spec.model import Entity


def main(name: str) -> Entity:
    """Return the entity that a ticket is about."""
    return next(e for e in tickets.spec(name).entities if e.states)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("vehicle_booking", "vehicle_id"),
        ("meeting_room_booking", "room_id"),  # "confirmed at once" is no rule
        ("asset_loan", "asset"),  # typed, not chosen; "two people" is no employee
    ],
)
def test_what_is_taken_is_taken_for_a_period(name: str, what: str) -> None:
    entity = main(name)
    (period,) = [c for c in entity.constraints if isinstance(c, NoOverlap)]
    assert period.per == (what,)
    # ... and may be taken again, at another time.
    assert not any(c.kind == "unique" for c in entity.constraints)


def test_a_state_that_is_reached_is_an_occasion() -> None:
    made = main("maintenance_work_order").notifications
    assert [told.on for told in made if told.requester] == ["finish"]


def test_a_message_is_met_by_a_message_alone() -> None:
    criteria = {c.text: c for c in tickets.spec("maintenance_work_order").criteria}
    done = criteria["The worker is notified when the work order is done"]
    assert CoverKind.NOTIFICATION in {cover.kind for cover in done.covers}
    criteria = {c.text: c for c in tickets.spec("incident_report").criteria}
    assert not criteria[
        "Critical incidents are also notified to the plant manager"
    ].covers
