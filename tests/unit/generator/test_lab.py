"""Prompts are tried on tickets, scored, and kept beside what was tried before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from generator import lab
from generator.intent.rules import Rules
from generator.prompts import Prompt
from generator.workbench.lab_chart import chart
from generator.workbench.lab_panel import PromptLab, changed, trials_table
from qgate import settings as configuration
from qgate.errors import QgateError, UsageError
from tests.support import tickets
from tests.support.messages_api import MessagesApi

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from qgate.settings import Settings

NAME = "travel_advance"
UNKNOWN = {"input_tokens", "output_tokens", "cost"}
VAGUE = "Better\n\nMake everything better.\n\nAcceptance criteria:\n- It is better\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a ticket and its expectation, and one that says too little."""
    made = tmp_path / "tickets"
    made.mkdir()
    (made / f"{NAME}.json").write_text(tickets.path(NAME).read_text())
    (made / f"{NAME}.expected.json").write_text(json.dumps(tickets.expected(NAME)))
    (made / "vague.txt").write_text(VAGUE)
    return made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return configuration.load(root=tmp_path, environ={})


def by_ticket(frame: pd.DataFrame, name: str) -> dict[str, Any]:
    found = frame.set_index("ticket").loc[name].to_dict()
    return {str(key): value for key, value in found.items()}


def test_a_row_says_how_much_was_understood(settings: Settings, folder: Path) -> None:
    row = by_ticket(lab.try_out(settings, folder), NAME)
    assert (row["outcome"], row["provider"], row["prompt"]) == (
        "understood",
        "rules",
        "",
    )
    assert row["entities_recall"] == 1
    assert all(0 <= row[name] <= 1 for name in lab.FIGURES)
    assert "travel_advance" in str(row["spec"])


def test_what_differs_is_listed(settings: Settings, folder: Path) -> None:
    wanted = tickets.expected(NAME)
    wanted["fields"][NAME]["shoe_size"] = "integer"
    wanted["roles"] = wanted["roles"][:1]
    (folder / f"{NAME}.expected.json").write_text(json.dumps(wanted))
    row = by_ticket(lab.try_out(settings, folder), NAME)
    assert "fields: shoe_size is missing" in row["differences"]
    assert row["fields_recall"] < 1
    assert row["roles_precision"] < 1


def test_a_vague_ticket_has_questions_and_no_figures(
    settings: Settings, folder: Path
) -> None:
    row = by_ticket(lab.try_out(settings, folder), "vague")
    assert row["outcome"] == "unclear"
    assert row["problems"]
    assert pd.isna(row["total"])
    assert pd.isna(row["spec"])


def test_runs_are_kept_and_never_written_again(
    settings: Settings, folder: Path
) -> None:
    lab.try_out(settings, folder)
    (first,) = (settings.reports / lab.FOLDER).glob("*.parquet")
    before = first.read_bytes()
    lab.try_out(settings, folder)
    assert first.read_bytes() == before
    kept = lab.history(settings)
    assert kept["run"].nunique() == 2
    assert len(pd.read_parquet(settings.reports / lab.FOLDER)) == len(kept) == 4
    (version,) = lab.versions(kept).to_dict("records")
    assert (version["runs"], version["tickets"], version["unclear"]) == (2, 2, 2)


def test_nothing_tried_is_an_empty_history(settings: Settings) -> None:
    assert lab.history(settings).empty
    assert lab.versions(lab.history(settings)).empty
    assert "No ticket" in chart(lab.versions(lab.history(settings))).to_json()


def test_a_file_of_something_else_is_no_history(settings: Settings) -> None:
    place = settings.reports / lab.FOLDER
    place.mkdir(parents=True)
    (place / "x.parquet").write_bytes(b"PAR1")
    with pytest.raises(QgateError, match=r"x\.parquet"):
        lab.history(settings)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [("x.json", "{", "not JSON"), (f"{NAME}.expected.json", "{", "cannot be read")],
)
def test_a_bad_file_is_named_before_anything_is_read(
    settings: Settings, folder: Path, name: str, text: str, words: str
) -> None:
    (folder / name).write_text(text)
    with pytest.raises(UsageError, match=words):
        lab.try_out(settings, folder)
    assert not settings.reports.exists()


def test_a_folder_without_tickets_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="no ticket"):
        lab.try_out(settings, tmp_path / "nowhere")


def test_versions_of_a_prompt_are_told_apart(
    httpserver: HTTPServer, tmp_path: Path, folder: Path
) -> None:
    (folder / "vague.txt").unlink()
    spec = Rules().extract(tickets.ticket(NAME)).spec
    assert spec is not None
    whole = spec.model_dump(mode="json")
    less = whole | {"summary": "Another summary"}
    api = MessagesApi(httpserver)
    api.uses_tool("specify_module", whole)
    api.uses_tool("specify_module", less)
    api.fails(401, "authentication_error")
    settings = configuration.load(root=tmp_path, environ=api.environ)
    prompts = [Prompt("intent", text) for text in ("Be exact.", "Be brief.")]
    runs = [lab.try_out(settings, folder, "anthropic", prompt=p) for p in prompts]
    failed = lab.try_out(settings, folder, "anthropic", prompt=prompts[1])

    versions = lab.versions(lab.history(settings)).set_index("prompt")
    assert [*versions.index] == [prompt.digest for prompt in prompts]
    good, bad = (versions.loc[prompt.digest] for prompt in prompts)
    assert good["input_tokens"] > 0
    assert good["cost"] > 0
    assert bad["error"] == 1
    assert bad["total"] == good["total"]  # an error is no figure
    assert all(pd.isna(bad[name]) for name in UNKNOWN)
    assert "refuses the key" in failed["problems"][0][0]
    assert lab.text_of(settings, prompts[0].digest) == "Be exact."
    assert "Another summary" in changed(runs[0], runs[1])
    assert prompts[0].digest in chart(versions.reset_index()).to_json()


def test_the_panel_tries_what_is_typed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    panel = PromptLab(folder).panel()
    panel.button.click()
    assert NAME in panel.result.value
    assert "understood" in panel.result.value
    assert "None." in panel.compared.value
    panel.tickets.value = str(tmp_path / "nowhere")
    panel.button.click()
    assert "no ticket" in panel.result.value
    assert not panel.button.disabled


def test_words_of_a_ticket_are_no_markup(settings: Settings, folder: Path) -> None:
    (folder / "<img src=x>.txt").write_text("<script>\n\nMake it <b>better</b>.\n")
    shown = trials_table(lab.try_out(settings, folder))
    assert "<img" not in shown
    assert "<script>" not in shown
