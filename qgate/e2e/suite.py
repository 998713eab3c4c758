"""Runs the specs of one folder: pytest in a program of its own, watched while it runs."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from qgate import process
from qgate.e2e import journal
from qgate.e2e.plan import OPTION, Plan
from qgate.environment.browser import LOCATION
from qgate.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from qgate.e2e.census import Spec
    from qgate.e2e.journal import Journal
    from qgate.environment.browser import Browser, Video
    from qgate.environment.postgres import PostgresServer
    from qgate.environment.serving import OdooServer
    from qgate.process import Completed
    from qgate.progress import Progress
    from qgate.settings import Settings

PASSWORD: Final = "e2e-password"  # noqa: S105 - of users that live as long as the stage
"""Of every user that is made for a role; their database is gone when the stage ends."""

_CONFIGURATION: Final = """[pytest]
python_files = test_*.py
python_classes = Test
python_functions = test
console_output_style = classic
"""

PLUGINS: Final = (
    "pytest_playwright.pytest_playwright",
    "pytest_rerunfailures",
    "pytest_metadata.plugin",
    "pytest_html.plugin",
    "qgate.e2e.plugin",
)
"""In this order: fixtures of ours stand before those of pytest-playwright."""

_NO_VARIABLES: Final = ("PYTEST_", "PLAYWRIGHT_", "PW_")
_CHECK_SECONDS: Final = 1.0
_COLLECTED: Final = (0, 1, 5)
"""Exit codes of pytest that come to its regular end: passed, failed, nothing collected."""


@dataclass(frozen=True)
class Unit:
    """Specs that run in one program: those of one folder, or one file.

    Attributes:
        module: Module they cover.
        place: The folder or file.
        specs: What is there.
    """

    module: str
    place: Path
    specs: tuple[Spec, ...]


@dataclass(frozen=True)
class UnitRun:
    """How the specs of a unit ran.

    Attributes:
        unit: The unit.
        journal: What the plugin saw.
        done: How pytest ended, None when it was ended because something broke down.
        cause: Why there is no full result, None when there is.
        log: What pytest printed.
    """

    unit: Unit
    journal: Journal
    done: Completed | None
    cause: str | None
    log: Path


@dataclass(frozen=True)
class Bench:
    """What all units of a run share.

    Attributes:
        settings: The configuration.
        root: Folder of the workspace.
        server: The server that the specs run against.
        postgres: Where its database lives.
        browsers: Browsers that every spec runs in.
        video: What videos are recorded with.
        evidence: Folder for what is kept.
        scratch: Folder for the rest.
        progress: Where to say what goes on.
        on_start: Called with the process id of each program.
    """

    settings: Settings
    root: Path
    server: OdooServer
    postgres: PostgresServer
    browsers: Sequence[Browser]
    video: Video
    evidence: Path
    scratch: Path
    progress: Progress
    on_start: Callable[[int], None] | None = None


def run(bench: Bench, unit: Unit, name: str, time_limit: float) -> UnitRun:
    """Run the specs of *unit* and return what came of it, whatever broke down meanwhile.

    Args:
        bench: What all units share.
        unit: The specs.
        name: Names the unit's files; letters, digits, dots, dashes.
        time_limit: Seconds for them.

    Raises:
        Interrupted: The run was ended.
    """
    plan = _plan(bench, unit, name)
    path = bench.scratch / f"plan-{name}.json"
    plan.write(path)
    config = bench.scratch / "pytest.ini"
    config.write_text(_CONFIGURATION, encoding="utf-8")
    log = bench.evidence / f"pytest-{name}.log"
    watch = _Watch(bench, bench.scratch / f"journal-{name}.jsonl")
    done, cause = None, None
    try:
        done = process.run(
            "pytest",
            [*_command(bench, unit, name, config), OPTION, path],
            env=_environ(bench),
            cwd=unit.place if unit.place.is_dir() else unit.place.parent,
            time_limit=time_limit,
            log=log,
            secrets=bench.settings.secrets,
            on_poll=watch.look,
            on_start=bench.on_start,
            lifeline=True,
        )
        watch.check()
    except EnvironmentProblem as error:
        cause = str(error)
    read = journal.read(watch.path)
    if cause is None and done is not None:
        cause = _cause(done, read, time_limit)
    elif read.running:
        cause = f"{cause} {read.running.test} was running."
    return UnitRun(unit, read, done, cause, log)


class _Watch:
    """Looks while specs run whether what they stand on still stands."""

    def __init__(self, bench: Bench, path: Path) -> None:
        self.path = path
        self._bench = bench
        self._next = 0.0
        self._size = 0

    def look(self) -> None:
        """Check the servers, and say which test runs.

        Raises:
            EnvironmentProblem: Odoo or PostgreSQL is gone.
        """
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _CHECK_SECONDS
        self.check()
        size = self.path.stat().st_size if self.path.exists() else 0
        if size == self._size:
            return
        self._size = size
        read = journal.read(self.path)
        self._bench.progress.step("e2e", read.last.test if read.last else "warming up")
        over = sum(
            tries[-1].outcome != journal.UNFINISHED for tries in read.tries.values()
        )
        self._bench.progress.amount("e2e", over, len(read.collected) or None)

    def check(self) -> None:
        """Make sure that Odoo and PostgreSQL are there.

        Raises:
            EnvironmentProblem: One is gone; the last lines of Odoo's log come along.
        """
        self._bench.server.check()
        try:
            self._bench.postgres.connect().close()
        except EnvironmentProblem as error:
            running = self._bench.server.running
            message = (
                f"PostgreSQL at {self._bench.postgres.address} went away while the specs "
                f"ran; the log of Odoo ends with: {running.last_lines(5)}"
            )
            raise EnvironmentProblem(message, hint=f"See {running.log}.") from error


def _plan(bench: Bench, unit: Unit, name: str) -> Plan:
    limits = bench.settings.e2e
    return Plan(
        module=unit.module,
        root=str(bench.root),
        url=bench.server.url,
        database=bench.server.database,
        password=PASSWORD,
        journal=str(bench.scratch / f"journal-{name}.jsonl"),
        artifacts=str(bench.evidence / name),
        server_log=str(bench.server.running.log),
        test_time_limit=limits.test_time_limit,
        executables={
            browser.name: browser.program
            for browser in bench.browsers
            if browser.program
        },
    )


def _command(bench: Bench, unit: Unit, name: str, config: Path) -> list[str | Path]:
    folder = unit.place if unit.place.is_dir() else unit.place.parent
    record = "retain-on-failure"
    return [
        *(sys.executable, "-m", "pytest", unit.place),
        *(word for plugin in PLUGINS for word in ("-p", plugin)),
        *("-p", "no:cacheprovider", "-c", config, "--rootdir", bench.root),
        # What lies above the specs, as the module itself, is nothing that pytest may import.
        *("--confcutdir", folder, "--import-mode", "prepend"),
        *("--continue-on-collection-errors", "--tb", "short", "--color", "no", "-ra"),
        *(f"--browser={browser.name}" for browser in bench.browsers),
        *("--reruns", str(bench.settings.e2e.retries)),
        *("--output", bench.evidence / name),
        *("--screenshot", "only-on-failure", "--tracing", record),
        *("--video", record if bench.video.path else "off"),
        *("--html", bench.evidence / f"report-{name}.html", "--self-contained-html"),
    ]


def _environ(bench: Bench) -> dict[str, str]:
    kept = {
        name: value
        for name, value in bench.settings.child_environ().items()
        if not name.startswith(_NO_VARIABLES) or name == LOCATION
    }
    if bench.video.location:
        kept[LOCATION] = str(bench.video.location)
    return {
        **kept,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",  # the module stays as it is
        "PYTHONUNBUFFERED": "1",
    }


def _cause(done: Completed, read: Journal, time_limit: float) -> str | None:
    """Return why the specs have no full result, None when they have."""
    during = f" {read.running.test} was running." if read.running else ""
    if done.timed_out:
        return f"The specs did not end within {time_limit:.0f} s.{during}"
    if read.crash:
        return read.crash
    if read.refused:
        return None  # told for each file
    if not read.ended or done.returncode not in _COLLECTED:
        if done.returncode < 0:
            how = f"was killed by signal {-done.returncode}"
        else:
            how = f"ended early with exit code {done.returncode}"
        said = process.tail(done.output, 5)
        return f"pytest {how}.{during} Its output ends with: {said}"
    return None
