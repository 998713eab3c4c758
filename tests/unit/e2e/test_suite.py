from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

from qgate import process
from qgate.e2e import suite
from qgate.e2e.journal import Journal, Key, Try
from qgate.e2e.plan import Plan
from qgate.e2e.suite import Bench, Unit
from qgate.environment.browser import Browser, Video
from qgate.environment.postgres import PostgresServer
from qgate.environment.serving import OdooServer
from qgate.errors import EnvironmentProblem
from qgate.process import Completed
from qgate.progress import Silence
from tests.support.workspaces import make_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = Key("/w/test_a.py", "test_a", "chromium")
RUNNING = Journal(tries={KEY: [Try(1.0)]}, last=KEY)


def done(code: int = 1, *, late: bool = False, output: str = "") -> Completed:
    return Completed(("pytest",), code, 1.0, output, "", late, 0)


@pytest.mark.parametrize(
    ("completed", "journal", "cause"),
    [
        (done(0), Journal(ended=True), None),
        (done(1), Journal(ended=True), None),
        (done(5), Journal(ended=True), None),
        (done(2), Journal(refused={"a": "b"}, ended=True), None),
        (done(1), Journal(crash="chromium broke down.", ended=True), "broke down"),
        (done(late=True), RUNNING, r"within 9 s\. test_a was running\."),
        (done(0), RUNNING, r"exit code 0\. test_a was running\."),
        (done(-9), RUNNING, r"was killed by signal 9\. test_a was running\."),
        (done(4, output="no conftest"), Journal(), "exit code 4.*: no conftest"),
        (done(3), Journal(ended=True), "exit code 3"),
    ],
)
def test_each_end_but_a_regular_one_has_a_cause(
    completed: Completed, journal: Journal, cause: str | None
) -> None:
    found = suite._cause(completed, journal, 9)
    if cause is None:
        assert found is None
    else:
        assert found is not None
        assert re.search(cause, found)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Give a bench whose servers are real processes, but no Odoo."""
    environ = {"PYTEST_ADDOPTS": "-x", "API_TOKEN": "hush-hush"}
    log = tmp_path / "odoo.log"
    with process.background(
        "odoo",
        [sys.executable, "-c", "print('up', flush=True); input()"],
        env={},
        log=log,
    ) as running:
        yield Bench(
            settings=make_settings(tmp_path, "e2e.retries=3", environ=environ),
            root=tmp_path,
            server=OdooServer("http://127.0.0.1:1", "db", running),
            postgres=PostgresServer(
                host=str(tmp_path),
                port=5432,
                user="odoo",
                password=None,
                version="16",
                source="x",
            ),
            browsers=[
                Browser("chromium", "1", "installed", "/c", "/c"),
                Browser("firefox", "1", "Playwright", "/f", None),
            ],
            video=Video(tmp_path / "builds", "/usr/bin/ffmpeg"),
            evidence=tmp_path,
            scratch=tmp_path,
            progress=Silence(),
        )


def test_the_command_takes_nothing_from_the_workspace_or_the_person(
    bench: Bench, tmp_path: Path
) -> None:
    place = tmp_path / "a" / "e2e"
    place.mkdir(parents=True)
    words = list(map(str, suite._command(bench, Unit("a", place, ()), "a", place)))
    assert words[:4] == [sys.executable, "-m", "pytest", str(place)]
    assert words[words.index("--confcutdir") + 1] == str(place)
    assert words[words.index("--reruns") + 1] == "3"
    assert {"--browser=chromium", "--browser=firefox"} <= set(words)
    assert words[words.index("--video") + 1] == "retain-on-failure"
    environ = suite._environ(bench)
    assert "PYTEST_ADDOPTS" not in environ
    assert "API_TOKEN" not in environ
    assert environ["PYTHONDONTWRITEBYTECODE"] == "1"
    assert environ["PLAYWRIGHT_BROWSERS_PATH"] == str(tmp_path / "builds")


def test_the_plan_is_for_its_owner_alone(bench: Bench, tmp_path: Path) -> None:
    plan = suite._plan(bench, Unit("a", tmp_path, ()), "a")
    assert plan.executables == {"chromium": "/c"}
    path = tmp_path / "plan.json"
    plan.write(path)
    assert path.stat().st_mode & 0o077 == 0
    assert Plan.read(path) == plan


def test_a_database_server_that_is_gone_is_told_with_odoos_last_lines(
    bench: Bench, tmp_path: Path
) -> None:
    watch = suite._Watch(bench, tmp_path / "journal")
    with pytest.raises(EnvironmentProblem, match="went away while the specs ran"):
        watch.look()


def test_an_odoo_that_is_gone_is_told(bench: Bench, tmp_path: Path) -> None:
    bench.server.running._child.kill()
    bench.server.running._child.wait()
    watch = suite._Watch(bench, tmp_path / "journal")
    with pytest.raises(EnvironmentProblem, match="The Odoo server died with exit"):
        watch.check()
