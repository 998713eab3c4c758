"""A database server of the tests' own."""

from __future__ import annotations

import contextlib
import os
import pwd
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from qgate.delivery.upgrade import client_folders
from tests.support.containers import free_port, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

BIN = client_folders()[0]
DATABASE_PASSWORD = "canary-database-88e1"
"""Of the user who owns the databases; must not be found in anything that a deploy writes."""


@dataclass
class Postgres:
    """A server on loopback that asks for a password.

    Attributes:
        port: Its port.
    """

    port: int

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Return a connection that commits by itself."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="odoo",
            password=DATABASE_PASSWORD,
            dbname=database,
            autocommit=True,
        )

    def environ(self) -> dict[str, str]:
        """Return what libpq needs."""
        return {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": "odoo",
            "PGPASSWORD": DATABASE_PASSWORD,
        }


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a server of its own; it is gone afterwards."""
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.getuid())
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="qgate-pg-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        data = Path(folder) / "data"
        data.mkdir()
        secret = Path(folder) / "password"
        secret.write_text(DATABASE_PASSWORD)
        for path in (data, secret):
            os.chown(path, user.pw_uid, user.pw_gid)
        as_user: dict[str, Any] = {"cwd": folder}
        if os.geteuid() == 0:
            as_user |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        subprocess.run(
            [
                BIN / "initdb",
                "-D",
                data,
                "-U",
                "odoo",
                "-A",
                "scram-sha-256",
                "-N",
                f"--pwfile={secret}",
                "-E",
                "UTF8",
                "--locale=C",
            ],
            check=True,
            capture_output=True,
            **as_user,
        )
        options = [
            *("-c", "listen_addresses=127.0.0.1", "-c", f"port={port}"),
            *("-c", "unix_socket_directories=", "-c", "fsync=off"),
            *("-c", "synchronous_commit=off", "-c", "max_connections=200"),
        ]
        log = Path(folder) / "log"
        with log.open("wb") as out:
            server = subprocess.Popen(
                [BIN / "postgres", "-D", data, *options],
                stdout=out,
                stderr=out,
                **as_user,
            )
        running = Postgres(port)
        try:
            wait_for(lambda: _up(running))
            yield running
        finally:
            server.send_signal(2)  # fast shutdown
            server.wait()


def _up(server: Postgres) -> bool:
    try:
        server.connect().close()
    except psycopg.OperationalError:
        return False
    return True
