"""What may be advised for tickets, as somebody who knows Odoo labelled them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from generator.gaps import about, analyse
from generator.gaps.advice import business
from generator.intent.rules import Rules
from generator.spec.model import Requirement
from tests.support import tickets

if TYPE_CHECKING:
    from generator.gaps import Gap
    from generator.gaps.search import Index
    from generator.spec import Spec

DEMANDED = {
    "catering_order": {"lunch"},
    "expense_claim": {"hr_expense"},
    "leave_of_absence": {"hr_holidays"},
    "maintenance_work_order": {"maintenance"},
    "purchase_requisition": {"purchase_requisition"},
    "tyre_change": {"fleet"},
    "vehicle_booking": {"fleet"},
}
"""Modules that a consultant would not let anybody build again."""

SENSIBLE = {
    "asset_loan": {"maintenance", "stock"},
    "contract_approval": {"contract", "agreement", "agreement_legal"},
    "customer_credit": {"account"},  # it has credit limits of customers
    "expense_claim": {"hr_expense_tier_validation"},
    "it_equipment_request": {"maintenance"},
    "incident_report": {"helpdesk_mgmt", "mgmtsystem_nonconformity"},
    "meeting_room_booking": {"resource_booking", "calendar"},
    "purchase_requisition": {"purchase_request", "purchase"},
    "quality_complaint": {"crm_claim", "mgmtsystem_claim", "helpdesk_mgmt"},
    "risk_register": {"mgmtsystem_risk"},  # it has probability and severity
    "suggestion_box": {"survey"},  # it gathers anonymous suggestions
    "supplier_evaluation": {"srm"},
    "training_request": {"hr_course", "website_slides", "hr_skills"},
    "travel_advance": {"hr_expense", "hr_expense_advance_clearing"},
    "vehicle_booking": {"resource_booking", "fleet_vehicle_usage"},
    "vendor_onboarding": {"purchase", "contacts"},
}
"""Others that one might advise; of a ticket that is not named here, none."""


@cache
def spec(name: str) -> Spec:
    found = Rules().extract(tickets.ticket(name)).spec
    assert found is not None
    return found


def gaps(found: Index, name: str) -> list[Gap]:
    return analyse(spec(name).requirements, found, about(spec(name)))


@pytest.mark.parametrize("name", tickets.names("development"))
def test_only_what_a_consultant_would_advise_is_advised(
    found: Index, name: str
) -> None:
    advised = {gap.module for gap in gaps(found, name) if gap.recommendation != "build"}
    demanded = DEMANDED.get(name, set())
    assert demanded <= advised <= demanded | SENSIBLE.get(name, set())


@pytest.mark.parametrize("name", tickets.names("development"))
def test_what_is_extended_can_be_inherited(found: Index, name: str) -> None:
    bridges = {one.module for one in found.documents if one.bridge}
    for gap in gaps(found, name):
        if gap.recommendation == "extend":
            assert gap.module not in bridges
            assert gap.available
            assert gap.source == "oca" or (gap.model and gap.form)


def test_ways_of_working_lead_to_no_module(found: Index) -> None:
    sentences = (
        "The manager approves or rejects the request",
        "All state changes are logged in the chatter",
        "Employees see their own requests and managers those of their team",
        "The requester is notified when it is approved",
    )
    asked = [
        Requirement(id=f"req_{number}", text=text)
        for number, text in enumerate(sentences)
    ]
    assert not any(business(text) for text in sentences)
    assert analyse(asked, found) == []
    assert analyse([], found) == []


def test_the_list_is_longer_than_the_advice(found: Index) -> None:
    ranked = gaps(found, "vehicle_booking")
    assert len(ranked) > 5
    assert [gap.score for gap in ranked] == sorted(
        (gap.score for gap in ranked), reverse=True
    )
    fleet = next(gap for gap in ranked if gap.module == "fleet")
    assert (fleet.recommendation, fleet.model) == ("extend", "fleet.vehicle")
