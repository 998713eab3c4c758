"""The command asks a model, keeps what it says, and reads that again without one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from generator.cli import app
from generator.intent.rules import Rules
from tests.support import tickets
from tests.support.messages_api import MessagesApi

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

TICKET = tickets.path("travel_advance").resolve()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    return tmp_path


def command(*arguments: str) -> Result:
    return CliRunner().invoke(
        app,
        [
            *("--ticket-json", str(TICKET), "--output", "made"),
            *("--until", "intent", "--json", "-", *arguments),
        ],
    )


def said(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_what_a_model_said_is_read_again_without_it(
    folder: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = MessagesApi(httpserver)
    spec = Rules().extract(tickets.ticket("travel_advance")).spec
    assert spec is not None
    api.uses_tool("specify_module", spec.model_dump(mode="json"), tokens=3000)
    with monkeypatch.context() as keyed:
        for name, value in api.environ.items():
            keyed.setenv(name, value)
        asked = said(command("--provider", "anthropic", "--record", "records"))

    replayed = said(command("--provider", "replay", "--replay", "records"))

    assert len(api.requests) == 1
    assert asked["usage"]["output_tokens"] == 3000
    assert replayed["spec"] == asked["spec"] == spec.model_dump(mode="json")
    assert [path.suffix for path in (folder / "records").iterdir()] == [".json"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--provider", "anthropic"), "ANTHROPIC_API_KEY"),
        (("--provider", "replay"), "Name it with --replay"),
        (("--provider", "replay", "--replay", "nowhere"), "no folder nowhere"),
        (("--provider", "replay", "--replay", "."), "--record"),
        (("--provider", "rules", "--replay", "."), "--replay has no use"),
        (("--provider", "anthropic", "--replay", "."), "--replay has no use"),
        (("--provider", "rules", "--record", "."), "--record has no use"),
        (("--provider", "oracle"), "no provider oracle"),
    ],
)
def test_what_cannot_be_done_is_said(
    folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    result = command(*arguments)

    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr
    assert list(folder.iterdir()) == []
