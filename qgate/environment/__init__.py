"""The components a workspace is judged with: found, provisioned, verified."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Self, TypeVar

import psycopg

from qgate.environment import browser, containers, odoo, postgres, scanner
from qgate.environment.component import STAGE
from qgate.environment.database import Databases
from qgate.environment.leases import Lease
from qgate.environment.strays import clear_strays, drop_own
from qgate.errors import EnvironmentProblem, QgateError
from qgate.frames import tables
from qgate.progress import Silence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import TracebackType

    import pandas as pd

    from qgate.environment.browser import Browser, Video
    from qgate.environment.odoo import OdooInstallation
    from qgate.environment.postgres import PostgresServer
    from qgate.environment.scanner import Database, Scanner
    from qgate.progress import Progress
    from qgate.settings import Settings

__all__ = ["OPTIONAL", "Environment"]

_T = TypeVar("_T")

OPTIONAL = frozenset({"Chromium", "Container engine", "Trivy", "Trivy database"})
"""Components that only some stages need: without a browser Odoo skips its browser tests."""


class Environment:
    """The components of one run; each is found or provisioned when it is first asked for.

    Safe to use from several threads. Closing it drops what the run holds outside itself.

    Args:
        settings: The configuration.
        progress: Where to say what goes on.
    """

    def __init__(self, settings: Settings, progress: Progress | None = None) -> None:
        self._settings = settings
        self._progress = progress or Silence()
        self._lock = threading.RLock()
        self._odoo: OdooInstallation | None = None
        self._postgres: PostgresServer | None = None
        self._embedded: postgres.Embedded | None = None
        self._lease: Lease | None = None
        self._rows: dict[str, dict[str, Any]] = {}
        self._once: dict[str, Future[Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def odoo(self) -> OdooInstallation:
        """Return Odoo 19.

        Raises:
            EnvironmentProblem: There is none and none can be got.
        """
        with self._lock:
            if self._odoo is None:
                may = self._settings.environment.provision
                self._odoo = self._find_odoo(provision=may)
            return self._odoo

    def postgres(self) -> PostgresServer:
        """Return PostgreSQL, started if it is the embedded one.

        Raises:
            EnvironmentProblem: It does not answer.
        """
        with self._lock:
            if self._postgres is None:
                if self._lease is None:
                    lease = Lease(self._settings.home / "leases")
                    lease.take()
                    self._lease = lease
                values = postgres.named_server(self._settings)
                if values:
                    server = postgres.connect_named(values)
                else:
                    self._embedded = postgres.Embedded(self._settings, self._progress)
                    server = self._embedded.start()
                self._lease.use(server.address)
                clear_strays(self._lease.folder, server)
                self._postgres = server
                self._ready("PostgreSQL", server.version, server.source, server.address)
            return self._postgres

    def databases(self) -> Databases:
        """Return what makes templates and clones.

        Raises:
            EnvironmentProblem: Odoo or PostgreSQL cannot be had.
        """
        with self._lock:
            server = self.postgres()
            installation = self.odoo()
            lease = self._lease
            assert lease is not None  # noqa: S101 - postgres() has set it
        return Databases(self._settings, installation, server, lease, self._progress)

    def record_process(self, pid: int) -> None:
        """Note a process that the next run ends if this one is killed."""
        with self._lock:
            if self._lease:
                self._lease.record(pid)

    def once(self, key: str, make: Callable[[], _T]) -> _T:
        """Return what *make* returned for *key*, which is called once in a run.

        Stages that want the same thing at once wait for it; if it cannot be made, each is
        told so.
        """
        with self._lock:
            mine = key not in self._once
            promise = self._once.setdefault(key, Future())
        if mine:
            try:
                promise.set_result(make())
            except BaseException as error:
                promise.set_exception(error)
                raise
        result: _T = promise.result()
        return result

    def browser(self) -> tuple[Path | str, str]:
        """Return executable and version of Chromium.

        Raises:
            EnvironmentProblem: There is none.
        """
        with self._lock:
            path, version = browser.find(self._settings)
            self._ready("Chromium", version, "installed", str(path))
            return path, version

    def browsers(self, names: Sequence[str]) -> tuple[Browser, ...]:
        """Return the browsers that Playwright is to drive.

        Args:
            names: chromium, firefox or webkit.

        Raises:
            EnvironmentProblem: One is missing.
        """
        found = [browser.for_playwright(self._settings, name) for name in names]
        with self._lock:
            for one in found:
                title = browser.TITLES[one.name]
                self._ready(title, one.version, one.source, one.path)
        return tuple(found)

    def video(self, browsers: Sequence[Browser]) -> Video:
        """Return what videos of *browsers* are recorded with; there may be nothing.

        Raises:
            EnvironmentProblem: QGATE_HOME cannot be written.
        """
        found = browser.video(self._settings, browsers)
        with self._lock:
            if found.path:
                self._ready("ffmpeg", found.version, "installed", found.path)
            else:
                self._rows["ffmpeg"] = {
                    "component": "ffmpeg",
                    "status": "missing",
                    "detail": "No videos are recorded. Install it "
                    "(Debian: `apt-get install ffmpeg`).",
                }
        return found

    def scanner(self) -> tuple[Scanner, Database]:
        """Return Trivy and its vulnerability database, downloaded if that is due.

        Raises:
            EnvironmentProblem: One of them is missing.
        """

        def get() -> tuple[Scanner, Database]:
            found = scanner.find(self._settings)
            with self._lock:
                self._ready("Trivy", found.version, found.source, str(found.path))
            return found, scanner.provide(self._settings, found, self._progress)

        found, database = self.once("Trivy", get)
        with self._lock:
            self._has_database(database)
        return found, database

    def took(self, name: str, version: str, source: str, path: str) -> None:
        """Note a component that a stage found by itself."""
        with self._lock:
            self._ready(name, version, source, path)

    def used(self) -> pd.DataFrame:
        """Return the components that were asked for, as the frame `components`."""
        return tables.COMPONENTS.frame(self._rows.values())

    def components(self, *, provision: bool = False) -> pd.DataFrame:
        """Return all components, as the frame `components`.

        Args:
            provision: Get what is missing; otherwise only look.
        """
        found: list[dict[str, Any]] = []
        found.append(self._look("Odoo", lambda: self._look_odoo(provision=provision)))
        found.append(self._look("PostgreSQL", self._look_postgres))
        found.append(self._look("Chromium", self._look_browser))
        found.append(self._look("Container engine", self._look_engine))
        found.append(self._look("Trivy", self._look_scanner))
        found.append(self._look("Trivy database", self._look_database))
        return tables.COMPONENTS.frame(found)

    def close(self) -> None:
        """Give up the lease; the embedded server stops when no other run uses it."""
        with self._lock:
            if self._lease:
                self._lease.release(cleared=self._cleared(self._lease))
                self._lease = None
            if self._embedded:
                self._embedded.stop_if_unused()
                self._embedded = None
            self._postgres = None

    def _cleared(self, lease: Lease) -> bool:
        """Drop what a failure left of this run's databases; tell whether none is there."""
        if self._postgres is None:
            return True
        try:
            drop_own(lease, self._postgres)
        except (QgateError, psycopg.Error):
            return False  # the next run tries again
        return True

    def _ready(self, name: str, version: str, source: str, path: str) -> None:
        self._progress.ended(STAGE, "ready")
        self._rows[name] = {
            "component": name,
            "version": version,
            "source": source,
            "path": path,
            "status": "ready",
        }

    def _look(self, name: str, look: Any) -> dict[str, Any]:  # noqa: ANN401
        try:
            look()
        except QgateError as error:
            return {"component": name, "status": "missing", "detail": str(error)}
        return self._rows[name]

    def _look_odoo(self, *, provision: bool) -> None:
        with self._lock:
            self._odoo = self._odoo or self._find_odoo(provision=provision)

    def _find_odoo(self, *, provision: bool) -> OdooInstallation:
        found = odoo.find(self._settings, self._progress, provision=provision)
        where = str(found.addons[0].parent.parent)
        self._ready("Odoo", found.version, found.source, where)
        return found

    def _look_postgres(self) -> None:
        self.postgres()

    def _look_engine(self) -> None:
        with containers.connected(self._settings) as engine:
            version = f"{engine.name} {engine.version}"
            self._ready("Container engine", version, "DOCKER_HOST", engine.host)

    def _look_browser(self) -> None:
        self.browser()

    def _look_scanner(self) -> None:
        found = scanner.find(self._settings)
        self._ready("Trivy", found.version, found.source, str(found.path))

    def _look_database(self) -> None:
        """Look only: it is large, and stage security gets it when it needs it."""
        database = scanner.look(self._settings, scanner.find(self._settings))
        if database is None:
            message = f"There is none in {scanner.folder(self._settings)}."
            hint = f"{scanner.HOW_TO_GET_A_DATABASE} Stage security downloads it."
            raise EnvironmentProblem(message, hint=hint)
        self._has_database(database)

    def _has_database(self, database: Database) -> None:
        named = self._settings.security.database
        self._ready(
            "Trivy database",
            f"{database.updated:%Y-%m-%d %H:%M} UTC",
            "security.database" if named else "downloaded",
            str(database.folder),
        )
