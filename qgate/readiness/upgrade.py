"""Odoo itself, in an upgrade: installs the version in production, fills it, upgrades it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qgate import process
from qgate.errors import EnvironmentProblem
from qgate.odoo_suite import log as odoo_log
from qgate.odoo_suite.suite import forget_bytecode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qgate.environment.database import Database
    from qgate.process import Completed
    from qgate.stages.base import Context

FILLING: Final = Path(__file__).with_name("filling.py")

_AT_WORK: Final = re.compile(
    r" odoo\.modules\.(?:loading: (?:Loading module|Module) (?P<loading>\w+)"
    r"|migration: module (?P<migrating>\w+): Running migration)"
)
_SCRIPT: Final = re.compile(
    r"odoo\.modules\.migration: module (\w+): Running migration (\[.+?\] \S+)"
)


@dataclass
class Upgrade:
    """Runs Odoo on one database, in one version of the modules after the other.

    Attributes:
        context: That of the stage.
        database: What is upgraded.
        deadline: When the last program has to have ended, on the monotonic clock.
    """

    context: Context
    database: Database
    deadline: float

    def install(self, names: Sequence[str], addons: Sequence[Path]) -> None:
        """Install the version in production.

        Raises:
            EnvironmentProblem: It cannot be installed.
        """
        done = self._run("install", addons, "--init", ",".join(names))
        self._demand(done, f"Installing {', '.join(names)} as in production")

    def fill(self, addons: Sequence[Path], plan: Mapping[str, object]) -> None:
        """Make records in the version in production.

        Raises:
            EnvironmentProblem: Odoo does not start, or a record cannot be written.
        """
        call = f"\nfill(env, {dict(plan)!r})\n"
        script = FILLING.read_text(encoding="utf-8") + call
        done = self._run("fill", addons, command="shell", stdin=script.encode())
        self._demand(done, "Filling the version in production with records")

    def upgrade(self, names: Sequence[str], addons: Sequence[Path]) -> Completed:
        """Upgrade to the current version and return how that ended.

        Raises:
            EnvironmentProblem: It did not end in time, was killed, or lost its database.
        """
        done = self._run("upgrade", addons, "--update", ",".join(names))
        if done.timed_out or done.returncode < 0 or odoo_log.database_gone(done.output):
            self._demand(done, f"Upgrading {', '.join(names)}")
        return done

    def _run(
        self,
        step: str,
        addons: Sequence[Path],
        *arguments: str,
        command: str = "",
        stdin: bytes | None = None,
    ) -> Completed:
        context, database = self.context, self.database
        installation = context.environment.odoo()
        environ = installation.environ(context.settings, context.environment.postgres())
        forget_bytecode(environ, addons)
        config = context.scratch / f"migration-{step}.conf"  # instead of ~/.odoorc
        config.touch()
        context.progress.step("readiness", f"migration: {step}")
        return process.run(
            "odoo",
            installation.command(
                *filter(None, (command,)),
                *("--config", config, "--database", database.name),
                *("--data-dir", database.data_dir),
                *("--addons-path", ",".join(map(str, (*addons, *installation.addons)))),
                *("--no-http", "--max-cron-threads", "0"),
                *(() if command else ("--stop-after-init",)),
                *arguments,
            ),
            env=environ,
            cwd=context.scratch,
            time_limit=max(1.0, self.deadline - time.monotonic()),
            log=context.evidence / f"migration-{step}.log",
            secrets=context.settings.secrets,
            on_start=context.environment.record_process,
            lifeline=stdin is None,
            stdin=stdin,
        )

    def _demand(self, done: Completed, what: str) -> None:
        """Refuse to go on after a program that did not end well."""
        if done.timed_out:
            message = f"{what} did not end within readiness.time_limit."
            raise EnvironmentProblem(message, hint="Raise it, or look at the log.")
        if odoo_log.database_gone(done.output):
            message = f"PostgreSQL went away: {what.lower()} was cut short."
            raise EnvironmentProblem(message, hint=process.tail(done.output, 2))
        if done.returncode < 0:
            message = f"{what} was killed by signal {-done.returncode}."
            raise EnvironmentProblem(message, hint=process.tail(done.output, 2))
        if done.returncode:
            cause = odoo_log.cause(done.output) or process.tail(done.output, 3)
            raise EnvironmentProblem(f"{what} failed: {cause}.".replace("..", "."))


def at_work(text: str) -> str | None:
    """Return the module that Odoo was working on when it gave up, by its log."""
    last = None
    for match in _AT_WORK.finditer(text):
        last = match["loading"] or match["migrating"]
    return last


def scripts(text: str, module: str) -> list[str]:
    """Return the migration scripts of *module* that ran, by the log."""
    return [name for owner, name in _SCRIPT.findall(text) if owner == module]
