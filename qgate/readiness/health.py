"""Check health: a real server answers on its health endpoint, and its database answers too."""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

import psycopg

from qgate import process
from qgate.environment.serving import HEALTH
from qgate.readiness.base import ERROR, FAILED, PASSED, Found

if TYPE_CHECKING:
    from qgate.environment.postgres import PostgresServer
    from qgate.environment.serving import OdooServer


def check(server: OdooServer, postgres: PostgresServer) -> list[Found]:
    """Return what the health endpoint and the database of *server* answer, and how fast.

    Args:
        server: A running Odoo.
        postgres: Where its database lives.

    Raises:
        EnvironmentProblem: One of the two does not answer at all.
    """
    return [_endpoint(server), _query(server.database, postgres)]


def _endpoint(server: OdooServer) -> Found:
    begun = time.monotonic()
    status, body = server.health()
    took = (time.monotonic() - begun) * 1000
    log = (server.running.log.name,)
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    good = (
        status == HTTPStatus.OK
        and isinstance(said, dict)
        and said.get("status") == "pass"
        and said.get("db_server_status") is True
    )
    if not good:
        detail = f"{HEALTH} answered {status}: {process.tail(body, 1)[:200]}"
        return Found(HEALTH, FAILED, detail, log)
    detail = f"Answer {status}, the database server included, in {took:.0f} ms."
    return Found(HEALTH, PASSED, detail, log)


def _query(database: str, postgres: PostgresServer) -> Found:
    subject = "SELECT 1"
    begun = time.monotonic()
    try:
        with postgres.connect(database) as connection:
            row = connection.execute("SELECT 1").fetchone()
    except psycopg.Error as error:
        return Found(subject, ERROR, f"PostgreSQL refused ({error}).")
    took = (time.monotonic() - begun) * 1000
    if row != (1,):
        return Found(subject, FAILED, f"PostgreSQL answered {row}.")
    detail = f"PostgreSQL answered in {took:.0f} ms, connecting included."
    return Found(subject, PASSED, detail)
