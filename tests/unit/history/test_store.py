"""A history keeps every run once, whoever appends, compacts or is killed meanwhile."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

import qgate
from qgate.errors import UsageError
from qgate.history import compaction, files, layout, tables
from qgate.history.appending import append
from qgate.history.period import moment
from qgate.history.place import HistoryProblem, Place
from qgate.history.store import History
from tests.support import records

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.record import Record


def kept(folder: Path, number: int = 0, **data: object) -> Record:
    """Return the record of a run that began *number* hours after the first one."""
    made = records.story(("m_one",))
    made.data |= {"started": f"2026-11-01T{number:02d}:00:00+00:00", **data}
    return made.save(folder, f"20261101T{number:02d}0000-abc{number:03d}")


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(str(tmp_path / "history"))


def test_a_run_is_found_with_its_frames(tmp_path: Path, history: History) -> None:
    assert history.append(kept(tmp_path)) is None
    [run] = history.runs().to_dict("records")
    assert run["run_id"] == "20261101T000000-abc000"
    assert run["verdict"] in ("passed", "failed", "error")
    assert list(history.frame("stages")["run_id"].unique()) == [run["run_id"]]
    assert len(history.coverage(module="m_one")) == 1
    assert history.coverage(module="other").empty
    assert history.problems == []


def test_the_api_opens_a_history_by_its_url(tmp_path: Path, history: History) -> None:
    history.append(kept(tmp_path))
    opened = qgate.history(tmp_path / "history")
    assert len(opened.performance(operation="List Load", since="10y")) <= 1
    assert len(opened.runs(since="2026-10-01")) == 1
    assert opened.runs(branch="nowhere").empty
    assert opened.runs(since="2026-11-02").empty


def test_a_run_is_never_there_twice(tmp_path: Path, history: History) -> None:
    record = kept(tmp_path)
    history.append(record)
    history.append(record)
    assert len(history.runs()) == 1


def test_two_runs_with_one_id_are_both_kept_and_said(
    tmp_path: Path, history: History
) -> None:
    history.append(kept(tmp_path / "a"))
    said = history.append(kept(tmp_path / "b", note="another machine"))
    assert said is not None
    assert "Another run has the id" in said
    assert len(history.runs()) == 2
    assert history.runs()["key"].is_unique


def test_a_clock_that_runs_backwards_is_said(tmp_path: Path, history: History) -> None:
    now = datetime(2026, 10, 1, tzinfo=UTC)
    said = append(history.place, kept(tmp_path), now=now)
    assert said is not None
    assert "clock" in said
    assert len(history.runs()) == 1


def test_appending_at_once_loses_nothing(tmp_path: Path, history: History) -> None:
    every = [kept(tmp_path / str(number), number) for number in range(12)]
    threads = [threading.Thread(target=history.append, args=(one,)) for one in every]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(history.runs()) == 12


def test_what_a_killed_append_left_is_not_seen(
    tmp_path: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Place.write
    record = kept(tmp_path)

    def killed(place: Place, path: str, content: bytes) -> None:
        if "/runs/" in path:
            raise KeyboardInterrupt
        write(place, path, content)

    with monkeypatch.context() as patched:
        patched.setattr(Place, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            history.append(record)
    assert history.runs().empty
    assert history.frame("stages").empty
    history.append(record)
    assert len(history.runs()) == 1
    assert history.frame("stages")["stage"].is_unique


def test_compacting_changes_no_answer(tmp_path: Path, history: History) -> None:
    for number in range(5):
        history.append(kept(tmp_path / str(number), number))
    before = history.frame("stages")
    done = history.compact(grace=0)
    assert done.written > 0
    assert done.merged > done.written
    assert history.frame("stages").equals(before)
    history.append(kept(tmp_path / "later", 7))
    again = history.compact(grace=0)
    assert again.removed > 0
    assert len(history.runs()) == 6
    paths = [file.path for file in files.listed(history.place, tables.RUNS)]
    history.compact(grace=0)
    left = [file.path for file in files.listed(history.place, tables.RUNS)]
    assert len(left) <= len(paths)


def test_many_appends_tidy_up_in_passing(
    tmp_path: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "BATCH", 3)
    for number in range(8):
        history.append(kept(tmp_path / str(number), number))
    assert len(history.runs()) == 8
    found = [
        file
        for table in tables.ALL.values()
        for file in files.listed(history.place, table)
    ]
    assert any(file.merged for file in found)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no parquet at all"])
def test_a_broken_file_is_said_and_left_out(
    tmp_path: Path, history: History, content: bytes
) -> None:
    for number in range(2):
        history.append(kept(tmp_path / str(number), number))
    [first, _] = sorted((tmp_path / "history" / "runs").rglob("*.parquet"))
    first.write_bytes(content)
    assert len(history.runs()) == 1
    [problem] = history.problems
    assert first.name in problem


def test_a_truncated_file_is_said_and_left_out(
    tmp_path: Path, history: History
) -> None:
    for number in range(2):
        history.append(kept(tmp_path / str(number), number))
    [first, _] = sorted((tmp_path / "history" / "stages").rglob("*.parquet"))
    first.write_bytes(first.read_bytes()[:-30])
    assert history.frame("stages")["run_id"].nunique() == 1
    assert len(history.problems) == 1


def test_a_file_of_an_older_schema_is_read(tmp_path: Path, history: History) -> None:
    history.append(kept(tmp_path))
    [path] = (tmp_path / "history" / "runs").rglob("*.parquet")
    table = pq.read_table(path).drop_columns(["note", "machine"])
    older = path.parents[1].parent / "v0" / path.parent.name
    older.mkdir(parents=True)
    pq.write_table(table, older / path.name)
    path.unlink()
    [run] = history.runs().to_dict("records")
    assert run["machine"] is None
    assert history.problems == []


def test_a_file_of_a_newer_schema_is_said_and_left_out(
    tmp_path: Path, history: History
) -> None:
    history.append(kept(tmp_path))
    [path] = (tmp_path / "history" / "runs").rglob("*.parquet")
    newer = path.parents[1].parent / "v99" / path.parent.name
    newer.mkdir(parents=True)
    path.rename(newer / path.name)
    assert history.runs().empty
    assert "99" in history.problems[0]


def test_a_place_without_rights_is_said(
    tmp_path: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(history.place.fs, "pipe_file", denied)
    with pytest.raises(HistoryProblem, match="may not be written"):
        history.append(kept(tmp_path))


def test_another_store_works_alike(tmp_path: Path) -> None:
    history = History("memory://gate-history")
    history.append(kept(tmp_path, 1))
    history.append(kept(tmp_path / "b", 2))
    assert len(history.runs()) == 2
    history.compact(grace=0)
    assert len(history.frame("stages")["run_id"].unique()) == 2


@pytest.mark.parametrize(
    ("url", "words"),
    [("s3://bucket/gate", "s3fs"), ("nonsense://x", "not the URL")],
)
def test_a_url_without_a_driver_is_said(url: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        History(url)


def test_a_password_in_a_url_is_not_shown() -> None:
    assert "secret" not in Place("memory://user:secret@gate", {}).url


@pytest.mark.parametrize(
    ("given", "hours"), [("30d", 720), ("2w", 336), ("1h", 1), (timedelta(hours=5), 5)]
)
def test_moments_before_now(given: str | timedelta, hours: int) -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    assert moment(given, now) == now - timedelta(hours=hours)


@pytest.mark.parametrize("given", ["soon", "30", "99999999999d", "2026-13-01"])
def test_a_moment_that_is_none_is_said(given: str) -> None:
    with pytest.raises(UsageError, match="is no moment"):
        moment(given)


@pytest.mark.parametrize(
    ("frame", "equal", "words"),
    [
        ("nothing", {}, "no frame nothing"),
        ("stages", {"colour": "red"}, "no column colour"),
    ],
)
def test_a_question_that_is_wrong_is_said(
    history: History, frame: str, equal: dict[str, str], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        history.frame(frame, **equal)


def test_merged_files_that_share_a_run_give_it_once() -> None:
    one = layout.File("a", 1, "2026-11", "merged-2_a_b_1")
    two = layout.File("b", 1, "2026-11", "merged-2_b_c_2")
    assert set(layout.doubtful([one, two])) == {one, two}
    picked, replaced = layout.chosen([one, two], {"a": ["a", "b"], "b": ["b", "c"]})
    assert replaced == []
    assert sum(len(each.without) for each in picked) == 1
