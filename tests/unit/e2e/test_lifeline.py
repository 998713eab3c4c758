from __future__ import annotations

import subprocess
import sys

SOURCE = """
import time
from qgate.e2e.lifeline import watch_lifeline
watch_lifeline()
print("up", flush=True)
time.sleep(60)
"""


def test_a_program_ends_when_its_lifeline_closes() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", SOURCE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert child.stdout
    assert child.stdin
    assert child.stdout.readline() == b"up\n"
    child.stdin.close()
    assert child.wait(30) == -9
    child.stdout.close()


def test_without_a_pipe_it_goes_on() -> None:
    source = SOURCE.replace("time.sleep(60)", "time.sleep(0.2)")
    done = subprocess.run(
        [sys.executable, "-c", source],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"up\n"
