"""Entries of a plan that machines measured apart become one run with one verdict."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from qgate import merging, sharding
from qgate.errors import UsageError
from tests.support import shards

if TYPE_CHECKING:
    from pathlib import Path


def test_the_whole_has_one_verdict_and_all_frames(tmp_path: Path) -> None:
    plan = shards.plan_of(4, each=2)
    kept = shards.save(plan, tmp_path / "entries", tests=5)
    outcome, notes = merging.merge(tmp_path, [one.folder for one in kept.values()])
    frames = outcome.record.frames()
    assert outcome.verdict == "passed"
    assert notes == []
    assert set(frames["modules"].loc[frames["modules"]["gated"], "module"]) == set(
        plan.why
    )
    assert len(frames["tests"]) == 5 * len(plan.why)
    assert list(frames["executions"]["stage"]) == ["static", "tests"]
    assert frames["coverage"]["module"].nunique() == len(plan.why)
    evidence = outcome.record.folder / "evidence"
    assert len(list(evidence.rglob("*.log"))) == len(plan.entries)


def test_an_entry_that_is_missing_is_an_error(tmp_path: Path) -> None:
    kept = shards.save(shards.plan_of(4), tmp_path / "entries", tests=3)
    gone = kept.pop("tests-2")
    outcome, notes = merging.merge(tmp_path, [one.folder for one in kept.values()])
    assert outcome.verdict == "error"
    assert any("tests-2" in note for note in notes)
    assert gone.folder.exists()
    [tests] = [item for item in outcome.verdicts if item.stage == "tests"]
    assert tests.verdict == "error"


def test_an_entry_that_is_broken_is_an_error(tmp_path: Path) -> None:
    kept = shards.save(shards.plan_of(3), tmp_path / "entries", tests=3)
    (kept["tests-1"].folder / kept["tests-1"].data["frames"]["tests"]).write_bytes(
        b"PAR1"
    )
    outcome, notes = merging.merge(tmp_path, [one.folder for one in kept.values()])
    assert outcome.verdict == "error"
    assert any("cannot be read" in note for note in notes)


def test_the_same_entry_twice_is_refused(tmp_path: Path) -> None:
    plan = shards.plan_of(3)
    one = shards.save(plan, tmp_path / "a", tests=3)
    shutil.copytree(one["tests-1"].folder, tmp_path / "b" / "20261124T091559-ffffff")
    copy = tmp_path / "b" / "20261124T091559-ffffff"
    text = (copy / "run.json").read_text().replace(one["tests-1"].run_id, copy.name)
    (copy / "run.json").write_text(text)
    with pytest.raises(UsageError, match="are both of entry tests-1"):
        merging.merge(tmp_path, [*(k.folder for k in one.values()), copy])


def test_records_of_different_plans_are_refused(tmp_path: Path) -> None:
    first = shards.save(shards.plan_of(3), tmp_path / "a", tests=3)
    other = shards.save(shards.plan_of(4), tmp_path / "b", tests=3)
    folders = [first["static"].folder, other["tests-3"].folder]
    with pytest.raises(UsageError, match="different plans"):
        merging.merge(tmp_path, folders)


def test_a_folder_that_is_no_record_is_said(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(UsageError, match="can be read"):
        merging.merge(tmp_path, [tmp_path / "nothing"])


def test_a_plan_that_was_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    plan = shards.plan_of(3)
    path.write_text(plan.model_dump_json().replace("tests-1", "tests-9"))
    with pytest.raises(UsageError, match="was changed"):
        sharding.read(path)
    path.write_text("no json")
    with pytest.raises(UsageError, match="cannot be read"):
        sharding.read(path)


def test_a_plan_gives_a_matrix() -> None:
    plan = shards.plan_of(3)
    assert [row["entry"] for row in plan.as_json()["matrix"]["include"]] == [
        "static",
        "tests-1",
        "tests-2",
    ]
    with pytest.raises(UsageError, match="no entry nothing"):
        plan.entry("nothing")
