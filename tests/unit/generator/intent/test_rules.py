"""Tickets of many kinds, read by rules: each a specification that renders to a module."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from lxml import etree

from generator import sources
from generator.intent import Unclear, provider
from generator.intent.scoring import Score, score
from generator.render import render
from generator.spec import Spec, check
from generator.ticket import Ticket
from qgate import settings as configuration
from qgate.errors import UsageError

TICKETS = Path(__file__).parents[3] / "data" / "tickets"
SETTINGS = configuration.load(environ={})
RULES = provider("rules", SETTINGS)

WANTED = 0.7
"""Mean of the F1 figures over the tickets that the rules were not made with."""


def tickets(folder: str) -> list[Path]:
    every = sorted((TICKETS / folder).iterdir())
    return [path for path in every if not path.name.endswith(".expected.json")]


def read(path: Path) -> Ticket:
    if path.suffix == ".json":
        return sources.read(SETTINGS, ticket_json=path)
    return sources.read(SETTINGS, ticket_text=path)


EVERY = [*tickets("development"), *tickets("held_out")]


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_a_ticket_becomes_a_module(path: Path) -> None:
    ticket = read(path)
    intent = RULES.extract(ticket)
    spec = intent.spec
    assert spec is not None
    assert check(spec) == []
    assert len(spec.criteria) == len(ticket.criteria) > 0
    assert RULES.extract(ticket).spec == spec
    made = render(spec)
    for name, data in made.files.items():
        if name.suffix == ".py":
            ast.parse(data)
        elif name.suffix == ".xml":
            etree.fromstring(data)
    names = {str(name) for name in made.files}
    assert {"__manifest__.py", "security/ir.model.access.csv", "README.rst"} <= names
    assert any(name.startswith("tests/test_") for name in names)


def test_there_are_tickets_of_many_kinds() -> None:
    assert len(EVERY) >= 30
    assert len(tickets("held_out")) >= 12


def test_what_is_read_is_what_people_expect() -> None:
    total = Score.empty()
    for path in tickets("held_out"):
        expected = json.loads((path.parent / f"{path.stem}.expected.json").read_text())
        total.add(score(RULES.extract(read(path)).spec, expected))
    assert total.total >= WANTED, total.row()


def ticket(
    title: str, *lines: str, criteria: tuple[str, ...] = ("It is kept",)
) -> Ticket:
    return Ticket(title=title, body="\n".join(lines), criteria=criteria)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            ticket("Demande de congé", "Les employés demandent un congé et le chef les "
                   "approuve dans le système pour que tout le monde soit informé."),
            "French",
        ),
        (ticket("Improve things", "Please make it better and faster for everybody."), "not say"),
        (
            ticket(
                "Key handover",
                "Status: Draft -> Submitted -> Approved -> Returned.",
                "Statuses: Draft -> Approved -> Submitted -> Returned.",
            ),
            "contradict",
        ),
        (ticket("Key handover", "Employees take keys.", criteria=()), "acceptance criteria"),
    ],
)  # fmt: skip
def test_what_no_module_can_be_made_of_is_said(given: Ticket, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        RULES.extract(given)
    assert caught.value.exit_code == 2


def test_a_vague_ticket_is_asked_about() -> None:
    with pytest.raises(Unclear) as caught:
        RULES.extract(ticket("Improve things", "Please make it better for everybody."))
    assert caught.value.questions


@pytest.mark.parametrize(
    "hostile",
    [
        "]]>{{ 7 * 7 }}",
        "'\"\\\n\0",
        "\u202eesrever",
        "class import None",
        "../../etc",
        "x" * 10_000,
    ],
)
def test_hostile_words_become_nothing_but_text(hostile: str) -> None:
    given = ticket(
        "Asset loan",
        f"An employee borrows an asset {hostile}. The manager approves or rejects it.",
        f"Fields: name {hostile}, due date, condition (good, {hostile})",
        criteria=(f"It is approved by the manager {hostile}",),
    )
    intent = RULES.extract(given)
    assert isinstance(intent.spec, Spec)
    for name, data in render(intent.spec).files.items():
        assert ".." not in name.parts
        if name.suffix == ".py":
            ast.parse(data)
        elif name.suffix == ".xml":
            etree.fromstring(data)
