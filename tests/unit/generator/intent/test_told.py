"""What narratives tell of fields and states, each way of saying it with what it leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.intent.rules import asked, beginning
from generator.render import render
from generator.spec.fields import FieldType as F
from tests.support.tickets import understood

if TYPE_CHECKING:
    from generator.spec.model import Entity


def _entity(title: str, body: str, *criteria: str) -> Entity:
    return understood(title, body, *criteria).entities[0]


def _types(entity: Entity) -> dict[str, F]:
    return {f.name: f.type for f in entity.fields}


def _states(title: str, body: str) -> list[str]:
    return [state.name for state in _entity(title, body).states]


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        ("when it was done", "date"),
        ("who did it", "done by"),
        ("how much the repair will cost", "amount"),
        ("how many guests will come", "number of guests"),
        ("since when", "start date"),
        ("until when", "end date"),
        ("from what time to what time", "start time and end time"),
        ("on which day", "date"),
        ("to what e-mail address we should send it", "e-mail address"),
        ("which driver did it", "driver"),
        ("in which category", "category"),
        ("what kind of goods they are", "kind of goods"),
        ("how high the fence is", "height"),
        ("the date by which it has to be finished", "the due date"),
        ("the day on which the tenant moves in", "the day"),
        ("when the permit expires", "expiry date"),
        ("who is in charge", "responsible"),
        ("who has it", ""),
        ("the event he wants to attend", "the event"),
        ("how many tonnes of which fuel are needed", "number of tonnes and fuel"),
        ("how many crew members", "number of crew members"),
        ("in what state it came back", "condition"),
        ("where", "place"),
        ("the date and, if they have one, the number", "the date and, the number"),
    ],
)
def test_a_question_is_the_detail_that_answers_it(question: str, noun: str) -> None:
    assert asked.nouns(question) == noun


@pytest.mark.parametrize(
    ("question", "box"),
    [
        ("whether it has been blocked", "blocked (yes/no)"),
        ("whether alcohol will be served", "alcohol served (yes/no)"),
        ("whether or not parking is needed", "parking needed (yes/no)"),
        ("whether anybody was hurt", "hurt (yes/no)"),
        ("whether they want a receipt", "receipt (yes/no)"),
        ("whether he brings a photographer", "photographer (yes/no)"),
    ],
)
def test_whether_is_a_box_to_tick(question: str, box: str) -> None:
    assert asked.nouns(question).replace(asked.NBSP, " ") == box


@pytest.mark.parametrize(
    "told",
    [
        "The pickup address and the weight are recorded.",
        "On every pickup the pickup address and the weight have to be stated.",
        "What matters is the pickup address and the weight.",
        "Required are the pickup address and the weight.",
        "It must be clear what the pickup address is, and the weight.",
        "We want to see the pickup address and the weight.",
        "The sheet should tell us the pickup address and the weight.",
        "On the pickup you find the pickup address and the weight.",
        "A member asks for a pickup together with its pickup address and its weight.",
        "A member orders a pickup by giving the pickup address and the weight.",
        "To ask for a pickup, members fill in a form (name, pickup address, weight).",
        "Later on the pickup address and the weight are added.",
    ],
)
def test_details_are_told_in_many_ways(told: str) -> None:
    pickup = _entity("Parcel pickups", f"{told} The clerk closes the pickup.")

    assert {"pickup_address", "weight"} <= {*_types(pickup)}


def test_what_is_done_to_the_record_is_no_detail_of_it() -> None:
    visit = _entity(
        "Site visits",
        "The site visit is entered with a date and a fee. The host confirms the visit.",
    )

    assert {"date", "fee"} <= {*_types(visit)}
    assert not [name for name in _types(visit) if "visit" in name]


@pytest.mark.parametrize(
    "told",
    [
        "An order has several parts, each with a weight, a grade (fine, raw) and a price.",
        (
            "A clerk adds parts to the order, each with a weight, a grade (fine, raw) and a"
            " price."
        ),
        (
            "An order is made up of parts; for each part we note the weight, the grade (fine,"
            " raw) and the price."
        ),
        (
            "An order covers several parts. Each part comes with a weight, a grade (fine, raw)"
            " and a price."
        ),
    ],
)
def test_parts_have_details_of_their_own(told: str) -> None:
    order, part = understood(
        "Pipe orders", f"{told} The clerk closes the order."
    ).entities

    assert part.lines_of == order.name
    assert {"weight", "grade", "price"} <= {*_types(part)}
    assert not {"weight", "grade", "price"} & {*_types(order)}


def test_a_rule_may_be_the_first_to_name_a_detail() -> None:
    repair = _types(
        _entity(
            "Repairs",
            "The mechanic enters a repair with the brand and finishes it.",
            "The labour cost cannot be negative",
            "The wheel pressure must be greater than 0",
            "If the frame is bent, the damage description is mandatory",
        )
    )

    assert repair["labour_cost"] is F.MONETARY
    assert repair["wheel_pressure"] is F.FLOAT
    assert repair["damage_description"] is F.TEXT


def test_a_choice_after_a_colon_is_one_field() -> None:
    repair = _entity("Repairs", "A repair has a priority: low, normal or high.")

    (priority,) = (f for f in repair.fields if f.name == "priority")
    assert [o.value for o in priority.selection] == ["low", "normal", "high"]
    assert not {"normal", "high"} & {*_types(repair)}


def test_days_in_a_week_are_counted_and_so_are_guests() -> None:
    stay = _types(
        _entity(
            "Stays", "A stay has the days per week, the expected guests and a rent."
        )
    )

    assert stay["days_per_week"] is F.INTEGER
    assert stay["expected_guests"] is F.INTEGER


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (
            "A rejection reason is mandatory when a leave is rejected",
            "rejection_reason",
        ),
        (
            "A leave cannot be rejected without a reason for the rejection",
            "rejection_reason",
        ),
    ],
)
def test_a_named_reason_is_the_field_that_the_button_fills(
    rule: str, name: str
) -> None:
    spec = understood(
        "Leaves",
        "An employee submits a leave with a start date. The manager approves or rejects it.",
        rule,
    )

    (leave,) = spec.entities
    (kept,) = (f for f in leave.fields if f.name == name)
    assert (kept.type, kept.readonly, kept.required) == (F.TEXT, True, False)
    made = "\n".join(str(file) for file in render(spec).files.values())
    assert f"{name}=reason" in made
    assert "reject_reason" not in made


def test_a_reason_without_a_name_is_kept_by_the_step() -> None:
    spec = understood(
        "Leaves",
        "An employee submits a leave with a start date. The manager approves or rejects it.",
        "Rejecting needs a reason",
    )

    assert not [f for f in spec.entities[0].fields if "reason" in f.name]
    assert any(t.reason for t in spec.entities[0].transitions)


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("It is first planned, then sent away and finally tested.", "planned sent_away tested"),
        ("First the sample is taken, then tested, and in the end left.", "taken tested left"),
        ("The hire is named, then signed and finally handed over.", "named signed handed_over"),
        ("It is first planned and then sent.", ""),
        ("It is first sent to the lab, then to the office, then home.", ""),
    ],
)  # fmt: skip
def test_states_are_told_in_turn(text: str, states: str) -> None:
    told = [label.replace(" ", "_") for label in beginning.staged(text)]

    assert told == states.split()


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("So far the trip is only planned.", "planned"),
        ("At that moment the donation is received and nothing more.", "received"),
        ("A repair begins as noted.", "noted"),
        ("At first a booking is only an option.", "option"),
        ("An invoice comes in and is received.", "received"),
        ("The date is only required.", None),
    ],
)
def test_a_story_says_where_a_record_begins(text: str, state: str | None) -> None:
    assert beginning.begun(text) == state


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("After which the dog is sheltered.", ["sheltered"]),
        ("As soon as the key is back, the dog is released.", ["released"]),
        ("From then on the dog counts as adopted.", ["adopted"]),
        ("A dog that bites is quarantined.", ["quarantined"]),
        ("Failing that it is adopted.", ["adopted"]),
        ("After that the dog is needed.", []),
    ],
)
def test_a_story_says_what_becomes_of_a_record(text: str, states: list[str]) -> None:
    assert beginning.reached(text, {"dog"}) == states


def test_a_state_at_the_side_is_last_and_leads_from_where_it_is_told() -> None:
    invoice = _entity(
        "Plumber invoices",
        "An invoice starts as received. The clerk checks it, and if something is wrong he"
        " disputes it. The manager approves a checked invoice. The accountant pays it.",
    )

    assert [s.name for s in invoice.states] == [
        "received", "checked", "approved", "paid", "disputed",
    ]  # fmt: skip
    sources = {t.target: t.sources for t in invoice.transitions}
    assert sources["disputed"] == ("checked",)
    assert sources["approved"] == ("checked",)


def test_a_deed_that_only_the_title_has_is_no_name() -> None:
    donation = _entity(
        "Donation intake",
        "A volunteer enters a donation with the donor. At that moment the donation is"
        " received. The manager prices the donation. A priced donation is shelved by the"
        " volunteer.",
    )

    assert donation.name == "donation"
    assert [s.name for s in donation.states] == ["received", "priced", "shelved"]


def test_states_follow_the_words_of_a_sentence() -> None:
    assert _states(
        "Linen bags",
        "The clerk registers a bag. Once the bag is washed, the ironer signs it."
        " The clerk delivers the bag.",
    ) == ["draft", "washed", "signed", "delivered"]


def test_who_drafts_and_submits_a_record_has_submitted_it() -> None:
    assert _states(
        "Leaves",
        "Every employee has to file a leave. The employee drafts the leave and submits it."
        " The manager approves it.",
    ) == ["draft", "submitted", "approved"]


def test_an_invoice_number_is_no_number_of_invoices() -> None:
    _, part = understood(
        "Pipe orders",
        "A clerk enters an order with the order number. An order has several parts, each"
        " with a weight and the number of holes.",
        "The order number must be unique",
    ).entities

    assert not part.constraints


def test_tasks_are_parts_when_each_has_details() -> None:
    checklist, task = understood(
        "Welcome checklists for new hires",
        "As an HR officer I want to record the start date and the mentor on the checklist."
        " As an HR officer I want to add tasks to the checklist, each with a description and"
        " a due date.",
    ).entities

    assert (checklist.name, task.name) == ("welcome_checklist", "task")
    assert task.lines_of == checklist.name
    assert _types(checklist)["mentor_id"] is F.MANY2ONE


@pytest.mark.parametrize(
    ("title", "body", "name"),
    [
        ("How we handle refunds", "A clerk opens a refund with a date.", "refund"),
        ("Approval workflow for discounts", "A seller asks for a discount of a rate.", "discount"),
        ("RFC 12: car disposal", "IT records a disposal with a date.", "car_disposal"),
        ("Lending out cameras", "A loan has a due date.", "camera_loan"),
        ("Meeting notes", "The guard files a theft report with a date.", "theft"),
        ("Parking permits for visitors", "A permit has a day.", "parking_permit"),
    ],
)  # fmt: skip
def test_a_title_names_a_record_whatever_it_says_besides(
    title: str, body: str, name: str
) -> None:
    assert _entity(title, body).name == name
