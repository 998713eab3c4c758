from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from qgate.environment import keeper
from qgate.environment.component import try_lock
from qgate.environment.leases import Lease
from tests.support.homes import killed, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STUBBORN = """
import signal, sys, time
from pathlib import Path
for number in (signal.SIGINT, signal.SIGQUIT):
    if sys.argv[2] == "stubborn":
        signal.signal(number, signal.SIG_IGN)
(Path(sys.argv[1]) / "up").touch()
time.sleep(60)
"""


class Server:
    """A process that looks like the server of *pgdata*, but ends as it likes."""

    def __init__(self, pgdata: Path, manner: str) -> None:
        pgdata.mkdir()
        self.child = subprocess.Popen(
            [sys.executable, "-c", STUBBORN, str(pgdata), manner],
            stderr=subprocess.DEVNULL,
        )
        until((pgdata / "up").exists)
        (pgdata / "postmaster.pid").write_text(f"{self.child.pid}\n{pgdata}\n")


@pytest.fixture(params=["polite", "stubborn"])
def server(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """Give a running server, one that obeys or one that has to be killed."""
    monkeypatch.setattr(keeper, "STOP_SECONDS", 0.3)
    monkeypatch.setattr(keeper, "POLL_SECONDS", 0.05)
    made = Server(tmp_path / "pgdata", request.param)
    yield made
    if made.child.poll() is None:
        killed(made.child)


def test_a_server_is_stopped_whatever_it_takes(server: Server, tmp_path: Path) -> None:
    keeper.stop(tmp_path / "pgdata")
    assert server.child.wait(30) != 0
    keeper.stop(tmp_path / "pgdata")


def test_a_pid_that_is_no_server_of_ours_is_left_alone(
    server: Server, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for text in (f"{server.child.pid}\n", "", "x\n", "999999999\n"):
        (other / "postmaster.pid").write_text(text)
        keeper.stop(other)
    assert server.child.poll() is None


@pytest.mark.parametrize("server", ["polite"], indirect=True)
def test_it_watches_until_the_last_lease_is_given_up(
    server: Server, tmp_path: Path
) -> None:
    lease = Lease(tmp_path / "leases")
    lease.take()
    words = [keeper.__file__, tmp_path / "leases", tmp_path / "pgdata", tmp_path]
    watching = subprocess.Popen([sys.executable, *map(str, words)])
    until(lambda: try_keeper(tmp_path))
    second = subprocess.Popen([sys.executable, *map(str, words)])
    assert second.wait(30) == 0
    assert watching.poll() is None
    assert server.child.poll() is None
    lease.release()
    assert watching.wait(90) == 0
    assert server.child.wait(30) != 0


def try_keeper(folder: Path) -> bool:
    """Tell whether a keeper watches."""
    lock = try_lock(folder / "keeper.lock")
    if lock:
        lock.release()
    return lock is None


def test_it_ends_when_nobody_needs_it(server: Server, tmp_path: Path) -> None:
    keeper.main(tmp_path / "leases", tmp_path / "pgdata", tmp_path)
    assert server.child.wait(30) != 0
    assert not psutil.pid_exists(server.child.pid)
