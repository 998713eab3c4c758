"""One run of Odoo's suite: installs modules into a clone and tests them, under coverage."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qgate import process
from qgate.environment.serving import free_port
from qgate.odoo_suite import journal, log
from qgate.odoo_suite.coverage import OMIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from qgate.environment.database import Database
    from qgate.environment.odoo import OdooInstallation
    from qgate.environment.postgres import PostgresServer
    from qgate.odoo_suite.journal import Journal
    from qgate.odoo_suite.log import Entry, Result
    from qgate.process import Completed
    from qgate.stages.base import Context
    from qgate.workspace import Module

LAUNCHER: Final = Path(__file__).with_name("launcher.py")

COMPLETED: Final = "completed"
TIME_LIMIT: Final = "time_limit"
EARLY: Final = "early"
INSTALL_FAILED: Final = "install_failed"
KILLED: Final = "killed"


@dataclass(frozen=True)
class SuiteRun:
    """What is known of a run of the suite, from sources that do not depend on each other.

    Attributes:
        done: How the process ended.
        journal: What the launcher wrote inside of it.
        entries: Odoo's log.
        result: Odoo's own count in that log.
        states: State and version of each module, from the database, after the end.
        data: Coverage data file; it may not exist.
    """

    done: Completed
    journal: Journal
    entries: Sequence[Entry]
    result: Result | None
    states: Mapping[str, tuple[str, str | None]]
    data: Path

    @property
    def ended(self) -> str:
        """How it ended: completed, time_limit, early, install_failed or killed."""
        if self.done.timed_out:
            return TIME_LIMIT
        if self.journal.code is None:
            return KILLED if self.done.returncode < 0 else EARLY
        return COMPLETED if self.journal.code in (0, 1) else INSTALL_FAILED

    @property
    def cause(self) -> str | None:
        """Why it did not complete, from the log."""
        if self.ended == COMPLETED:
            return None
        if self.ended == TIME_LIMIT:
            return "it was ended at its time limit"
        return log.cause(self.done.output)


def run(
    context: Context,
    installation: OdooInstallation,
    server: PostgresServer,
    database: Database,
) -> SuiteRun:
    """Install and test the modules of *context* in *database*.

    Raises:
        ToolFailed: Odoo cannot be started.
        Interrupted: The run was ended.
    """
    progress = _Progress(context)
    plan = context.scratch / "plan.json"
    data = context.evidence / "coverage.data"
    measured = (*context.modules, *context.neighbours)
    folders = [str(module.path.resolve()) for module in measured]
    plan.write_text(
        json.dumps(
            {
                "journal": str(progress.path),
                "coverage": str(data),
                "source": folders,
                "omit": [*OMIT],
            }
        )
    )
    environ = installation.environ(context.settings, server)
    forget_bytecode(
        environ, (*context.workspace.addons, *context.workspace.extra_addons)
    )
    names = ", ".join(module.name for module in context.modules)
    context.progress.step("tests", f"installing {names}")
    done = process.run(
        "odoo",
        [
            installation.python,
            LAUNCHER,
            plan,
            *arguments(context, installation, database),
        ],
        env=environ,
        cwd=context.scratch,
        time_limit=context.settings.tests.time_limit,
        log=context.evidence / "odoo.log",
        secrets=context.settings.secrets,
        on_poll=progress.look,
        on_start=context.environment.record_process,
        lifeline=True,
    )
    entries = log.entries(done.output)
    return SuiteRun(
        done=done,
        journal=journal.read(progress.path),
        entries=entries,
        result=log.result(entries),
        states=_states(server, database, context.modules),
        data=data,
    )


def arguments(
    context: Context, installation: OdooInstallation, database: Database
) -> list[str]:
    """Return Odoo's arguments: install the modules and run their tests, then stop."""
    names = [module.name for module in context.modules]
    workspace = context.workspace
    addons = (*workspace.addons, *workspace.extra_addons, *installation.addons)
    tags = [f"/{name}" for name in names]
    if context.settings.tests.tags:
        tags.append(context.settings.tests.tags)
    # An empty file: what a person keeps in ~/.odoorc must not change a measurement.
    config = context.scratch / "odoo.conf"
    config.touch()
    return [
        *("--config", str(config)),
        *("--database", database.name, "--data-dir", str(database.data_dir)),
        *("--addons-path", ",".join(map(str, addons))),
        *("--init", ",".join(names), "--test-tags", ",".join(tags)),
        *("--stop-after-init", "--max-cron-threads", "0", "--workers", "0"),
        *("--http-interface", "127.0.0.1", "--http-port", str(free_port())),
        *("--screenshots", str(context.evidence / "screenshots")),
    ]


def forget_bytecode(environ: Mapping[str, str], folders: Iterable[Path]) -> None:
    """Remove compiled files of the workspace: they know a change by whole seconds only."""
    cache = environ.get("PYTHONPYCACHEPREFIX")
    if cache:
        for folder in folders:
            path = Path(f"{cache}{folder.resolve()}")
            shutil.rmtree(path, ignore_errors=True)


def _states(
    server: PostgresServer, database: Database, modules: Iterable[Module]
) -> dict[str, tuple[str, str | None]]:
    with server.connect(database.name) as connection:
        rows = connection.execute(
            "SELECT name, state, latest_version FROM ir_module_module"
            " WHERE name = ANY(%s)",
            ([module.name for module in modules],),
        ).fetchall()
    return {name: (state, version) for name, state, version in rows}


class _Progress:
    """Follows the journal while Odoo writes it."""

    def __init__(self, context: Context) -> None:
        self.path = context.scratch / "journal.jsonl"
        self._progress = context.progress
        self._position = 0
        self._begun = 0
        self._polls = 0

    def look(self) -> None:
        """Tell the test that began last, about four times a second."""
        self._polls += 1
        if self._polls % 5 or not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._position)
            lines = file.read().splitlines(keepends=True)
        last = None
        for line in lines:
            if not line.endswith(b"\n"):
                break
            self._position += len(line)
            if b'"event": "start"' in line:
                self._begun += 1
                last = line
        if last:
            event = json.loads(last)
            name = f"test {self._begun}: {event['class']}.{event['test']}"
            self._progress.step("tests", name)
