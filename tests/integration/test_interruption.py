"""However a run ends, nothing of it stays: no process, no database."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Protocol

import psutil
import pytest

import qgate
from qgate import settings
from qgate.environment.postgres import Embedded
from qgate.progress import Silence
from tests.support.odoo_modules import change, good

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from qgate.environment import Environment
    from qgate.settings import Settings

pytestmark = pytest.mark.odoo


def hanging(root: Path) -> None:
    """Write a module whose test says that it has begun, and then hangs."""
    body = (
        "        import pathlib, time\n\n"
        f"        pathlib.Path({str(root / 'hangs')!r}).touch()\n"
        "        time.sleep(600)\n"
    )
    change(
        good(root / "addons"),
        "tests/test_thing.py",
        "        self.thing.action_grow()\n",
        body,
    )


class Start(Protocol):
    """Starts the gate as a person does, and waits until the test hangs."""

    def __call__(self, root: Path, **environ: str) -> subprocess.Popen[str]:
        """Return the running gate."""
        ...


@pytest.fixture
def start() -> Iterator[Start]:
    """Give what starts the gate; it is gone afterwards, whatever the test came to."""
    started: list[subprocess.Popen[str]] = []

    def begin(root: Path, **environ: str) -> subprocess.Popen[str]:
        running = subprocess.Popen(
            [
                # A shell lets what it starts in the background ignore Ctrl-C.
                *("env", "--default-signal=INT"),
                *(sys.executable, "-m", "qgate", "run", "--addons", "addons"),
                *("--stages", "tests", "--no-report"),
            ],
            cwd=root,
            env={**os.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(running)
        wait(lambda: (root / "hangs").exists() or running.poll() is not None, 180)
        assert running.poll() is None, running.communicate()
        return running

    yield begin
    for running in started:
        if running.poll() is None:
            running.kill()
            running.communicate()


def wait(condition: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.1)


def odoos(root: Path) -> list[psutil.Process]:
    """Return the Odoo processes that work for the workspace."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        with contextlib.suppress(psutil.Error):
            words = process.info["cmdline"] or []
            if any("launcher.py" in word for word in words) and any(
                str(root) in word for word in words
            ):
                found.append(process)
    return found


def databases(environment: Environment) -> set[str]:
    with environment.postgres().connect() as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'qgate\\_%\\_tests'"
        ).fetchall()
    return {name for (name,) in rows}


def test_ctrl_c_ends_everything(
    tmp_path: Path, environment: Environment, start: Start
) -> None:
    before = databases(environment)
    hanging(tmp_path)
    running = start(tmp_path)
    assert odoos(tmp_path)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130, errors
    assert "interrupted" in errors
    assert "Traceback" not in errors
    assert not odoos(tmp_path)
    assert databases(environment) == before
    run = qgate.load(reports=tmp_path / "reports")
    assert run.verdict == "error"
    assert run.stages.set_index("stage")["verdict"]["tests"] == "blocked"


def test_after_a_kill_odoo_ends_itself_and_the_next_run_clears(
    tmp_path: Path, environment: Environment, start: Start
) -> None:
    before = databases(environment)
    hanging(tmp_path)
    running = start(tmp_path)
    running.kill()
    running.communicate()
    wait(lambda: not odoos(tmp_path), 20)
    assert len(databases(environment) - before) == 1
    shutil.rmtree(tmp_path / "addons")
    good(tmp_path / "addons")
    run = qgate.run(tmp_path / "addons", root=tmp_path, stages=["tests"])
    assert run.verdict == "passed"
    assert databases(environment) == before


@pytest.fixture
def own_home(tmp_path: Path, environment: Environment) -> Iterator[Settings]:
    """Give a home with its own PostgreSQL; Odoo is that of all tests."""
    environment.odoo()
    shared = settings.load().home
    home = tmp_path / "home"
    home.mkdir()
    for name in ("odoo", "pycache"):
        (home / name).symlink_to(shared / name)
    found = settings.load(environ={**os.environ, "QGATE_HOME": str(home)})
    yield found
    pgdata = Embedded(found, Silence()).pgdata
    wait(lambda: not postmaster(pgdata), 30)  # the keeper has stopped it
    shutil.rmtree(pgdata.parent, ignore_errors=True)


def postmaster(pgdata: Path) -> int | None:
    """Return the pid of the server whose data lie in *pgdata*, None when none lives."""
    try:
        pid = int((pgdata / "postmaster.pid").read_text().split()[0])
        living = psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except (OSError, IndexError, psutil.Error):
        return None
    return pid if living else None


def test_a_dead_database_server_is_an_error_and_a_kill_leaves_none(
    tmp_path: Path, own_home: Settings, start: Start
) -> None:
    hanging(tmp_path)
    pgdata = Embedded(own_home, Silence()).pgdata
    home = {"QGATE_HOME": str(own_home.home)}

    running = start(tmp_path, **home)
    pid = postmaster(pgdata)
    assert pid
    running.kill()
    running.communicate()
    wait(lambda: not postmaster(pgdata), 30)

    # A test that goes on with the database, and finds the server gone.
    (tmp_path / "hangs").unlink()
    test = tmp_path / "addons" / "thing_a" / "tests" / "test_thing.py"
    text = test.read_text().replace("time.sleep(600)", "time.sleep(5)")
    test.write_text(
        f"{text}        self.thing.action_grow()\n        self.env.flush_all()\n"
    )
    running = start(tmp_path, **home)
    pid = postmaster(pgdata)
    assert pid
    server = psutil.Process(pid)
    children = server.children()
    server.kill()
    for child in children:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    output, _ = running.communicate(timeout=120)
    assert running.returncode == 3, output
    assert "PostgreSQL" in output
    assert not odoos(tmp_path)
