"""What an entity has beside what the ticket asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.render.plan import ModulePlan
from generator.spec.model import ViewKind
from tests.support.extensions import customer_credit
from tests.support.module_specs import field
from tests.support.trips import spec

if TYPE_CHECKING:
    from generator.render.plan import EntityPlan


def trip(*fields: dict[str, object], **more: object) -> EntityPlan:
    (found,) = ModulePlan(spec(*fields, **more)).entities
    return found


def test_whose_record_it_is() -> None:
    who = field("employee_id", "many2one", relation="hr.employee")
    usual, staff = trip(field("aim", "char")), trip(who)
    assert (usual.employee, usual.owner, usual.managed) == (None, "user_id", False)
    assert (staff.employee, staff.owner, staff.managed) == (
        "employee_id",
        "user_id",
        True,
    )


def test_an_owner_has_a_field_of_his_own_where_the_ticket_uses_the_name() -> None:
    taken = field("user_id", "many2one", relation="res.users")
    found = trip(field("aim", "char"), taken)
    assert found.owner == "owner_user_id"
    assert not found.owner_given


@pytest.mark.parametrize(
    ("fields", "number", "title"),
    [
        ([field("aim", "char")], "name", "name"),
        ([field("name", "char")], "reference", "name"),
        (
            [field("name", "char"), field("reference", "char")],
            "sequence_number",
            "name",
        ),
    ],
)
def test_a_number_takes_no_name_of_the_tickets(
    fields: list[dict[str, object]], number: str, title: str
) -> None:
    found = trip(*fields, sequence={"prefix": "TRIP"})
    assert (found.number, found.title_field) == (number, title)


def test_amounts_are_in_the_currency_that_there_is() -> None:
    fare = field("fare", "monetary")
    own = trip(fare, field("paid_in_id", "many2one", relation="res.currency"))
    usual = trip(fare)
    (added,) = ModulePlan(customer_credit(fields=[fare], constraints=[])).extensions
    for found, currency, missing in (
        (own, "paid_in_id", False),
        (usual, "currency_id", True),
        (added, "customer_credit_currency_id", True),
    ):
        assert found.money.of(found.fields["fare"]) == currency
        assert found.money.missing is missing


def test_a_calendar_needs_dates() -> None:
    wanted = ["calendar", "list"]
    dated = trip(field("start", "date"), field("end", "date"), views=wanted)
    assert ViewKind.CALENDAR in dated.views
    assert dated.calendar_dates == ("start", "end")
    assert ViewKind.CALENDAR not in trip(field("aim", "char"), views=wanted).views
