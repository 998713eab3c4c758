"""What was recorded is answered again, and nothing else is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from generator.intent import provider
from generator.intent.model import Model
from generator.intent.rules import Rules
from generator.prompts import Prompt
from qgate import settings as configuration
from qgate.errors import UsageError
from tests.support import tickets
from tests.support.messages_api import MessagesApi

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from qgate.settings import Settings

TICKET = tickets.ticket("travel_advance")


@pytest.fixture
def recorded(httpserver: HTTPServer, tmp_path: Path) -> tuple[Settings, Path]:
    """A folder with one repaired exchange, recorded from the server."""
    spec = Rules().extract(TICKET).spec
    assert spec is not None
    api = MessagesApi(httpserver)
    api.uses_tool("specify_module", {"module": "x"})
    api.uses_tool("specify_module", spec.model_dump(mode="json"))
    settings = configuration.load(root=tmp_path, environ=api.environ)
    Model(settings, record=tmp_path / "kept").extract(TICKET)
    return settings, tmp_path / "kept"


def test_a_recorded_exchange_is_answered_without_a_key(
    recorded: tuple[Settings, Path], tmp_path: Path
) -> None:
    _, folder = recorded
    keyless = configuration.load(root=tmp_path, environ={})

    intent = provider("replay", keyless, folder=folder).extract(TICKET)

    assert intent.provider == "replay"
    assert intent.spec is not None
    assert intent.spec.module == "travel_advance"
    assert intent.usage.requests == 2
    assert intent.usage.model == "claude-sonnet-5-5"
    assert len(list(folder.glob("*.json"))) == 2


def test_no_secret_is_recorded(recorded: tuple[Settings, Path]) -> None:
    _, folder = recorded

    text = "".join(path.read_text() for path in folder.iterdir())

    assert "sk-ant-made-up-key" not in text


@pytest.mark.parametrize("change", ["ticket", "prompt"])
def test_what_was_not_recorded_is_refused(
    recorded: tuple[Settings, Path], change: str
) -> None:
    settings, folder = recorded
    prompt = Prompt("other", "Another prompt.") if change == "prompt" else None
    ticket = (
        TICKET.model_copy(update={"title": "Other"}) if change == "ticket" else TICKET
    )

    with pytest.raises(UsageError, match="has no answer to this ticket"):
        provider("replay", settings, folder=folder, prompt=prompt).extract(ticket)


@pytest.mark.parametrize("text", ["not json", "{}", '{"answer": {"usage": 1}}'])
def test_a_record_that_cannot_be_read_is_told(
    recorded: tuple[Settings, Path], text: str
) -> None:
    settings, folder = recorded
    for path in folder.iterdir():
        path.write_text(text)

    with pytest.raises(UsageError, match="cannot be read"):
        provider("replay", settings, folder=folder).extract(TICKET)


def test_a_folder_is_needed(recorded: tuple[Settings, Path], tmp_path: Path) -> None:
    settings, folder = recorded

    with pytest.raises(UsageError, match="needs a folder"):
        provider("replay", settings)
    with pytest.raises(UsageError, match="There is no folder"):
        provider("replay", settings, folder=tmp_path / "nowhere")
    assert json.loads(next(folder.iterdir()).read_text())["messages"]


def test_there_is_no_other_provider(recorded: tuple[Settings, Path]) -> None:
    settings, _ = recorded

    with pytest.raises(UsageError, match="no provider oracle"):
        provider("oracle", settings)
