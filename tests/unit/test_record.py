from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from qgate import record
from qgate.errors import EnvironmentProblem, UsageError
from qgate.frames import tables

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.record import Record


def make(reports: Path, second: int = 0) -> Record:
    run_id = record.new_run_id(datetime(2026, 11, 24, 12, 0, second, tzinfo=UTC))
    folder = record.create(reports, run_id)
    stages = tables.STAGES.frame(
        [{"stage": "static", "verdict": "passed", "seconds": 1.5, "reasons": []}]
    )
    data = {"run_id": run_id, "verdict": "passed"}
    return record.save(folder, data, {"stages": stages})


def test_a_record_is_found_by_id_start_folder_and_latest(tmp_path: Path) -> None:
    first, second = make(tmp_path, 1), make(tmp_path, 2)
    assert record.run_ids(tmp_path) == [first.run_id, second.run_id]
    for word in (first.run_id, first.run_id[:15], str(first.folder)):
        assert record.load(tmp_path, word).run_id == first.run_id
    assert record.load(tmp_path, "latest").run_id == second.run_id
    assert first.report is None


def test_frames_come_back_and_missing_ones_are_empty(tmp_path: Path) -> None:
    frames = record.load(tmp_path, make(tmp_path).run_id).frames()
    assert frames["stages"]["stage"].tolist() == ["static"]
    assert set(frames) == set(tables.ALL)
    assert frames["tests"].empty


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"There is no run in .*Make one with `qgate run`"
    ):
        record.load(tmp_path, "latest")
    make(tmp_path, 1)
    latest = make(tmp_path, 2)
    with pytest.raises(
        UsageError, match=f"no run nonesuch .*latest one is {latest.run_id}"
    ):
        record.load(tmp_path, "nonesuch")
    with pytest.raises(UsageError, match="is the start of 2 runs"):
        record.load(tmp_path, "2026")


def test_a_killed_run_is_no_run(tmp_path: Path) -> None:
    complete = make(tmp_path)
    record.create(tmp_path, record.new_run_id())
    assert record.run_ids(tmp_path) == [complete.run_id]


def test_a_damaged_record_is_told(tmp_path: Path) -> None:
    kept = make(tmp_path)
    path = kept.folder / "run.json"
    path.write_text(path.read_text()[:-10])
    with pytest.raises(UsageError, match=r"has no readable run\.json"):
        record.load(tmp_path, kept.run_id)
    path.write_text(json.dumps({"format": 99, "run_id": kept.run_id}))
    with pytest.raises(UsageError, match="has format 99, not 1"):
        record.load(tmp_path, kept.run_id)


def test_the_oldest_runs_go_first(tmp_path: Path) -> None:
    runs = [make(tmp_path, second).run_id for second in range(4)]
    assert record.prune(tmp_path, 3) == runs[:1]
    assert record.run_ids(tmp_path) == runs[1:]
    assert record.prune(tmp_path, 3) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(EnvironmentProblem, match="cannot be written"):
        record.create(tmp_path, record.new_run_id())
