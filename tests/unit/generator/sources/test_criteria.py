"""Acceptance criteria stand under headings of the writer's own, or under none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from generator.sources import files

if TYPE_CHECKING:
    from generator.ticket import Ticket

STORY: Final = "The nurse reports a broken bed. The porter takes it away."
RULES: Final = ("no bed leaves without a label", "the ward must be given")


def read(*lines: str) -> Ticket:
    return files.from_text("\n".join(["Broken beds", "", STORY, "", *lines]))


@pytest.mark.parametrize(
    "heading",
    [
        "Checklist for handing over",
        "We are satisfied as soon as:",
        "What the inspectors want to see",
        "Proof that it does its job",
        "CONDITIONS OF RECEPTION",
        "How we will test it...",
        "The ward will call it right if:",
    ],
)
@pytest.mark.parametrize(
    "bullet", ["- ", "* ", "+ ", ". ", "\u2022 ", "[ ] ", "a) ", "(i) ", "T1 ", "4.1 "]
)
def test_a_heading_means_acceptance_in_many_words(heading: str, bullet: str) -> None:
    ticket = read(heading, *(f"{bullet}{rule}" for rule in RULES))

    assert ticket.criteria == RULES
    assert ticket.body == STORY


def test_lines_below_such_a_heading_need_no_bullets() -> None:
    ticket = read("must work:", *RULES, "", "greetings from ward 7")

    assert ticket.criteria == RULES
    assert ticket.body.endswith("greetings from ward 7")


def test_an_answer_to_the_question_how_it_is_tested_counts() -> None:
    ticket = read("Q: How will you check it?", "A:", *(f"- {rule}" for rule in RULES))

    assert ticket.criteria == RULES


def test_sections_with_numbers_end_where_the_next_begins() -> None:
    ticket = read(
        "1. Contents", "1.1 A report has a bed and a ward.", "",
        "2. Conditions of use", *(f"2.{n} {rule}" for n, rule in enumerate(RULES, 1)), "",
        "3. Archive", "Reports stay for ten years.",
    )  # fmt: skip

    assert ticket.criteria == RULES
    assert "ten years" in ticket.body


def test_the_last_list_is_one_of_criteria_when_it_is_clearly_of_rules() -> None:
    more = "reports of last year are read-only"

    assert read(*(f"- {rule}" for rule in (*RULES, more))).criteria == (*RULES, more)


@pytest.mark.parametrize(
    "lines",
    [
        ("Fields we check", "- bed", "- ward", "- date"),
        ("- bed number", "- ward", "- date of the report"),
        (
            "Who does what",
            "- the nurse must report",
            "- only the porter closes",
            "- no",
        ),
    ],
)
def test_a_list_of_something_else_is_no_list_of_criteria(
    lines: tuple[str, ...],
) -> None:
    assert read(*lines).criteria == ()


def test_criteria_that_are_given_beside_the_text_are_all_there_are() -> None:
    body = f"{STORY}\n\nNotes on tests\n- {RULES[0]}\n- {RULES[1]}"

    ticket = files.from_data(
        {"title": "Broken beds", "description": body, "acceptance_criteria": ["One"]}
    )

    assert ticket.criteria == ("One",)
