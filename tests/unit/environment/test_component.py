from __future__ import annotations

import shutil
import threading
from collections import namedtuple
from typing import TYPE_CHECKING, Any

import pytest

from qgate import process
from qgate.environment import component
from qgate.environment.component import MARKER, locked, marker, provide, try_lock
from qgate.errors import EnvironmentProblem, Interrupted
from qgate.progress import Silence
from tests.support.homes import Notes, in_child, killed, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SLOW = """
import sys, time
from pathlib import Path
from qgate.environment.component import provide
from qgate.progress import Silence

folder, calls, wait = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])

def make(part):
    (part / "half").write_text("half")
    with calls.open("a") as file:
        file.write("made\\n")
    time.sleep(wait)
    (part / "whole").write_text("whole")
    return {"version": "1"}

provide(folder, make, what="a thing", progress=Silence())
"""
"""Provides a folder, slowly: argv are the folder, a file to count in, seconds."""


@pytest.fixture(autouse=True)
def _allowed_again() -> Iterator[None]:
    yield
    process.resume()


def making(text: str = "whole") -> Callable[[Path], dict[str, Any]]:
    def make(part: Path) -> dict[str, Any]:
        (part / "whole").write_text(text)
        return {"version": text}

    return make


def provided(folder: Path, text: str = "whole") -> dict[str, Any]:
    return provide(folder, making(text), what="a thing", progress=Silence())


def refusing(error: Exception) -> Callable[[Path], dict[str, Any]]:
    def make(part: Path) -> dict[str, Any]:
        (part / "half").write_text("half")
        raise error

    return make


def test_what_was_made_is_found_again_and_not_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "thing"
    said = provided(folder)
    assert said["version"] == "whole"
    assert "created" in said
    assert (folder / "whole").read_text() == "whole"
    assert provided(folder, "again") == said
    assert marker(folder) == said


def test_a_failed_making_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "thing"
    with pytest.raises(EnvironmentProblem, match="no network"):
        provide(
            folder,
            refusing(EnvironmentProblem("no network")),
            what="a thing",
            progress=Silence(),
        )
    assert [path.name for path in tmp_path.iterdir()] == ["thing.lock"]
    assert provided(folder)["version"] == "whole"


def test_a_making_killed_in_the_middle_is_not_trusted(tmp_path: Path) -> None:
    folder, calls = tmp_path / "thing", tmp_path / "calls"
    child = in_child(SLOW, folder, calls, 60)
    until(calls.exists)
    killed(child)
    left = list(tmp_path.glob("thing.part-*"))
    assert (left[0] / "half").exists()
    assert marker(folder) is None

    assert provided(folder)["version"] == "whole"
    assert sorted(path.name for path in folder.iterdir()) == [MARKER, "whole"]
    assert not list(tmp_path.glob("thing.part-*"))


def test_two_that_want_the_same_make_it_once(tmp_path: Path) -> None:
    folder, calls = tmp_path / "thing", tmp_path / "calls"
    children = [in_child(SLOW, folder, calls, 0.5) for _ in range(3)]
    assert [child.wait() for child in children] == [0, 0, 0]
    assert calls.read_text() == "made\n"
    assert (folder / "whole").exists()


@pytest.mark.parametrize("text", ["", "[1]", '{"version": ', "\0\0"])
def test_a_folder_with_a_broken_marker_is_made_anew(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "thing"
    folder.mkdir()
    (folder / "half").write_text("half")
    (folder / MARKER).write_text(text)
    assert marker(folder) is None
    assert provided(folder)["version"] == "whole"
    assert not (folder / "half").exists()


def test_too_little_space_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        provide(
            tmp_path / "thing",
            refusing(AssertionError("made")),
            what="Odoo 19",
            progress=Silence(),
            needs_bytes=10**18,
        )
    assert "Odoo 19 needs 1000000000.0 GB, but" in caught.value.message
    assert "QGATE_HOME" in (caught.value.hint or "")


def test_a_disk_that_fills_up_is_said_and_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "free")  # noqa: PYI024 - as shutil's own
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12))
    full = OSError(28, "No space left on device")
    with pytest.raises(component.HomeProblem, match="No space left on device"):
        provide(
            tmp_path / "thing",
            refusing(full),
            what="a thing",
            progress=Silence(),
            needs_bytes=10**9,
        )
    assert not list(tmp_path.glob("thing*/"))


def test_a_home_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(component.HomeProblem, match=r"cannot be written \(.+\)\."):
        provided(tmp_path / "home" / "thing")


def test_waiting_for_another_is_said(tmp_path: Path) -> None:
    notes = Notes()
    held = try_lock(tmp_path / "lock")
    assert held is not None
    assert try_lock(tmp_path / "lock") is None
    entered = threading.Event()

    def wait() -> None:
        with locked(tmp_path / "lock", notes, "Odoo"):
            entered.set()

    thread = threading.Thread(target=wait)
    thread.start()
    until(lambda: notes.steps)
    assert not entered.is_set()
    held.release()
    thread.join(30)
    assert entered.is_set()
    assert notes.steps[0] == "waiting for another run that prepares Odoo"


def test_waiting_ends_when_the_run_is_interrupted(tmp_path: Path) -> None:
    held = try_lock(tmp_path / "lock")
    assert held is not None
    process.stop_all()
    with (
        pytest.raises(Interrupted),
        locked(tmp_path / "lock", Silence(), "a thing"),
    ):
        pass
    held.release()


def test_the_lock_of_a_killed_holder_is_free(tmp_path: Path) -> None:
    source = """
import sys, time
from pathlib import Path
from qgate.environment.component import try_lock
held = try_lock(Path(sys.argv[1]))
Path(sys.argv[2]).touch()
time.sleep(60)
"""
    child = in_child(source, tmp_path / "lock", tmp_path / "holds")
    until((tmp_path / "holds").exists)
    assert try_lock(tmp_path / "lock") is None
    killed(child)
    held = try_lock(tmp_path / "lock")
    assert held is not None
    held.release()
