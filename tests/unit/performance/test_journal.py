from __future__ import annotations

import json
from typing import TYPE_CHECKING

from qgate.performance import journal

if TYPE_CHECKING:
    from pathlib import Path


def written(path: Path, *events: dict[str, object], end: str = "") -> journal.Journal:
    path.write_text("".join(f"{json.dumps(event)}\n" for event in events) + end)
    return journal.read(path)


def test_a_whole_load_is_read(tmp_path: Path) -> None:
    told = written(
        tmp_path / "load.jsonl",
        {"event": "declared", "users": {"m": ["U"]}, "operations": ["Login"]},
        {"event": "started", "time": 1.0},
        {"event": "sample", "row": [1.5, "Login", 400.25, 10, None, 26]},
        {"event": "tick", "time": 2.0, "users": 2, "requests": 1},
        {"event": "spawned", "time": 2.5, "users": 2},
        {"event": "measuring", "time": 3.0},
        {"event": "sample", "row": [3.5, "Search", 12.5, 0, "HTTP 500", None]},
        {"event": "exception", "message": "KeyError: 'a'"},
        {"event": "exception", "message": "KeyError: 'a'"},
        {"event": "measured", "time": 9.0, "remaining": 2, "cpu": 3.5},
        {"event": "ended", "requests": 2, "cut": 0},
    )
    assert told.users == {"m": ["U"]}
    assert told.operations == ["Login"]
    assert told.times == {
        "started": 1.0,
        "spawned": 2.5,
        "measuring": 3.0,
        "measured": 9.0,
    }
    assert (told.spawned, told.remaining, told.counted, told.cut) == (2, 2, 2, 0)
    assert told.ticks == [(2.0, 2, 1)]
    assert told.exceptions == {"KeyError: 'a'": 2}
    assert told.cpu == 3.5
    assert told.problem is None
    assert told.samples["milliseconds"].tolist() == [400.25, 12.5]
    assert told.samples["failure"].isna().tolist() == [True, False]
    assert told.samples["queries"].isna().tolist() == [False, True]


def test_what_was_written_until_a_kill_is_read(tmp_path: Path) -> None:
    told = written(
        tmp_path / "load.jsonl",
        {"event": "started", "time": 1.0},
        {"event": "sample", "row": [1.5, "Login", 400.25, 10, None, 26]},
        end='{"event": "sample", "row": [2.',
    )
    assert len(told.samples) == 1
    assert told.counted is None


def test_without_a_file_nothing_is_known(tmp_path: Path) -> None:
    told = journal.read(tmp_path / "none.jsonl")
    assert told.counted is None
    assert told.samples.empty
    assert list(told.samples.dtypes.astype(str)) == list(
        journal.SAMPLE_COLUMNS.values()
    )


def test_the_first_problem_is_the_cause(tmp_path: Path) -> None:
    told = written(
        tmp_path / "load.jsonl",
        {"event": "problem", "message": "a worker went away"},
        {"event": "problem", "message": "something that follows"},
    )
    assert told.problem == "a worker went away"
