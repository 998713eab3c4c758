"""A real Odoo server on a database of its own, on loopback, for as long as a block runs."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

import requests

from qgate import process
from qgate.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from qgate.environment.database import Database
    from qgate.environment.odoo import OdooInstallation
    from qgate.environment.postgres import PostgresServer
    from qgate.process import Running
    from qgate.settings import Settings

LAUNCHER: Final = Path(__file__).with_name("serving_launcher.py")

HEALTH: Final = "/web/health?db_server_status=1"
"""Answers 200 only when the server reaches its database server."""

START_SECONDS: Final = 120.0
"""What a server may take until it is healthy; 2 to 3 s were seen with `account`."""

_POLL_SECONDS: Final = 0.1
_ANSWER_SECONDS: Final = 10.0


@dataclass(frozen=True)
class OdooServer:
    """A running Odoo server.

    Attributes:
        url: Its address, without a slash at the end.
        database: The database it serves.
        running: Its process.
    """

    url: str
    database: str
    running: Running

    def check(self) -> None:
        """Make sure that it still runs.

        Raises:
            EnvironmentProblem: It has ended; the last lines of its log come along.
        """
        if self.running.returncode is not None:
            message = (
                f"The Odoo server died with exit code {self.running.returncode}; "
                f"its log ends with: {self.running.last_lines(5)}"
            )
            raise EnvironmentProblem(message, hint=f"See {self.running.log}.")

    def health(self) -> tuple[int, str]:
        """Return status and body of its health endpoint, the database server included.

        Raises:
            EnvironmentProblem: It does not answer.
        """
        try:
            with requests.Session() as session:
                session.trust_env = False  # no proxy stands before loopback
                answer = session.get(f"{self.url}{HEALTH}", timeout=_ANSWER_SECONDS)
        except requests.RequestException as error:
            self.check()
            message = f"{self.url}{HEALTH} does not answer ({type(error).__name__})."
            raise EnvironmentProblem(
                message, hint=f"See {self.running.log}."
            ) from error
        return answer.status_code, answer.text

    def wait_until_healthy(self, time_limit: float = START_SECONDS) -> float:
        """Return the seconds it took until the server was healthy.

        Raises:
            EnvironmentProblem: It died, or was not healthy in time.
            Interrupted: The run was ended.
        """
        begun = time.monotonic()
        said = "it did not answer"
        while time.monotonic() - begun < time_limit:
            process.check_interrupted()
            self.check()
            try:
                status, body = self.health()
            except EnvironmentProblem:
                time.sleep(_POLL_SECONDS)
                continue
            if status == HTTPStatus.OK:
                return time.monotonic() - begun
            said = f"it answered {status}: {process.tail(body, 1)}"
            time.sleep(_POLL_SECONDS)
        message = (
            f"The Odoo server was not healthy after {time_limit:.0f} s ({said}); "
            f"its log ends with: {self.running.last_lines(5)}"
        )
        raise EnvironmentProblem(message, hint=f"See {self.running.log}.")


@contextmanager
def serve(
    settings: Settings,
    odoo: OdooInstallation,
    postgres: PostgresServer,
    database: Database,
    *,
    addons: Sequence[Path],
    log: Path,
    workers: int = 0,
    light_passwords: bool = False,
    on_start: Callable[[int], None] | None = None,
    start_limit: float = START_SECONDS,
) -> Iterator[OdooServer]:
    """Serve *database* on a free port of the loopback interface; healthy when given.

    Args:
        settings: The configuration.
        odoo: The Odoo that serves.
        postgres: Where the database lives.
        database: What to serve.
        addons: Addons paths beside Odoo's own.
        log: File for Odoo's log.
        workers: Processes; 0 is one with threads.
        light_passwords: Whether to hash passwords in one round, where nobody's are at stake
            and what logging in costs is not measured.
        on_start: Called with the process id.
        start_limit: Seconds until it has to be healthy.

    Raises:
        EnvironmentProblem: It does not become healthy.
        ToolFailed: It cannot be started.
        Interrupted: The run was ended.
    """
    port = free_port()
    config = database.data_dir / "odoo.conf"  # instead of the person's own ~/.odoorc
    config.touch()
    paths = ",".join(map(str, (*addons, *odoo.addons)))
    argv: list[str | Path] = [
        *(odoo.python, LAUNCHER),
        *(("--light-passwords",) if light_passwords else ()),
        *("--config", str(config)),
        *("--database", database.name, "--no-database-list"),
        *("--data-dir", database.data_dir, "--addons-path", paths),
        *("--http-interface", "127.0.0.1", "--http-port", str(port)),
        *("--workers", str(workers), "--max-cron-threads", "0"),
    ]
    if workers:
        # Beyond Odoo's defaults a worker ends itself in the middle of a measurement.
        argv += ["--gevent-port", str(free_port()), "--limit-memory-soft", "0"]
    with process.background(
        "odoo",
        argv,
        env=odoo.environ(settings, postgres),
        log=log,
        cwd=database.data_dir,
        secrets=settings.secrets,
        on_start=on_start,
    ) as running:
        server = OdooServer(f"http://127.0.0.1:{port}", database.name, running)
        server.wait_until_healthy(start_limit)
        yield server


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
