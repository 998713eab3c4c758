from __future__ import annotations

from typing import TYPE_CHECKING

from qgate.e2e.journal import Key, Writer, read

if TYPE_CHECKING:
    from pathlib import Path

A = {"spec": "/w/test_a.py", "test": "test_a", "browser": "chromium"}
KEY = Key(**A)


def test_what_was_written_is_read_until_the_line_that_broke_off(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    writer = Writer(path)
    writer.write("collected", **A, function="test_a")
    writer.write("refused", spec="/w/test_b.py", message="E   ImportError: x")
    writer.write("warmed", seconds=2.5, views=[])
    writer.write("broken_view", browser="chromium", view="a.b: list", message="no")
    writer.write("start", **A)
    writer.write(
        "stop", **A, outcome="failed", seconds=1.5, message="m", artifacts=["x"]
    )
    writer.write("start", **A)
    with path.open("a") as file:
        file.write('[1]\n{"event": "stop", "spec"')
    found = read(path)
    assert found.collected == {KEY: "test_a"}
    assert found.refused == {"/w/test_b.py": "E   ImportError: x"}
    assert found.warm_up == 2.5
    assert found.broken_views == [("chromium", "a.b: list", "no")]
    first, second = found.tries[KEY]
    assert (first.outcome, first.seconds, first.message) == ("failed", 1.5, "m")
    assert first.artifacts == ["x"]
    assert second.outcome == "unfinished"
    assert found.running == KEY
    assert not found.ended


def test_the_first_crash_counts_and_the_end_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    writer = Writer(path)
    writer.write("stop", **A, outcome="passed", seconds=1.0)  # it never began
    writer.write("crash", message="one")
    writer.write("crash", message="two")
    writer.write("end", code=1)
    found = read(path)
    assert found.crash == "one"
    assert found.ended
    assert found.tries == {}
    assert found.running is None


def test_no_journal_is_an_empty_one(tmp_path: Path) -> None:
    found = read(tmp_path / "nonesuch")
    assert found.collected == {}
    assert found.last is None
