"""A bad ticket: one clear sentence, exit code 2, and nothing is written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from generator.cli import app

ROOT: Final = Path(__file__).parents[3]
GOOD: Final[dict[str, Any]] = {
    "title": "Travel advance requests",
    "description": "An employee submits a travel advance request with an amount. "
    "The manager approves or rejects it.",
    "acceptance_criteria": ["An employee can submit a request"],
}


def ticket(**changed: object) -> str:
    """Return a good ticket with some parts changed; None takes a part out."""
    data = {**GOOD, **changed}
    return json.dumps({key: value for key, value in data.items() if value is not None})


def more(*sentences: str) -> str:
    return " ".join((GOOD["description"], *sentences))


VAGUE: Final = "does not say what is to be recorded"
QUESTION: Final = "What is recorded, in one noun"
BAD: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "no_title": (ticket(title=None), ("has no title", "Say in one line")),
    "a_title_of_marks": (ticket(title=" \u200b\u202e\n"), ("has no title",)),
    "a_title_that_is_a_list": (ticket(title=["a"]), ("has no title",)),
    "a_title_alone": ('{"title": "Travel"}', ("has a title only",)),
    "no_criteria": (
        ticket(acceptance_criteria=None),
        ("has no acceptance criteria", "one point each"),
    ),
    "blank_criteria": (
        ticket(acceptance_criteria=["  ", ""]),
        ("has no acceptance criteria",),
    ),
    "criteria_of_another_type": (
        ticket(acceptance_criteria=[None, 3]),
        ("has no acceptance criteria",),
    ),
    "not_json": ("{'title': 1}", ("is not JSON", "line 1, column 2", "--ticket-text")),
    "nothing": ("", ("is not JSON",)),
    "a_number": ("3", ("holds no ticket", '{"title": ...')),
    "no_tickets": ("[]", ("holds no tickets", '{"title": ...')),
    "two_tickets": (f"[{ticket()}, {ticket()}]", ("holds 2 tickets", "an id")),
    "two_with_ids": (
        f"[{ticket(id='A-1')}, {ticket(id='A-2')}]",
        ("holds 2 tickets", "--ticket-id: A-1, A-2"),
    ),
    "brackets": ("[" * 100_000, ("nested too deeply",)),
    "nodes": (
        ticket(description="X").replace(
            '"X"', '{"content": [' * 450 + "1" + "]}" * 450
        ),
        ("nested too deeply",),
    ),
    "german": (
        ticket(
            title="Vorschuss auf Reisekosten",
            description="Ein Mitarbeiter stellt einen Antrag auf einen Vorschuss mit dem "
            "Betrag. Der Vorgesetzte genehmigt den Antrag oder lehnt ihn ab.",
            acceptance_criteria=["Der Vorgesetzte wird benachrichtigt"],
        ),
        ("in German", "--provider anthropic"),
    ),
    "japanese": (
        ticket(
            title="出張前払い",
            description="従業員は出張の前払いを申請します。上司が承認または却下します。",
            acceptance_criteria=["上司に通知される"],
        ),
        ("in another language",),
    ),
    "vague": (
        ticket(
            title="Improve the system",
            description="It should be better and faster. Users are unhappy.",
            acceptance_criteria=["It works well"],
        ),
        (VAGUE, QUESTION),
    ),
    "a_module_of_nothing": (
        ticket(
            title="New module",
            description="We need a new module in Odoo for our process.",
            acceptance_criteria=["The module can be installed"],
        ),
        (VAGUE, QUESTION),
    ),
    "emoji": (
        ticket(title="🚀🚀", description="🚀 🚀", acceptance_criteria=["🚀"]),
        (VAGUE,),
    ),
    "states_in_two_orders": (
        ticket(
            description=more("States: Draft -> Submitted -> Approved -> Paid."),
            acceptance_criteria=["It goes Draft -> Approved -> Submitted -> Paid"],
        ),
        ("contradicts itself", "submitted comes before approved"),
    ),
    "two_beginnings": (
        ticket(
            description=more("A new request starts in draft."),
            acceptance_criteria=["A new request starts as submitted."],
        ),
        ("contradicts itself", "begin as draft", "as submitted"),
    ),
    "before_and_after": (
        ticket(
            description=more("A request must be approved before it is submitted."),
            acceptance_criteria=["It is approved after it is submitted"],
        ),
        ("contradicts itself", "approved", "submitted", "Which of the two holds?"),
    ),
    "allowed_and_never": (
        ticket(
            description=more("A rejected request can be submitted again."),
            acceptance_criteria=["A rejected request can never be submitted again"],
        ),
        ("contradicts itself", "never to be"),
    ),
    "two_who_alone_may": (
        ticket(
            description=more("Only finance can approve."),
            acceptance_criteria=["Only the director can approve a request"],
        ),
        ("Who alone may approve is said in two ways",),
    ),
    "each_within_the_other": (
        ticket(
            title="Teams and departments",
            description="An employee records departments with a name. A department belongs"
            " to a team and a team belongs to a department, both required.",
        ),
        ("goes in a circle: department in team in department", "contains the other?"),
    ),
    "each_needs_the_other": (
        ticket(
            title="Register of boxes",
            description="The clerk records boxes with a number. Each box must have a rack."
            " Every rack must have a box.",
        ),
        ("box needs rack needs box", "without the other?"),
    ),
    "required_fields_in_a_circle": (
        ticket(
            title="Box register",
            description="Each box has a number, a colour and a rack (required). Each rack"
            " has a name, a code and a box (required). The clerk submits boxes.",
        ),
        ("none could be made first: box -> rack -> box",),
    ),
    "lines_of_themselves": (
        ticket(
            title="Order lines",
            description="An employee submits order lines with a quantity. The header of an"
            " order line is the order line itself.",
        ),
        ("circle: order line in order line", "What does each order line belong to?"),
    ),
    "fields_computed_of_each_other": (
        ticket(
            title="Invoice checks",
            description="An employee submits invoice checks with a net amount, a gross amount"
            " and a quantity. The gross amount is net amount times quantity. The net amount"
            " is gross amount times quantity.",
        ),
        ("computed of each other", "net_amount -> gross_amount -> net_amount"),
    ),
    "rights_of_each_other": (
        ticket(
            description=more(
                "The manager has all rights of finance. Finance pays requests and can do"
                " everything the manager can."
            )
        ),
        ("Roles have each other's rights: manager -> finance -> manager",),
    ),
}


@dataclass(frozen=True)
class Done:
    """How the command ended, and what is on the disk after it."""

    code: int
    said: str
    left: tuple[str, ...]


def arguments(folder: Path, text: str, until: str) -> list[str]:
    (folder / "ticket.json").write_text(text, encoding="utf-8")
    return [
        *("--ticket-json", "ticket.json", "--output", "made"),
        *("--json", "result.json", "--until", until),
    ]


def ended(folder: Path, code: int, said: str) -> Done:
    left = sorted(p.name for p in folder.iterdir() if p.name != "ticket.json")
    # Lines are broken where a sentence is long.
    return Done(code, " ".join(said.split()), tuple(left))


def process(folder: Path, text: str, until: str = "models") -> Done:
    """Run the command as a person does, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "generator", *arguments(folder, text, until)],
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
            "PYTHONPATH": str(ROOT),
            **{k: v for k, v in os.environ.items() if k.startswith("COVERAGE_")},
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return ended(folder, done.returncode, done.stderr)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_ticket_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    text, sentences = BAD[name]
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(app, arguments(tmp_path, text, "models"))

    done = ended(tmp_path, result.exit_code, result.stderr)
    assert done.code == 2, done.said
    for words in sentences:
        assert words in done.said
    assert "Traceback" not in done.said
    assert done.left == ()


