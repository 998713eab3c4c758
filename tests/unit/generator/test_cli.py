"""The command, in the process of the tests: a ticket in, a module out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from generator.cli import app
from generator.workbench import Workbench
from qgate.errors import UsageError

RUN = CliRunner()
TICKET = """\
Travel advance

An employee submits a travel advance with the purpose, the departure date and the amount.
The amount is required. The manager approves or rejects it; a rejection needs a reason.
Finance pays approved advances. Everything is logged in the chatter.

Acceptance criteria:
- An employee can submit a travel advance
- The manager approves or rejects with a reason
- Finance pays an approved advance
"""


@pytest.fixture
def ticket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "ticket.txt"
    path.write_text(TICKET)
    return path


def test_a_ticket_becomes_a_module_and_says_what_it_assumed(ticket: Path) -> None:
    done = RUN.invoke(app, ["--ticket-text", str(ticket), "--output", "addons"])
    assert done.exit_code == 0, done.output
    assert "travel.advance" in done.output
    assert "Assumed" in done.output
    assert "What exists already" in done.output
    assert Path("addons/travel_advance/__manifest__.py").is_file()
    again = RUN.invoke(app, ["--ticket-text", str(ticket), "--output", "addons"])
    assert "0 new, 0 changed" in again.output


def test_the_json_has_what_scripts_depend_on(ticket: Path) -> None:
    asked = ["--ticket-text", str(ticket), "--output", "addons", "--json", "-"]
    done = RUN.invoke(app, asked)
    data = json.loads(done.stdout)
    assert {"ticket", "spec", "gaps", "problems", "files", "seconds", "usage"} <= set(
        data
    )
    [entity] = data["spec"]["entities"]
    assert {"name", "model", "fields", "states"} <= set(entity)
    assert [state["name"] for state in entity["states"]][:3] == [
        "draft",
        "submitted",
        "approved",
    ]
    assert {"employee", "manager", "finance"} <= {
        r["name"] for r in data["spec"]["roles"]
    }
    for gap in data["gaps"]:
        assert {"module", "source", "series", "score", "summary", "why"} <= set(gap)
    assert "__manifest__.py" in data["files"]


def test_without_an_odoo_it_says_that_core_was_not_looked_at(ticket: Path) -> None:
    asked = ["--ticket-text", str(ticket), "--output", "addons", "--until", "gap"]
    asked += ["--set", "environment.odoo_path=/nowhere"]
    asked += ["--set", 'environment.odoo_sources=["path"]']
    told = "Odoo's own modules were not looked at"
    assert told in " ".join(RUN.invoke(app, asked).output.split())
    data = json.loads(RUN.invoke(app, [*asked, "--json", "-"]).stdout)
    assert any(told in problem for problem in data["problems"])


def test_the_first_stages_write_nothing(ticket: Path) -> None:
    for until in ("intent", "gap"):
        asked = ["--ticket-text", str(ticket), "--output", "addons", "--until", until]
        assert RUN.invoke(app, asked).exit_code == 0
    assert not Path("addons").exists()


def test_a_persons_change_is_shown_and_kept(ticket: Path) -> None:
    asked = ["--ticket-text", str(ticket), "--output", "addons"]
    RUN.invoke(app, asked)
    model = next(Path("addons/travel_advance/models").glob("travel*.py"))
    model.write_text("# mine\n")
    ticket.write_text(TICKET.replace("the purpose,", "the purpose, the destination,"))
    refused = RUN.invoke(app, asked)
    assert refused.exit_code == 2
    assert "destination" in refused.output
    assert "--force" in refused.output
    assert model.read_text() == "# mine\n"
    assert RUN.invoke(app, [*asked, "--force"]).exit_code == 0
    assert "destination" in model.read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--until", "nowhere"], "is no stage"),
        (["--until", "gap", "--gate"], "stops before"),
        (["--provider", "nobody"], "no provider nobody"),
        (["--ticket-json", "other.json"], "Two tickets"),
        (["--draft-pr"], "GITHUB_TOKEN"),
    ],
)
def test_wrong_words_are_said(
    ticket: Path, words: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    done = RUN.invoke(app, ["--ticket-text", str(ticket), "--output", "addons", *words])
    assert done.exit_code == 2, done.output
    assert said in done.output


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("ticket.json", "no json", "JSON"),
        ("ticket.json", '{"title": ""}', "no title"),
        ("ticket.json", "[1, 2]", "ticket"),
    ],
)
def test_what_is_no_ticket_is_said(
    ticket: Path, name: str, content: str, said: str
) -> None:
    path = ticket.with_name(name)
    path.write_text(content)
    done = RUN.invoke(app, ["--ticket-json", str(path), "--output", "addons"])
    assert done.exit_code == 2
    assert said in done.output
    assert not Path("addons").exists()


def test_a_folder_that_cannot_be_written_is_said(ticket: Path) -> None:
    Path("addons").write_text("a file")
    done = RUN.invoke(app, ["--ticket-text", str(ticket), "--output", "addons"])
    assert done.exit_code == 2
    assert "cannot be written" in done.output


def test_panels_take_their_steps_without_anybody(ticket: Path) -> None:
    bench = Workbench("addons", ticket=str(ticket))
    read = bench.ticket()
    assert "Travel advance" in read.body.children[0].value
    understood = bench.intent()
    assert understood.form is not None
    assert "hr_expense" in bench.gaps().body.children[0].value
    code = bench.code()
    code.file.value = next(
        name for name in code.file.options if "models/travel" in name
    )
    assert "TravelAdvance" in code.shown.value
    assert Path("addons/travel_advance/__manifest__.py").is_file()
    assert bench.gate(run=False).body.children == ()
    assert bench.pull_request().body.children == ()


def test_panels_say_what_goes_wrong() -> None:
    bench = Workbench("addons")
    panel = bench.ticket()
    panel.text.value = "Only a title"
    panel.press()
    assert "title only" in panel.message.value
    later = bench.intent()
    later.press()
    assert "There is no ticket yet" in later.message.value
    code = bench.code()
    code.press()
    assert "no specification yet" in code.message.value
    with pytest.raises(UsageError):
        Workbench("addons", text="Only a title").ticket()


def test_a_changed_form_makes_another_module(ticket: Path) -> None:
    bench = Workbench("addons", text=ticket.read_text())
    bench.ticket()
    form = bench.intent().form
    assert form is not None
    form.module.value = "travel_money"
    code = bench.code()
    code.write()
    assert Path("addons/travel_money/__manifest__.py").is_file()
    assert "files are in" in code.outcome.value


def test_somebody_chooses_what_a_module_builds_on(ticket: Path) -> None:
    asked = ["--ticket-text", str(ticket), "--output", "addons", "--until", "models"]
    done = RUN.invoke(app, [*asked, "--extend", "hr_expense", "--json", "-"])
    data = json.loads(done.stdout)
    assert [e["model"] for e in data["extending"]] == ["hr.expense"]
    assert "models/hr_expense.py" in data["files"]
    assert any("builds on hr_expense" in text for text in data["assumptions"])
    # The specification is what the ticket asks for, with or without.
    [entity] = data["spec"]["entities"]
    assert entity["model"] == "travel.advance"
    built = RUN.invoke(app, [*asked, "--build", "--json", "-"])
    data = json.loads(built.stdout)
    assert data["extending"] == []
    assert "models/hr_expense.py" not in data["files"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--extend", "fleet", "--build"], "Leave one of the two out"),
        (["--extend", "web"], "Nothing is won by building on the module web"),
    ],
)
def test_what_cannot_be_built_on_is_said(
    ticket: Path, options: list[str], said: str
) -> None:
    asked = ["--ticket-text", str(ticket), "--output", "addons", *options]
    done = RUN.invoke(app, asked)
    assert done.exit_code == 2
    assert said in done.output
    assert not Path("addons").exists()
