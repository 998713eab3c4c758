"""One load: Locust runs in a process of its own, and what it leaves is put together."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg

from qgate import process
from qgate.errors import EnvironmentProblem, StageFailed
from qgate.performance import journal
from qgate.performance.plan import PASSWORD, STOP_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from qgate.environment.postgres import PostgresServer
    from qgate.environment.serving import OdooServer
    from qgate.performance.journal import Journal
    from qgate.performance.plan import Plan
    from qgate.process import Completed
    from qgate.stages.base import Context

COMPLETED: Final = "completed"
TIME_LIMIT: Final = "time_limit"
EARLY: Final = "early"
SERVER_DIED: Final = "server_died"

_DESCRIBE_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 1.0
_STEP_SECONDS: Final = 5.0
_CONNECT_SECONDS: Final = 5


@dataclass(frozen=True)
class Load:
    """What is known of a load.

    Attributes:
        journal: What Locust's process wrote down.
        done: How that process ended, None when it was ended because a server died.
        died: What died, and how.
    """

    journal: Journal
    done: Completed | None
    died: str | None = None

    @property
    def ended(self) -> str:
        """How it ended: completed, time_limit, early or server_died."""
        if self.died:
            return SERVER_DIED
        if self.done and self.done.timed_out:
            return TIME_LIMIT
        return EARLY if self.cause else COMPLETED

    @property
    def cause(self) -> str | None:
        """Why it did not complete, without a final stop."""
        if self.died:
            return self.died.rstrip(".")
        assert self.done is not None  # noqa: S101 - nothing died
        if self.done.timed_out:
            return "it was ended at performance.time_limit"
        told = self.journal
        if told.problem:
            return told.problem
        if told.counted is None or journal.MEASURED not in told.times:
            code = self.done.returncode
            how = (
                f"was killed by signal {-code}"
                if code < 0
                else f"ended with code {code}"
            )
            said = process.tail(self.done.output, 3)
            return f"Locust {how} before the load was over; its log ends with: {said}"
        if told.cut:
            return f"some users still had no answer {STOP_SECONDS:.0f} s after the end"
        return None


def describe(context: Context, plan: Plan) -> Journal:
    """Return what the locustfiles of *plan* declare.

    Raises:
        StageFailed: One cannot be imported, or declares nothing of use.
    """
    path = context.scratch / "described.jsonl"
    done = process.run(
        "locust",
        _command(context, plan, "--describe", journal_path=path),
        env=_environ(context, ""),
        cwd=context.scratch,
        time_limit=_DESCRIBE_SECONDS,
        log=context.evidence / "locustfiles.log",
        secrets=context.settings.secrets,
        on_start=context.environment.record_process,
    )
    told = journal.read(path)
    if told.problem:
        message = f"{told.problem}."
        raise StageFailed(message, hint="Correct the locustfile.")
    if done.timed_out or not told.users:
        why = (
            f"took longer than {_DESCRIBE_SECONDS:.0f} s"
            if done.timed_out
            else f"ended the process with code {done.returncode}"
        )
        message = f"Importing the locustfiles {why}."
        said = process.tail(done.output, 3)
        raise StageFailed(message, hint=f"The last lines were: {said}")
    return told


def run(
    context: Context,
    plan: Plan,
    *,
    password: str,
    server: OdooServer | None,
    postgres: PostgresServer | None,
) -> Load:
    """Put the load of *plan* on its host, and return what is known of it.

    Users come and warm the server up beside other stages; measuring begins when the stage is
    alone.

    Args:
        context: That of the stage.
        plan: What the load is to be.
        password: Password of the users.
        server: The Odoo under load, where it is ours.
        postgres: The PostgreSQL behind it, where it is ours.

    Raises:
        ToolFailed: Locust cannot be started.
        Interrupted: The run was ended.
    """
    path = Path(plan.journal)
    limit = context.settings.performance.time_limit
    with context.turn.claimed() as alone:
        watch = _Watch(context, plan, server, postgres, alone)
        try:
            done = process.run(
                "locust",
                _command(context, plan),
                env=_environ(context, password),
                cwd=context.scratch,
                time_limit=lambda: limit + context.turn.waited,
                log=context.evidence / "locust.log",
                secrets=(*context.settings.secrets, password),
                on_poll=watch.look,
                on_start=context.environment.record_process,
                lifeline=True,
            )
        except EnvironmentProblem as error:
            return Load(journal.read(path), None, died=error.message)
        finally:
            watch.close()
    return Load(journal.read(path), done)


def _command(
    context: Context, plan: Plan, *words: str, journal_path: Path | None = None
) -> list[str | Path]:
    if journal_path:
        plan = type(plan)(plan.locustfiles, str(journal_path))
    path = plan.save(context.scratch / f"plan{len(words)}.json")
    # -P: what lies in the folder it runs in must not hide what it imports.
    return [sys.executable, "-P", "-m", "qgate.performance.launcher", *words, path]


def _environ(context: Context, password: str) -> dict[str, str]:
    """Return Locust's environment; configurations of its own must not change the load."""
    kept: Mapping[str, str] = context.settings.child_environ(
        HOME=str(context.scratch), PYTHONDONTWRITEBYTECODE="1", PYTHONUNBUFFERED="1"
    )
    own = {name: v for name, v in kept.items() if not name.startswith("LOCUST_")}
    return own | ({PASSWORD: password} if password else {})


