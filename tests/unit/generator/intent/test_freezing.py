"""What somebody has approved stays as it is, unless the ticket has it filled in later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.intent.rules import Rules
from generator.ticket import Ticket

if TYPE_CHECKING:
    from generator.spec import Spec

REQUEST = (
    "A tenant submits a repair request with room, description and cost. "
    "The caretaker approves or rejects it. "
)


def asks(body: str, *criteria: str) -> Spec:
    found = Rules().extract(
        Ticket(title="Repair requests", body=body, criteria=criteria)
    )
    assert found.spec is not None
    return found.spec


def frozen(spec: Spec) -> list[str]:
    return [state.name for state in spec.entities[0].states if state.frozen]


def test_what_is_approved_stands_and_that_is_said() -> None:
    spec = asks(
        f"{REQUEST}The treasurer pays approved requests.",
        "A tenant can submit a repair request",
    )
    assert frozen(spec) == ["approved", "rejected", "paid"]
    assert (
        "Once it is approved a record can no longer be changed, as the ticket does not say."
        in spec.assumptions
    )


def test_where_something_is_filled_in_later_it_is_asked() -> None:
    spec = asks(
        f"{REQUEST}When the repair is paid the treasurer enters the cost.",
        "A tenant can submit a repair request",
    )
    assert frozen(spec) == []
    assert (
        "May anything else than cost still be changed once a record is approved?"
        in spec.questions
    )


def test_what_the_ticket_says_of_it_holds() -> None:
    spec = asks(
        f"{REQUEST}A submitted request can no longer be changed.",
        "A tenant can submit a repair request",
    )
    assert frozen(spec)[0] == "submitted"
    assert not [text for text in spec.assumptions if "no longer be changed" in text]


def test_where_nobody_approves_nothing_is_frozen() -> None:
    spec = asks(
        "A caretaker records a repair with room and cost. States: open, in work, done.",
        "A caretaker can record a repair",
    )
    assert frozen(spec) == []


@pytest.mark.parametrize(
    ("criterion", "covered"),
    [
        ("An approved request cannot be changed", True),
        ("Requests may only be edited in draft", True),
        ("After approval the request is read-only", True),
        ("The tyre change is shown", False),
        ("A tenant may change the room", False),
    ],
)
def test_a_criterion_on_changing_is_met_by_what_stands(
    criterion: str, *, covered: bool
) -> None:
    spec = asks(f"{REQUEST}The treasurer pays approved requests.", criterion)
    kinds = {str(cover.kind) for cover in spec.criteria[0].covers}
    assert ("frozen" in kinds) is covered
