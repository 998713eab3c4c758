"""Ways of saying things that tickets have, each with what it has to lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.intent.rules import Rules
from generator.spec.fields import FieldType, Product
from generator.spec.model import Entity, Unique
from generator.ticket import Ticket

if TYPE_CHECKING:
    from generator.spec import Spec


def _spec(title: str, body: str, *criteria: str) -> Spec:
    ticket = Ticket(title=title, body=body, criteria=criteria or ("It can be used",))
    spec = Rules().extract(ticket).spec
    assert spec is not None
    return spec


def _entity(title: str, body: str, *criteria: str) -> Entity:
    return _spec(title, body, *criteria).entities[0]


def _states(entity: Entity) -> list[str]:
    return [state.name for state in entity.states]


def _roles(entity: Entity, step: str) -> tuple[str, ...]:
    return next(t.roles for t in entity.transitions if t.name == step)


def test_who_does_what_in_turn_is_no_list_of_states() -> None:
    swap = _entity(
        "Shift swap",
        "Nurse submits swap -> colleague accepts -> ward manager approves.",
    )

    assert _states(swap) == ["draft", "submitted", "accepted", "approved"]
    assert _roles(swap, "approve") == ("ward_manager",)


def test_sentences_may_begin_small() -> None:
    laptop = _entity(
        "Request new laptop",
        "user requests a laptop. his manager must approve it and then IT orders it.",
        "IT can set to ordered and ready",
    )

    assert _states(laptop) == ["draft", "submitted", "approved", "ordered", "ready"]
    assert _roles(laptop, "order") == ("it",)
    assert _roles(laptop, "make_ready") == ("it",)


def test_only_somebody_up_to_an_amount_leaves_the_rest_to_others() -> None:
    campaign = _entity(
        "Marketing campaigns",
        "Marketing plans campaigns with a budget. The head of marketing approves campaigns.",
        "Campaigns above 20,000 EUR can only be approved by the CEO",
    )

    assert _roles(campaign, "approve") == ("marketing_head",)
    assert _roles(campaign, "ceo_approve") == ("ceo",)


def test_a_record_can_have_parts_of_its_own() -> None:
    onboarding, task = _spec(
        "HR onboarding",
        "HR starts an onboarding with a start date. The onboarding has tasks; every task"
        " has a title, a due date and a done flag. HR closes the onboarding.",
    ).entities

    assert task.lines_of == onboarding.name
    assert {"title", "due_date", "done_flag"} <= {f.name for f in task.fields}


def test_a_data_model_in_lines_has_the_entity_first_that_leads_on() -> None:
    checkout, tool = _spec(
        "Tool crib",
        "Tool: tool number (unique), name, location, last inspection date\n"
        "Checkout: tool, taken on, expected back, condition",
    ).entities

    assert (checkout.name, tool.name) == ("checkout", "tool")
    types = {f.name: f.type for f in checkout.fields}
    assert types["tool_id"] is FieldType.MANY2ONE
    assert types["taken_on"] is FieldType.DATE


def test_one_field_times_another_is_computed() -> None:
    costs = _entity(
        "Reimbursement of commuting costs",
        "Employees fill in the month, the number of working days, the distance in km and"
        " the rate per km. The amount is days times distance times rate."
        " Payroll pays it.",
        "Only one request per employee and month",
    )

    amount = next(f for f in costs.fields if f.name == "amount")
    assert isinstance(amount.computed, Product)
    assert amount.computed.factors == (
        "number_of_working_days", "distance", "rate_per_km",
    )  # fmt: skip
    unique = [c.fields for c in costs.constraints if isinstance(c, Unique)]
    assert unique == [("employee_id", "month")]


def test_what_it_is_good_for_is_nobodys_deed() -> None:
    overtime = _entity(
        "Overtime requests",
        "As an employee I want to ask for overtime with a date, so that it gets paid."
        " As a team lead I want to approve or reject it.",
        "Payroll marks overtime as exported",
    )

    assert _states(overtime) == [
        "draft", "submitted", "approved", "rejected", "exported",
    ]  # fmt: skip
    assert _roles(overtime, "export") == ("payroll",)


def test_values_that_are_words_for_types_are_values() -> None:
    campaign = _entity(
        "Campaigns", "Fields: name, channel (email, social, print, event)"
    )

    channel = next(f for f in campaign.fields if f.name == "channel")
    assert [o.value for o in channel.selection] == ["email", "social", "print", "event"]


def test_states_may_be_said_of_the_record_itself() -> None:
    dispute = _entity(
        "Invoice disputes",
        "Clerks record disputes with a reason. A dispute is open, in review, accepted or"
        " rejected.",
    )

    assert _states(dispute) == ["open", "in_review", "accepted", "rejected"]
