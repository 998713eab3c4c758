"""What a target is made of: names, ports, its database, the folder of its state."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg

from qgate import process
from qgate.errors import EnvironmentProblem, UsageError

if TYPE_CHECKING:
    from qgate.sections import Target
    from qgate.settings import Settings

COLOURS: Final = ("blue", "green")
REHEARSAL: Final = "rehearsal"
"""A colour that no proxy knows: an upgraded copy is proven with it."""

LABEL: Final = "org.qgate"
_OFFSETS: Final = {"blue": 0, "green": 100, REHEARSAL: 200}


@dataclass(frozen=True)
class Ports:
    """Where one replica listens.

    Attributes:
        address: Interface.
        http: Port for requests.
        websocket: Port for /websocket, another one only when Odoo has worker processes.
    """

    address: str
    http: int
    websocket: int


def find(settings: Settings, name: str) -> Target:
    """Return the target *name* of the configuration.

    Raises:
        UsageError: There is none.
    """
    if name not in settings.targets:
        known = ", ".join(settings.targets) or "none"
        message = f"There is no target {name} in the configuration (it has {known})."
        raise UsageError(message, hint=f"Describe it in qgate.toml, [targets.{name}].")
    return settings.targets[name]


def other(colour: str) -> str:
    """Return the colour that is not *colour*."""
    return COLOURS[1 - COLOURS.index(colour)]


def ports(target: Target, colour: str) -> list[Ports]:
    """Return where the replicas of *colour* listen; a rehearsal has one, of one process."""
    first = target.port + _OFFSETS[colour]
    trial = colour == REHEARSAL
    count = 1 if trial else target.replicas
    apart = 1 if target.workers and not trial else 0
    return [
        Ports(
            "127.0.0.1",
            first + 2 * number,
            first + 2 * number + apart,
        )
        for number in range(count)
    ]


def state_folder(settings: Settings, name: str) -> Path:
    """Return the folder of a target's journal and lock."""
    chosen = find(settings, name).state
    if chosen:
        return settings.root / Path(chosen).expanduser()
    return settings.home / "targets" / name


def environ(settings: Settings, target: Target, database: str) -> dict[str, str]:
    """Return the environment with which libpq and Odoo find *database*."""
    chosen = target.database
    found = {
        "PGHOST": chosen.host,
        "PGPORT": str(chosen.port),
        "PGUSER": chosen.user,
        "PGPASSWORD": settings.secret(chosen.password_env),
        "PGSSLMODE": chosen.sslmode,
        "PGDATABASE": database,
    }
    return {key: value for key, value in found.items() if value}


def connect(
    settings: Settings, target: Target, database: str, *, autocommit: bool = True
) -> psycopg.Connection[Any]:
    """Return a connection to *database* of the target's server.

    Raises:
        EnvironmentProblem: It does not answer, or there is no such database.
    """
    chosen = target.database
    password = settings.secret(chosen.password_env)
    try:
        return psycopg.connect(
            host=chosen.host,
            port=chosen.port,
            user=chosen.user,
            password=password or None,
            sslmode=chosen.sslmode,
            dbname=database,
            autocommit=autocommit,
            connect_timeout=10,
            application_name="qgate",
        )
    except psycopg.OperationalError as error:
        said = process.mask(str(error), [password]).strip().splitlines()[-1].rstrip(".")
        message = (
            f"Database {database} at {chosen.host}:{chosen.port} "
            f"does not answer ({said})."
        )
        hint = f"Start PostgreSQL, and check the target's database and {chosen.password_env}."
        raise EnvironmentProblem(message, hint=hint) from error


def name_of(target: str, colour: str, part: str) -> str:
    """Return the name of a container: *part* is a number, `cron` or `once`."""
    return f"qgate-{target}-{colour}-{part}"
