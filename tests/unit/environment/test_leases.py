from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import psutil
import pytest

from qgate.environment import leases
from qgate.environment.component import HomeProblem, try_lock
from qgate.environment.leases import Lease
from tests.support.homes import in_child, killed, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLDER = """
import sys, time
from pathlib import Path
from qgate.environment.leases import Lease
lease = Lease(Path(sys.argv[1]), "dead")
lease.take()
lease.use("somewhere:5432")
lease.record(int(sys.argv[2]))
Path(sys.argv[3]).touch()
time.sleep(60)
"""


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """Give a process that has a child of its own."""
    source = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', "
        "'import time; time.sleep(60)'])"
    )
    child = subprocess.Popen([sys.executable, "-c", source])
    until(psutil.Process(child.pid).children)
    yield child
    for process in psutil.Process().children(recursive=True):
        if process.pid == child.pid:
            killed(child)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_lease_is_alive_until_released(tmp_path: Path) -> None:
    lease = Lease(tmp_path / "leases")
    assert not leases.any_alive(lease.folder)
    lease.take()
    lease.use("localhost:5432")
    assert leases.any_alive(lease.folder)
    assert not list(leases.dead(lease.folder))
    lease.release()
    assert not leases.any_alive(lease.folder)
    assert names(lease.folder) == []
    lease.release()


def test_leases_have_names_of_their_own(tmp_path: Path) -> None:
    prefixes = {Lease(tmp_path).prefix for _ in range(50)}
    assert len(prefixes) == 50
    assert all(len(prefix) < 20 for prefix in prefixes)


def test_a_killed_run_is_found_with_what_it_held(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    folder = tmp_path / "leases"
    child = in_child(HOLDER, folder, sleeper.pid, tmp_path / "holds")
    until((tmp_path / "holds").exists)
    assert leases.any_alive(folder)
    assert not list(leases.dead(folder))
    killed(child)

    assert not leases.any_alive(folder)
    grandchild = psutil.Process(sleeper.pid).children()[0]
    for lease, data in leases.dead(folder):
        assert lease.token == "dead"
        assert data["server"] == "somewhere:5432"
        leases.end_processes(data)
        leases.forget(lease)
    assert sleeper.wait(30) == -9
    until(lambda: not grandchild.is_running() or grandchild.status() == "zombie")
    assert names(folder) == []


def test_a_process_id_given_anew_is_left_alone(
    sleeper: subprocess.Popen[bytes],
) -> None:
    created = psutil.Process(sleeper.pid).create_time()
    leases.end_processes({"processes": {str(sleeper.pid): created - 100}})
    assert sleeper.poll() is None
    leases.end_processes({"processes": {str(sleeper.pid): created}})
    assert sleeper.wait(30) == -9


def test_a_process_that_is_gone_is_not_recorded(tmp_path: Path) -> None:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    lease = Lease(tmp_path, "mine")
    lease.take()
    lease.record(done.pid)
    leases.end_processes({"processes": {str(done.pid): 1.0}})
    assert json.loads((tmp_path / "mine.json").read_text())["processes"] == {}
    lease.release()


def test_a_lease_given_up_with_something_left_is_a_dead_one(tmp_path: Path) -> None:
    lease = Lease(tmp_path, "mine")
    lease.take()
    lease.release(cleared=False)
    assert [found.token for found, _ in leases.dead(tmp_path)] == ["mine"]


@pytest.mark.parametrize("text", ["", "[]", '{"server": '])
def test_a_file_that_cannot_be_read_holds_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "torn.json").write_text(text)
    assert [data for _, data in leases.dead(tmp_path)] == [{}]


def test_taking_waits_for_one_who_only_looks(tmp_path: Path) -> None:
    looking = try_lock(tmp_path / "mine.lock")
    assert looking is not None
    lease = Lease(tmp_path, "mine")
    thread = threading.Thread(target=lease.take)
    thread.start()
    thread.join(0.2)
    assert not (tmp_path / "mine.json").exists()
    looking.release()
    thread.join(30)
    assert try_lock(tmp_path / "mine.lock") is None
    lease.release()


def test_many_threads_may_record(tmp_path: Path) -> None:
    children = [
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        for _ in range(6)
    ]
    lease = Lease(tmp_path, "mine")
    lease.take()
    threads = [
        threading.Thread(target=lease.record, args=(child.pid,)) for child in children
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    noted = json.loads((tmp_path / "mine.json").read_text())["processes"]
    for child in children:
        killed(child)
    assert set(noted) == {str(child.pid) for child in children}
    lease.release()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(HomeProblem, match="cannot be written"):
        Lease(tmp_path / "home" / "leases").take()
