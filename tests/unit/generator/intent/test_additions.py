"""What tickets add to models of Odoo's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.intent.rules import Rules, additions, reading
from generator.ticket import Ticket
from tests.support import tickets

if TYPE_CHECKING:
    from generator.spec import Spec


def ticket(title: str, body: str = "", *criteria: str) -> Ticket:
    return Ticket(id="1", source="text", title=title, body=body, criteria=criteria)


def understood(given: Ticket) -> Spec:
    spec = Rules().extract(given).spec
    assert spec is not None
    return spec


def fields(spec: Spec, model: str) -> dict[str, str]:
    entity = next(e for e in spec.entities if e.model == model)
    assert entity.extends
    return {f.name: f.type.value for f in entity.fields}


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("Add a credit rating and a yearly review date to customers", "res.partner"),
        ("On the vehicle we want to record the tyre change interval", "fleet.vehicle"),
        ("Extend the employee form with a work-from-home agreement", "hr.employee"),
        ("We need two new fields on the product: shelf life and origin", "product.template"),
        ("Customers should get an additional field for the shoe size", "res.partner"),
        ("Each invoice needs an extra project code.", "account.move"),
        ("In the task form we want to see the estimated complexity", "project.task"),
        ("Add to the sales order: gift wrapping, greeting text", "sale.order"),
        ("Please add a sponsor code to the event", "event.event"),
        ("Enrich opportunities with a budget approval date", "crm.lead"),
        ("Add a serial plate number to the equipment form", "maintenance.equipment"),
    ],
)  # fmt: skip
def test_a_sentence_names_what_is_added_to(text: str, model: str) -> None:
    (found,) = additions.additions(reading.read(ticket(text)))
    assert found.existing.model == model
    assert found.titled


@pytest.mark.parametrize(
    "text",
    [
        "Add an approval workflow to purchase orders",
        "An employee submits an expense with a receipt",
        "Employees add a comment to the expense",
        "Notify the manager when an invoice is due",
        "Vehicle booking",
    ],
)
def test_a_workflow_or_a_deed_is_no_field(text: str) -> None:
    assert additions.additions(reading.read(ticket(text))) == []


@pytest.mark.parametrize("kind", ["development", "held_out"])
def test_tickets_of_their_own_add_to_nothing(kind: tickets.Kind) -> None:
    adding = {"customer_credit", "home_office_agreement", "tyre_change"}
    for name in {*tickets.names(kind)} - adding:
        read = reading.read(tickets.ticket(name, kind))
        assert additions.additions(read) == [], name


def test_a_ticket_that_only_adds_needs_no_roles() -> None:
    spec = understood(tickets.ticket("customer_credit"))
    assert spec.roles == ()
    assert spec.own == ()
    assert spec.module == "customer_credit_rating"
    assert fields(spec, "res.partner") == {
        "credit_rating": "selection",
        "credit_review_date": "date",
        "insured_amount": "monetary",
        "risk_notes": "text",
    }
    assert any("res.partner" in text for text in spec.assumptions)
    covers = {c.id: [(p.kind.value, p.name) for p in c.covers] for c in spec.criteria}
    assert ("required", "credit_rating") in covers["ac_2"]
    assert ("view", "list") in covers["ac_4"]


def test_a_ticket_may_add_beside_what_is_its_own() -> None:
    spec = understood(tickets.ticket("tyre_change"))
    assert [e.model for e in spec.own] == ["tyre.change.order"]
    assert fields(spec, "fleet.vehicle") == {
        "tyre_change_interval": "float",
        "tyre_storage_location": "char",
    }
    interval = next(e for e in spec.entities if e.extends).fields[0]
    assert interval.help == "In kilometres."
    (cover,) = spec.criteria[2].covers
    assert (cover.entity, cover.name) == ("vehicle", "tyre_change_interval")


def test_the_title_counts_where_the_text_names_no_field() -> None:
    made = ticket("Add a loyalty number to contacts", "Shops ask.", "Shops see it")
    assert fields(understood(made), "res.partner") == {"loyalty_number": "char"}


def test_bullets_below_such_a_line_are_fields() -> None:
    body = """Add the following fields to the sales order:
- Gift wrapping (yes/no)
- Greeting (text)
"""
    made = ticket("Gifts", body, "A sales order has a greeting")
    assert fields(understood(made), "sale.order") == {
        "gift_wrapping": "boolean",
        "greeting": "char",
    }


def test_a_name_that_is_taken_is_asked_about() -> None:
    made = ticket(
        "Add a credit limit to customers", "", "A customer has a credit limit"
    )
    spec = understood(made)
    assert fields(spec, "res.partner") == {"customer_credit_limit": "monetary"}
    assert "credit_limit in Odoo already" in spec.questions[0]


def test_what_would_change_odoos_own_workflow_is_left_to_a_person() -> None:
    body = "Sales is notified when the sponsor code changes."
    made = ticket(
        "Add a sponsor code to the event", body, "An event has a sponsor code"
    )
    spec = understood(made)
    assert any("left to a person" in text for text in spec.questions)