class _Watch:
    """Looks after Odoo and PostgreSQL while Locust runs, and tells how far it is."""

    def __init__(
        self,
        context: Context,
        plan: Plan,
        server: OdooServer | None,
        postgres: PostgresServer | None,
        alone: Callable[[], bool],
    ) -> None:
        self._context = context
        self._alone = alone
        self._given: float | None = None
        self._plan = plan
        self._server = server
        self._postgres = postgres
        self._connection: Any = None
        self._looked = 0.0
        self._stepped = 0.0
        self._read: Callable[[], dict[str, Any] | None] = _tail(Path(plan.journal))
        self._before: dict[str, Any] | None = None
        self._started: float | None = None
        if postgres:
            self._connection = postgres.connect()

    def look(self) -> None:
        """Let measuring begin in its turn; see every second whether the servers are there.

        Raises:
            EnvironmentProblem: One is not.
        """
        now = time.monotonic()
        if self._given is None and self._alone():
            if self._plan.begin:
                Path(self._plan.begin).touch()
            self._given = time.time()
        if now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        if self._server:
            self._server.check()
        if self._connection is not None and self._postgres:
            try:
                self._connection.execute("SELECT 1")
            except psycopg.Error as error:
                message = (
                    f"PostgreSQL at {self._postgres.address} went away under load "
                    f"({process.tail(str(error), 1)})"
                )
                if self._server:
                    message += (
                        f"; Odoo's log ends with: {self._server.running.last_lines(3)}"
                    )
                raise EnvironmentProblem(message) from error
        self._tell(now)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()

    def _tell(self, now: float) -> None:
        tick = self._read()
        if tick is None:
            return
        self._started = self._started or tick["time"] - 1
        progress, total = self._context.progress, self._plan.seconds
        ready = self._started + self._plan.before
        at = min(tick["time"], ready) - self._started
        if self._given:  # what the users kept still for is no progress
            at = min(at + max(0.0, tick["time"] - max(ready, self._given)), total)
        if self._before and now - self._stepped >= _STEP_SECONDS:
            passed = tick["time"] - self._before["time"]
            rps = (
                (tick["requests"] - self._before["requests"]) / passed if passed else 0
            )
            text = f"{tick['users']} users, {rps:.1f} requests/s, {at:.0f} of {total:.0f} s"
            if self._given is None and tick["time"] >= ready:
                text = f"{tick['users']} users wait until nothing else runs"
            progress.step("performance", text)
            self._stepped, self._before = now, tick
        self._before = self._before or tick
        progress.amount("performance", at, total)


def _tail(path: Path) -> Callable[[], dict[str, Any] | None]:
    """Return what reads the newest tick that was added to *path*, None if none was."""
    place = 0

    def read() -> dict[str, Any] | None:
        nonlocal place
        if not path.exists():
            return None
        with path.open("rb") as file:
            file.seek(place)
            added = file.read()
        whole = added.rpartition(b"\n")[0]
        place += len(whole) + 1 if whole else 0
        lines = [line for line in whole.splitlines() if b'"event": "tick"' in line]
        return journal.tick(lines[-1]) if lines else None

    return read
