"""What one look at a running Odoo takes: its health, the new lines of its log, connections."""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import psycopg
import requests

from qgate.errors import QgateError, UsageError
from qgate.odoo_suite.log import entries

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.environment.postgres import PostgresServer

HEALTH: Final = "/web/health?db_server_status=1"

_REQUEST: Final = re.compile(r'"[A-Z]+ (?P<path>\S+) HTTP/[\d.]+" (?P<status>\d{3}) ')
_ERRORS: Final = frozenset({"ERROR", "CRITICAL"})
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_READ_AT_ONCE: Final = 16 * 2**20
"""Bytes of the log that one look reads at most; the rest waits for the next."""

_CONNECTIONS: Final = """
    SELECT count(*) FILTER (WHERE datname = %(name)s),
        count(*) FILTER (WHERE datname = %(name)s AND state = 'active'),
        count(*),
        current_setting('max_connections')::int
    FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


class Health:
    """The health endpoint of one server.

    Args:
        url: Address of the server.
        time_limit: Seconds after which there is no answer.

    Raises:
        UsageError: It is no address of a server.
    """

    def __init__(self, url: str, time_limit: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            message = f"{url} is no address of a server."
            raise UsageError(message, hint="Give it as https://odoo.example.com.")
        self._asked = url.rstrip("/") + HEALTH
        place = parts.netloc.rpartition("@")[2]
        self.url = f"{parts.scheme}://{place}{parts.path.rstrip('/')}"
        self._time_limit = time_limit
        self._session = requests.Session()
        # No proxy stands before loopback.
        self._session.trust_env = parts.hostname not in _LOOPBACK

    def look(self) -> dict[str, Any]:
        """Return `healthy`, `status`, `response_time` and `problem` of now."""
        begun = time.monotonic()
        try:
            answer = self._session.get(
                self._asked, timeout=self._time_limit, allow_redirects=False
            )
        except requests.RequestException as error:
            why = f"{self.url} does not answer ({type(error).__name__})."
            return {"healthy": False, "problem": why}
        took = 1000 * (time.monotonic() - begun)
        problem = _unwell(answer)
        return {
            "healthy": problem is None,
            "status": answer.status_code,
            "response_time": took,
            "problem": f"{self.url}: {problem}" if problem else None,
        }


def _unwell(answer: requests.Response) -> str | None:
    """Return why an answer does not say that Odoo is well."""
    try:
        said = answer.json()
    except ValueError:
        said = None
    known = isinstance(said, dict)
    if known and said.get("db_server_status") is False:
        return "Odoo does not reach its database server."
    if answer.status_code != HTTPStatus.OK:
        return f"its health check answers {answer.status_code}."
    if not known or said.get("status") != "pass":
        return "what answers the health check is not Odoo."
    return None


class Log:
    """The log of Odoo from now on, also when it is rotated.

    Args:
        path: The file; it may come later.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._inode = 0
        self._offset = 0
        self._rest = b""
        try:
            found = path.stat()
        except OSError:
            return
        self._inode, self._offset = found.st_ino, found.st_size

    def look(self) -> dict[str, Any]:
        """Return `requests`, `errors` and `error_rate` since the look before.

        Raises:
            OSError: The file cannot be read.
        """
        log = entries(self._new_lines())
        statuses = [
            int(match["status"])
            for entry in log
            if entry.logger == "werkzeug"
            and (match := _REQUEST.search(entry.text))
            and not match["path"].startswith("/web/health")
        ]
        failed = sum(status >= HTTPStatus.INTERNAL_SERVER_ERROR for status in statuses)
        # A request that fails leaves an entry; one over JSON-RPC is answered with 200.
        errors = max(failed, sum(entry.level in _ERRORS for entry in log))
        rate = 100 * errors / len(statuses) if statuses else 100.0 if errors else 0.0
        return {
            "requests": len(statuses),
            "errors": errors,
            "error_rate": min(rate, 100.0),
        }

    def _new_lines(self) -> str:
        """Return the whole lines that came since the last call."""
        with self.path.open("rb") as file:
            found = self.path.stat()
            if found.st_ino != self._inode or found.st_size < self._offset:
                self._inode, self._offset, self._rest = found.st_ino, 0, b""
            file.seek(self._offset)
            read = file.read(_READ_AT_ONCE)
        self._offset += len(read)
        whole, newline, self._rest = (self._rest + read).rpartition(b"\n")
        return (whole + newline).decode("utf-8", "replace")


class Connections:
    """The connections to one database.

    Args:
        server: The database server.
        database: Name of the database.
    """

    def __init__(self, server: PostgresServer, database: str) -> None:
        self._server = server
        self._database = database

    def look(self) -> dict[str, Any]:
        """Return `connections`, `active`, `all_connections` and `max_connections` of now.

        Raises:
            QgateError: The server cannot be reached.
        """
        try:
            with self._server.connect() as connection:
                found = connection.execute(
                    _CONNECTIONS, {"name": self._database}
                ).fetchone()
        except psycopg.Error as error:
            message = f"PostgreSQL at {self._server.address} does not answer."
            raise QgateError(message, hint="Is it running?") from error
        names = ("connections", "active", "all_connections", "max_connections")
        return dict(zip(names, found or (), strict=True))
