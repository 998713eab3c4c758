"""A run is divided among machines by what stages took before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from qgate import pipeline, sharding
from qgate import settings as configuration
from qgate.cli import app
from qgate.errors import UsageError
from tests.support.workspaces import write_module

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    for name in ("m_one", "m_two", "m_three", "m_four"):
        write_module(tmp_path / "addons", name)
    return configuration.load(root=tmp_path, workspace={"addons": ("addons",)})


def test_every_module_is_in_one_entry_of_each_stage(settings: Settings) -> None:
    plan = pipeline.make_plan(settings, stages=["static", "tests"])
    made = sharding.make(plan, 2)
    for stage in ("static", "tests"):
        own = [
            m for entry in made.entries if entry.stage == stage for m in entry.modules
        ]
        assert sorted(own) == ["m_four", "m_one", "m_three", "m_two"]
    assert len([entry for entry in made.entries if entry.stage == "tests"]) == 2
    assert made.demanded == ("static", "tests")


def test_an_entry_is_a_plan_of_its_own(settings: Settings) -> None:
    made = sharding.make(pipeline.make_plan(settings, stages=["static", "tests"]), 2)
    entry = next(one for one in made.entries if one.stage == "tests")
    part = sharding.part(settings, made, entry.name)
    assert part.demanded == ("tests",)
    assert {module.name for module in part.selection.modules} == set(entry.modules)
    assert part.elsewhere == {"static"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"profile": "nothing"}, "profile nothing"),
        ({"commit": "1" * 40}, "is for commit"),
        ({"why": {"m_gone": "named"}}, "m_gone"),
    ],
)
def test_a_plan_for_something_else_is_refused(
    settings: Settings, change: dict[str, object], words: str
) -> None:
    made = sharding.make(pipeline.make_plan(settings, stages=["tests"]), 1)
    with pytest.raises(UsageError, match=words):
        sharding.part(settings, made.model_copy(update=change), made.entries[0].name)


def test_less_than_one_machine_is_refused(settings: Settings) -> None:
    with pytest.raises(UsageError, match="at least one shard"):
        sharding.make(pipeline.make_plan(settings), 0)


def test_a_plan_is_written_read_and_one_entry_run(settings: Settings) -> None:
    path = settings.root / "plan.json"
    run = CliRunner()
    asked = ["plan", "--addons", "addons", "--stages", "static", "--shards", "2"]
    done = run.invoke(app, [*asked, "--json", str(path)])
    assert done.exit_code == 0, done.output
    matrix = json.loads(path.read_text())["matrix"]["include"]
    assert [row["entry"] for row in matrix] == [
        e.name for e in sharding.read(path).entries
    ]
    shown = run.invoke(app, asked)
    assert "static" in shown.output
    without = run.invoke(app, ["run", "--entry", "static"])
    assert without.exit_code == 2
    assert "--plan and --entry go together" in without.output
