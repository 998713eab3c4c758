"""Ways of saying things that tickets have, each with what it has to lead to."""

from __future__ import annotations

from generator.intent.rules import lexicon, verbs
from generator.spec.fields import FieldType, Product
from generator.spec.model import Entity, Unique
from tests.support.tickets import understood


def _entity(title: str, body: str, *criteria: str) -> Entity:
    return understood(title, body, *criteria).entities[0]


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
    onboarding, task = understood(
        "HR onboarding",
        "HR starts an onboarding with a start date. The onboarding has tasks; every task"
        " has a title, a due date and a done flag. HR closes the onboarding.",
    ).entities

    assert task.lines_of == onboarding.name
    assert {"title", "due_date", "done_flag"} <= {f.name for f in task.fields}


def test_a_data_model_in_lines_has_the_entity_first_that_leads_on() -> None:
    checkout, tool = understood(
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


def test_verbs_of_listed_states_and_who_does_them_are_learnt() -> None:
    claim = _entity(
        "Damage claims",
        "Lifecycle: Reported, Assessed, Offered, Settled - or Refused\n\n"
        "The adjuster assesses a reported claim and offers an amount. The branch manager"
        " settles the claim or refuses it.",
    )

    assert _states(claim) == ["reported", "assessed", "offered", "settled", "refused"]
    assert _roles(claim, "assess") == ("adjuster",)
    assert _roles(claim, "settle") == ("branch_manager",)


def test_what_one_ticket_teaches_the_next_one_does_not_know() -> None:
    _entity(
        "Translation jobs",
        "Statuses: quoted, translated, delivered. The translator translates the job.",
    )

    assert verbs.of_state("translated") is None
    assert not lexicon.person("translator")


def test_what_is_recorded_is_what_something_is_done_to() -> None:
    stay = _entity(
        "Guest apartments of the institute",
        "A host requests a stay with the guest name and the arrival date. A stay starts as"
        " requested. The receptionist confirms or declines the stay.",
        "The host gets an email when the stay is confirmed",
    )

    assert stay.name == "stay"
    assert _states(stay) == ["requested", "confirmed", "declined"]


def test_a_title_may_tell_who_does_it() -> None:
    text = "A tenant reports a defect with a description and the date."

    assert (
        _entity("Tenants report defects in their flats", text).name == "defect_report"
    )


def test_a_heading_names_lines() -> None:
    record, agent = understood(
        "Spraying records",
        "Spraying record\n- plot (mandatory)\n- wind speed in km/h\n- spraying date\n\n"
        "Agents used, several per record\n- agent name\n- dose per hectare\n\n"
        "Planned, released, sprayed, closed - and cancelled when it rains.\n\n"
        "The agronomist plans a spraying and releases it. The operator sprays.",
    ).entities

    assert agent.lines_of == record.name
    assert {"agent_name", "dose_per_hectare"} <= {f.name for f in agent.fields}
    speed = next(f for f in record.fields if f.name == "wind_speed")
    assert speed.type is FieldType.FLOAT
    assert _states(record) == ["planned", "released", "sprayed", "closed", "cancelled"]
    assert _roles(record, "release") == ("agronomist",)


def test_a_parenthesis_does_not_change_who_acts() -> None:
    gift = _entity(
        "Gift declarations",
        "Process: draft -> declared -> accepted, refused or donated.\n\n"
        "The employee declares the gift. The compliance officer accepts it (employee may"
        " keep it) or refuses it.",
    )

    assert _states(gift) == ["draft", "declared", "accepted", "refused", "donated"]
    assert _roles(gift, "refuse") == _roles(gift, "accept") != ("employee",)


def test_one_note_may_be_of_two_fields() -> None:
    lesson = _entity(
        "Driving lessons",
        "Each lesson has:\n- source language and target language [both required]: German,"
        " English, Polish\n- start and end (date and time each)",
    )

    fields = {f.label: f for f in lesson.fields}
    assert fields["Source language"].type is FieldType.SELECTION
    assert fields["Source language"].required
    assert fields["Target language"].required
    assert fields["Start"].type is fields["End"].type is FieldType.DATETIME


def test_a_role_may_have_the_rights_of_another() -> None:
    spec = understood(
        "Travel advances",
        "An employee submits a travel advance. The manager approves or rejects it. Finance"
        " pays it. Finance can do everything the manager can.",
    )

    assert "manager" in next(r for r in spec.roles if r.name == "finance").implies


def test_a_record_may_have_a_parent_of_its_kind() -> None:
    centre = _entity(
        "Cost centres", "HR records cost centres with a name and a parent cost centre."
    )

    parent = next(f for f in centre.fields if f.name == "parent_id")
    assert parent.relation == centre.model
    assert not parent.required


def test_what_is_left_open_is_said_in_sentences() -> None:
    spec = understood(
        "Found items",
        "The clerk registers found items with a station, a colour, an estimated value and"
        " a photo. States: Registered -> Stored -> Disposed.",
    )

    assert {
        "Station is a line of text, as the ticket does not say more.",
        "No field has to be filled in, as the ticket names none.",
        "Amounts are in the currency of the company.",
        "Clerk may see all records of their companies, as the ticket does not say.",
    } <= {*spec.assumptions}


def test_required_and_optional_at_once_is_asked() -> None:
    spec = understood(
        "Travel advances",
        "An employee submits a travel advance with an amount. The amount is required.",
        "The amount is optional",
    )

    assert any("both required and optional" in text for text in spec.questions)
