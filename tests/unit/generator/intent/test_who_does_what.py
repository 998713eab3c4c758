"""Who takes which step, in the many ways that people say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from generator.intent.rules import Rules, columns, lexicon, noted, restated
from generator.intent.rules.reading import Table
from generator.spec import check
from generator.ticket import Ticket

if TYPE_CHECKING:
    from generator.spec.model import Entity

ABOUT: Final = "A bee report has a hive number, a date and remarks."
STATES: Final = "States: draft, submitted, accepted, filed, refused."


def entity(
    *lines: str, criteria: tuple[str, ...] = ("The date is mandatory",)
) -> Entity:
    """Return what a ticket about reports of hives is understood as."""
    ticket = Ticket(title="Bee reports", body="\n".join(lines), criteria=criteria)
    spec = Rules().extract(ticket).spec
    assert spec is not None
    assert check(spec) == []
    return spec.entities[0]


def who(made: Entity) -> dict[str, set[str]]:
    """Return who may take each step."""
    return {t.name: {*t.roles} for t in made.transitions}


def sources(made: Entity, step: str) -> tuple[str, ...]:
    """Return the states from which a step may be taken."""
    return next(t.sources for t in made.transitions if t.name == step)


@pytest.mark.parametrize(
    "said",
    [
        "It is up to the vicar to accept it.",
        "Nobody but the vicar may accept a report.",
        "No one other than the vicar can accept a report.",
        "The vicar alone can accept it.",
        "The vicar is the only one who can accept it.",
        "The vicar is entitled to accept a report.",
        "The vicar has the right to accept a report.",
        "Accepting is reserved to the vicar.",
        "Accepting a report is the job of the vicar.",
        "It is the vicar's job to accept it.",
        "It is the vicar who accepts it.",
        "It is then accepted by the vicar.",
        "The vicar sets it to accepted.",
        "A report is marked as accepted by the vicar.",
        "The vicar checks the report, so it is accepted.",
        "Only then may the vicar accept it.",
        "Accept: vicar",
        "- Accepted (by the vicar)",
        "- Vicar: accepts the report",
        "- Accepted: the vicar has read it",
        "The vicar cannot accept a report without a date.",
    ],
)
def test_whoever_accepts_is_known_by_any_wording(said: str) -> None:
    steps = who(
        entity(ABOUT, STATES, "The beekeeper submits it. The clerk files it.", said)
    )
    (accepts,) = (steps[name] for name in steps if name in {"accept", "check"})
    assert accepts == {"vicar"}
    assert steps["submit"] == {"beekeeper"}
    assert steps["file"] == {"clerk"}


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("Cancelling is reserved to the head nurse.", "The head nurse can cancel it."),
        ("The vicar gives his OK to the transfer.", "The vicar approves the transfer."),
        ("He decides whether it is Won or Lost.", 'He sets it to "Won" or "Lost".'),
        ("The clerk submits it.", "The clerk submits it."),
    ],
)  # fmt: skip
def test_roundabout_words_are_put_plainly(said: str, plain: str) -> None:
    assert restated.restated(said) == plain


def test_notes_are_sentences_only_where_they_name_people() -> None:
    assert noted.sentence("Approve: line manager") == "The line manager can approve it."
    assert noted.sentence("Approve: tomorrow") == "Approve: tomorrow"
    assert noted.sentence("Present: Tom (sales)") == "Present: Tom (sales)"
    assert noted.sentence("The chair decides: Won or Lost") == (
        'The chair sets it to "Won" or "Lost".'
    )


def test_a_table_of_steps_says_who_takes_them() -> None:
    made = entity(
        ABOUT, "",
        "| Step | From | To | Role |", "|---|---|---|---|",
        "| Submit | Draft | Submitted | beekeeper |",
        "| Accept | Submitted | Accepted | bee inspector |",
        "| Refuse | Submitted | Refused | bee inspector or vicar |",
    )  # fmt: skip
    assert [s.name for s in made.states] == [
        "draft",
        "submitted",
        "accepted",
        "refused",
    ]
    assert who(made) == {
        "submit": {"beekeeper"},
        "accept": {"bee_inspector"},
        "refuse": {"bee_inspector", "vicar"},
    }
    assert sources(made, "refuse") == ("submitted",)


def test_a_table_of_states_says_who_moves_records_there() -> None:
    made = entity(
        ABOUT, "", "| Status | Who moves it there |", "|---|---|", "| New | beekeeper |",
        "| Examined | vet |", "| Agreed | nobody |",
    )  # fmt: skip
    assert who(made)["examine"] == {"vet"}
    assert "agree" in who(made)


def test_marks_may_stand_below_the_deeds() -> None:
    made = entity(
        ABOUT, "Status: Reported, Diagnosed, Closed.", "",
        "| Who | Diagnose | Close |", "|---|---|---|", "| Vet | x | |", "| Clerk | | x |",
    )  # fmt: skip
    assert who(made) == {"diagnose": {"vet"}, "close": {"clerk"}}


def test_other_tables_are_no_steps() -> None:
    assert (
        columns.told(Table([["Field", "Type"], ["date", "Date"], ["size", "Integer"]]))
        == []
    )
    assert columns.told(Table([["Status", "Who"], ["Draft", "nobody"]])) == []


def test_people_need_no_name_that_ends_like_a_profession() -> None:
    made = entity(
        ABOUT, "The keeper submits the report. The receiving ward confirms.",
        "The workshop has to agree to it. Readings are entered by the field agent.",
        "It is then stamped by the abbey.",
    )  # fmt: skip
    assert {"receiving_ward", "workshop", "abbey"} <= {
        r for t in made.transitions for r in t.roles
    }


def test_what_happens_around_the_record_is_nobodys_role() -> None:
    made = entity(
        ABOUT, "The auditor found three reports missing. The court can ask for them.",
        "The beekeeper submits a report. The clerk accepts or refuses it.",
    )  # fmt: skip
    assert {r for t in made.transitions for r in t.roles} == {"beekeeper", "clerk"}


def test_refusals_come_from_where_the_ticket_says() -> None:
    lines = (
        ABOUT,
        STATES,
        "The beekeeper submits it. The vicar accepts it. The clerk files it.",
    )
    for said, expected in (
        ("Given a submitted or accepted report, when the vicar refuses it, then we call.",
         ("submitted", "accepted")),
        ("The vicar can refuse a report that is in draft or submitted.", ("draft", "submitted")),
        ("The clerk files it or refuses it.", ("accepted",)),
    ):  # fmt: skip
        assert sources(entity(*lines, said), "refuse") == expected


def test_a_step_back_has_its_own_actor_and_target() -> None:
    made = entity(
        ABOUT, "Status: draft, submitted, accepted, filed, closed.",
        "The beekeeper submits it, the vicar accepts it, the clerk files it, the chair closes it.",
        "The archivist is allowed to reopen a filed report.",
        "The deacon sends a submitted report back to draft.",
    )  # fmt: skip
    assert who(made)["send_back"] == {"deacon"}
    assert sources(made, "send_back") == ("submitted",)
    assert who(made)["reopen"] == {"archivist"}
    assert sources(made, "reopen") == ("filed",)


def test_both_of_two_are_the_two_who_acted_before() -> None:
    made = entity(
        ABOUT, STATES, "The beekeeper submits it. The vicar accepts it.",
        "The clerk files it. Both of them can refuse it.",
    )  # fmt: skip
    assert who(made)["refuse"] == {"vicar", "clerk"}


def test_only_before_the_verb_leaves_the_step_to_others_too() -> None:
    made = entity(
        ABOUT, STATES, "The beekeeper submits it. The clerk files it.",
        "The vicar can only accept a report with remarks.",
        "The deacon can only accept a report that is urgent.",
    )  # fmt: skip
    assert who(made)["accept"] == {"vicar", "deacon"}


def test_a_state_without_a_verb_of_its_own_is_reached_by_the_deed_before() -> None:
    made = entity(
        ABOUT, "States: new, under review, on the road, filed.",
        "The beekeeper submits a report; it is then under review.",
        "The driver loads it (On the road). The clerk files it.",
    )  # fmt: skip
    assert who(made) == {"submit": {"beekeeper"}, "load": {"driver"}, "file": {"clerk"}}


@pytest.mark.parametrize(
    ("participle", "verb"),
    [("agreed", "agree"), ("quoted", "quote"), ("examined", "examine"), ("passed", "pass"),
     ("washed", "wash"), ("filed", "file"), ("opened", "open"), ("sent", "send"), ("paper", "")],
)  # fmt: skip
def test_the_verb_of_a_participle_is_found(participle: str, verb: str) -> None:
    assert lexicon.base(participle, set()) == verb


def test_how_it_goes_today_does_not_contradict_the_states() -> None:
    made = entity(
        ABOUT, "Today it goes letter -> binder -> cellar.",
        "New -> Submitted -> Accepted.", "The beekeeper submits it. The vicar accepts it.",
    )  # fmt: skip
    assert who(made)["accept"] == {"vicar"}


def test_only_under_a_condition_leaves_the_rest_to_others() -> None:
    made = entity(
        ABOUT, "States: draft, submitted, accepted, cancelled.",
        "The beekeeper submits it. The vicar accepts it.",
        "Only the beekeeper can cancel a report while it is in draft.",
        "Only the vicar can cancel a report once it is submitted.",
    )  # fmt: skip
    assert who(made)["cancel"] == {"beekeeper", "vicar"}


def test_a_condition_takes_neither_the_subject_nor_the_verb() -> None:
    made = entity(
        ABOUT, "The beekeeper submits it. The vet then either accepts it, or, when it is too"
        " late, scraps it.",
        "If no date is given the clerk refuses the report.",
    )  # fmt: skip
    assert who(made)["scrap"] == {"vet"}
    assert who(made)["refuse"] == {"clerk"}


def test_who_is_called_by_a_deed_does_it() -> None:
    made = entity(
        ABOUT, "States: draft, submitted, estimated, filed.", "The beekeeper submits it.",
        "The estimator looks at the hive and writes remarks. The clerk files it.",
    )  # fmt: skip
    assert who(made)["estimate"] == {"estimator"}


def test_people_in_a_list_are_roles_and_no_fields() -> None:
    made = entity(
        ABOUT, "The following people work with reports: the beekeeper, the vet and the clerk.",
        "The beekeeper submits it. The vet then accepts it. The clerk stamps it.",
    )  # fmt: skip
    assert who(made) == {"submit": {"beekeeper"}, "accept": {"vet"}, "stamp": {"clerk"}}
    assert not {"vet_id", "clerk_id"} & {field.name for field in made.fields}
