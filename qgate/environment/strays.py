"""Databases by name: told apart, dropped, and those of killed runs cleared away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql

from qgate.environment import leases

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.environment.leases import Lease
    from qgate.environment.postgres import PostgresServer


def clear_strays(folder: Path, server: PostgresServer) -> list[str]:
    """Drop the databases and end the processes that killed runs left; return the names."""
    gone = []
    for lease, data in leases.dead(folder):
        leases.end_processes(data)
        if data.get("server") not in ("", None, server.address):
            continue  # its databases are elsewhere; a run that works there clears them
        gone += drop_own(lease, server)
        leases.forget(lease)
    return gone


def drop_own(lease: Lease, server: PostgresServer) -> list[str]:
    """Drop every database whose name begins with the prefix of *lease*; return the names."""
    with server.connect() as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
            (lease.prefix,),
        ).fetchall()
        for (name,) in rows:
            drop(connection, name)
    return [str(name) for (name,) in rows]


def execute(connection: Any, statement: str, *names: str) -> None:  # noqa: ANN401
    """Run a *statement* with the *names* of databases in the places of its braces."""
    # Names of databases are never put into a statement as text.
    quoted = sql.SQL(statement).format(*map(sql.Identifier, names))
    connection.execute(quoted)


def exists(connection: Any, name: str) -> bool:  # noqa: ANN401
    """Tell whether there is a database *name*."""
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
    return found.fetchone() is not None


def drop(connection: Any, name: str) -> None:  # noqa: ANN401
    """Drop database *name*, if there is one, a template or not, in use or not."""
    if exists(connection, name):
        execute(connection, "ALTER DATABASE {} WITH IS_TEMPLATE false", name)
        execute(connection, "DROP DATABASE {} WITH (FORCE)", name)
