from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.errors import UsageError
from qgate.report.page import open_or_run
from tests.support import records
from tests.support.workspaces import write_module

if TYPE_CHECKING:
    from pathlib import Path


def test_a_run_is_opened_by_id_start_or_folder(tmp_path: Path) -> None:
    kept = records.story().save(tmp_path)
    for word in (kept.run_id, kept.run_id[:20], "latest"):
        assert open_or_run(run=word, reports=str(tmp_path)).run_id == kept.run_id
    assert open_or_run(run=str(kept.folder)).run_id == kept.run_id


def test_a_word_that_yaml_read_as_a_number_is_a_word(tmp_path: Path) -> None:
    kept = records.story().save(tmp_path)
    assert open_or_run(run=20261124, reports=str(tmp_path)).run_id == kept.run_id


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"run": True}, "Parameter run takes a word, not True"),
        ({"run": {"a": 1}}, "Parameter run takes a word"),
        ({"stages": [["static"]]}, "Parameter stages takes a word"),
        ({"stages": "nonesuch"}, "There is no stage nonesuch"),
        ({"overrides": "tests.min_coverage"}, "tests.min_coverage"),
        ({"profile": 3}, "There is no profile 3"),
        ({"addons": "nowhere"}, "nowhere"),
    ],
)
def test_wrong_parameters_are_told(
    parameters: dict[str, object],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_module(tmp_path / "addons" / "custom", "mod")
    with pytest.raises(UsageError, match=told):
        open_or_run(**parameters)


@pytest.mark.parametrize("addons", ["one,two", ["one", "two"]])
def test_without_a_run_the_gate_runs(
    addons: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("one", "two"):
        write_module(tmp_path / folder, f"mod_{folder}", license="LGPL-3")
    run = open_or_run(
        addons=addons,
        modules="mod_one, mod_two",
        stages="static",
        reports="kept",
        overrides='static.tools=["ruff"]; static.max_ruff=5',
    )
    assert run.folder.parent == tmp_path / "kept" / "runs"
    assert run.record.data["modules"] == ["mod_one", "mod_two"]
    assert run.record.data["policy"]["static"]["max_ruff"] == 5
    assert set(run.frames["tools"]["tool"]) == {"ruff"}