@pytest.mark.parametrize(
    "said",
    [
        "A cost centre may belong to another cost centre.",
        "Each cost centre has a name, a code and a parent cost centre.",
        "A cost centre can belong to a team, and a team may belong to a cost centre.",
        "Each cost centre must contain at least one line. Each line belongs to a cost centre.",
    ],
)
def test_what_can_be_made_is_no_circle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    text = ticket(
        title="Cost centres", description=f"HR submits cost centres with a name. {said}"
    )
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(app, arguments(tmp_path, text, "intent"))

    assert result.exit_code == 0, result.stderr


def test_an_id_that_is_not_there_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = arguments(tmp_path, f"[{ticket(id='A-1')}, {ticket(id='A-2')}]", "models")

    result = CliRunner().invoke(app, [*given, "--ticket-id", "A-3"])

    done = ended(tmp_path, result.exit_code, result.stderr)
    assert (done.code, done.left) == (2, ())
    assert "A-3" in done.said


def test_a_folder_without_rights_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = arguments(tmp_path, ticket(), "intent")
    # Nobody, not even root, may make folders there.
    given[given.index("made")] = "/proc/made"
    given[given.index("intent")] = "models"

    result = CliRunner().invoke(app, given)

    done = ended(tmp_path, result.exit_code, result.stderr)
    assert (done.code, done.left) == (2, ())
    assert "/proc/made cannot be written" in done.said


def test_a_process_ends_with_that_code(tmp_path: Path) -> None:
    done = process(tmp_path, BAD["vague"][0])

    assert done.code == 2
    assert QUESTION in done.said
    assert done.left == ()


def test_the_same_ticket_unspoiled_is_accepted(tmp_path: Path) -> None:
    # Half of a character that takes two does no harm either.
    done = process(tmp_path, ticket(description=more("For \ud800 all.")), "intent")

    assert done.code == 0, done.said
    assert done.left == ("result.json",)
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["spec"]["module"] == "travel_advance"
