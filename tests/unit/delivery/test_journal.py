from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from qgate.delivery.journal import Journal, Release, State, held
from qgate.errors import UsageError
from tests.support.homes import until

if TYPE_CHECKING:
    from pathlib import Path

BLUE = Release("blue", "sha256:1", "odoo:1", "abc", "production", "d1")
GREEN = Release("green", "sha256:2", "odoo:2", "def", "production", "d2")


def test_a_new_target_serves_nothing(tmp_path: Path) -> None:
    assert Journal(tmp_path / "new").state() == State()


def test_what_was_deployed_serves_and_what_was_before_is_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.begin("d1", "deploy", None, BLUE)
    journal.end("d1", "deployed", BLUE, None)
    journal.begin("d2", "deploy", BLUE, GREEN)
    journal.step("d2", "switch")
    journal.note("d2", switched=True)
    journal.end("d2", "deployed", GREEN, BLUE, captured=True)
    state = journal.state()
    assert (state.live, state.previous, state.unfinished) == (GREEN, BLUE, None)
    assert state.kept == {"captured": True}


def test_a_killed_deploy_is_unfinished_with_step_and_notes(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.begin("d1", "deploy", None, BLUE)
    journal.end("d1", "deployed", BLUE, None)
    journal.begin("d2", "deploy", BLUE, GREEN)
    journal.step("d2", "start")
    journal.note("d2", databases=["a"])
    journal.step("d2", "smoke")
    journal.note("d2", switched=True)
    left = Journal(tmp_path).state().unfinished
    assert left
    assert (left.deploy, left.kind, left.step) == ("d2", "deploy", "smoke")
    assert (left.old, left.new) == (BLUE, GREEN)
    assert left.notes == {"databases": ["a"], "switched": True}


@pytest.mark.parametrize("cut", [1, 10, 40])
def test_a_line_cut_by_a_kill_does_not_count(tmp_path: Path, cut: int) -> None:
    journal = Journal(tmp_path)
    journal.begin("d1", "deploy", None, BLUE)
    journal.end("d1", "deployed", BLUE, None)
    journal.begin("d2", "deploy", BLUE, GREEN)
    data = journal.path.read_bytes()
    journal.path.write_bytes(data[:-cut])
    state = journal.state()
    assert state.live == BLUE
    # A whole line without its end is read; one that lacks more is not.
    assert (state.unfinished is None) == (cut > 1)
    journal.begin("d3", "deploy", BLUE, GREEN)
    left = journal.state().unfinished
    assert left
    assert left.deploy == "d3"


def test_two_deploys_at_once_one_is_told_who_holds_the_target(tmp_path: Path) -> None:
    source = (
        "import sys, time, pathlib\n"
        "from qgate.delivery.journal import held\n"
        "with held(pathlib.Path(sys.argv[1]), 'staging', 'first'):\n"
        "    time.sleep(60)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", source, tmp_path])
    try:
        until((tmp_path / "holder.json").exists)
        with (
            pytest.raises(UsageError, match=rf"staging is .* by process {child.pid} "),
            held(tmp_path, "staging", "second"),
        ):
            pass
    finally:
        child.kill()
        child.wait()
    with held(tmp_path, "staging", "third"):  # the kernel has freed the lock
        pass
