from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from qgate import process
from qgate.errors import Interrupted, ToolFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENV = {"PATH": "/usr/bin:/bin"}


@pytest.fixture(autouse=True)
def _allowed_again() -> Iterator[None]:
    yield
    process.resume()


def python(source: str) -> list[str]:
    return [sys.executable, "-c", source]


def test_output_and_errors_are_kept_apart() -> None:
    done = process.run(
        "python",
        python(
            "import sys; print('data'); print('talk', file=sys.stderr); sys.exit(7)"
        ),
        env=ENV,
    )
    assert (done.returncode, done.output, done.errors) == (7, "data\n", "talk\n")
    assert not done.timed_out


def test_a_log_receives_both_streams(tmp_path: Path) -> None:
    log = tmp_path / "log"
    source = "import sys; print('a', flush=True); print('b', file=sys.stderr)"
    done = process.run("python", python(source), env=ENV, log=log)
    assert log.read_text() == done.output == "a\nb\n"


def test_the_child_sees_only_the_environment_it_is_given() -> None:
    source = "import os; print(sorted(k for k in os.environ if k.startswith('QG')))"
    done = process.run("python", python(source), env={**ENV, "QG_A": "1"})
    assert done.output.strip() == "['QG_A']"


def test_secrets_are_masked_in_the_result_and_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    done = process.run(
        "python",
        python("print('token=hunter22!')"),
        env=ENV,
        log=log,
        secrets=["hunter22"],
    )
    assert done.output == "token=********!\n"
    assert log.read_text() == "token=********!\n"


def test_the_time_limit_ends_the_whole_group() -> None:
    source = (
        "import subprocess, sys, time;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    done = process.run("python", python(source), env=ENV, time_limit=1)
    assert done.timed_out
    assert done.returncode < 0
    assert_gone(int(done.output))


def test_a_child_left_behind_is_ended_too() -> None:
    source = (
        "import subprocess, sys;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'],"
        " stdout=subprocess.DEVNULL);"
        "print(child.pid)"
    )
    done = process.run("python", python(source), env=ENV)
    assert done.returncode == 0
    assert_gone(int(done.output))


def test_a_deaf_program_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE_SECONDS", 0.3)
    source = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('deaf', flush=True); time.sleep(60)"
    )
    done = process.run("python", python(source), env=ENV, time_limit=1)
    assert done.returncode == -9
    assert done.output == "deaf\n"


def test_a_missing_program_is_named() -> None:
    with pytest.raises(ToolFailed, match="nonesuch: cannot be started") as caught:
        process.run("nonesuch", ["/nonesuch/program"], env=ENV)
    assert "qgate env" in str(caught.value)


def test_stop_all_ends_what_runs_and_what_would_start() -> None:
    raised = []

    def wait() -> None:
        try:
            process.run("python", python("import time; time.sleep(60)"), env=ENV)
        except Interrupted as error:
            raised.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.5)
    process.stop_all()
    thread.join(10)
    assert len(raised) == 1
    with pytest.raises(Interrupted):
        process.run("python", python("print()"), env=ENV)
    with pytest.raises(Interrupted):
        process.check_interrupted()


def test_polling_sees_the_program_run() -> None:
    polls: list[float] = []
    process.run(
        "python",
        python("import time; time.sleep(0.4)"),
        env=ENV,
        on_poll=lambda: polls.append(time.monotonic()),
    )
    assert len(polls) >= 3


def test_stdin_reaches_the_program() -> None:
    done = process.run(
        "python", python("print(input().upper())"), env=ENV, stdin=b"word\n"
    )
    assert done.output == "WORD\n"


def test_the_lifeline_closes_when_the_parent_is_killed(tmp_path: Path) -> None:
    """A kill -9 of the parent closes the pipe, so that a child that watches it can end."""
    child = (
        "import os, pathlib, sys; "
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid())); "
        "sys.stdin.read(); "
        f"pathlib.Path({str(tmp_path / 'closed')!r}).write_text('yes')"
    )
    parent = (
        "from qgate import process; import sys; "
        f"process.run('p', [sys.executable, '-c', {child!r}], env={{}}, lifeline=True)"
    )
    running = psutil.Popen([sys.executable, "-c", parent])
    wait_for(tmp_path / "pid")
    running.kill()
    running.wait()
    wait_for(tmp_path / "closed")


def test_the_tail_is_of_non_empty_lines() -> None:
    assert process.tail("a\n\nb\n \nc\n", 2) == "b\nc"


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists() or not path.read_text():
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.05)


def assert_gone(pid: int) -> None:
    deadline = time.monotonic() + 5
    while psutil.pid_exists(pid):
        if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.05)
