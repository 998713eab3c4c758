"""HAProxy in front of a target: one map says which colour is live and whether writes wait.

The map is changed through the runtime API, which takes effect with the next request; requests
in flight end on the colour they began on. The map's file is changed too, so that a restart of
HAProxy finds the same.
"""

from __future__ import annotations

import csv
import io
import os
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jinja2

from qgate.delivery.target import COLOURS, ports
from qgate.errors import EnvironmentProblem

if TYPE_CHECKING:
    from qgate.sections import Target

TEMPLATE: Final = Path(__file__).with_name("haproxy.cfg.j2")
LIVE: Final = "live"
WRITES: Final = "writes"
OPEN: Final = "open"
HELD: Final = "held"
_ANSWER_SECONDS: Final = 10.0
_UP: Final = "UP"
"""Of a server with all its checks passed; `UP 1/3` is one on its way down."""

_PASSED: Final = "L7OK"
"""Of a check that got the status it expects."""

_READS: Final = (
    "read",
    "search",
    "search_read",
    "search_count",
    "search_fetch",
    "web_read",
    "web_search_read",
    "read_group",
    "web_read_group",
    "formatted_read_group",
    "formatted_read_grouping_sets",
    "read_progress_bar",
    "name_search",
    "web_name_search",
    "fields_get",
    "get_view",
    "get_views",
    "default_get",
    "onchange",
    "has_access",
    "search_panel_select_range",
    "search_panel_select_multi_range",
)
"""Methods that only read; while writes are held, calls of any other one are told to wait."""


def configuration(name: str, target: Target) -> str:
    """Return the configuration of HAProxy for the target *name*."""
    environment = jinja2.Environment(autoescape=False, keep_trailing_newline=True)  # noqa: S701
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        name=name,
        socket=_address(target),
        bind=target.proxy.bind,
        map=target.proxy.map,
        reads="|".join(_READS),
        colours={colour: ports(target, colour) for colour in COLOURS},
    )


class Proxy:
    """The HAProxy of one target.

    Args:
        target: Says where it listens for commands, and where its map lies.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._map = Path(target.proxy.map)

    def state(self) -> dict[str, str]:
        """Return what the running HAProxy has in its map.

        Raises:
            EnvironmentProblem: It does not answer, or has no such map.
        """
        answer = self._ask(f"show map {self._map}")
        if "unknown map" in answer.lower():
            message = (
                f"HAProxy at {self._target.proxy.socket} does not use {self._map}."
            )
            hint = "Configure it with what `qgate proxy` prints."
            raise EnvironmentProblem(message, hint=hint)
        words = (line.split() for line in answer.splitlines())
        return {parts[1]: parts[2] for parts in words if len(parts) == 3}  # noqa: PLR2004

    def change(self, **values: str) -> None:
        """Set values of the map: first in its file, then in the running HAProxy.

        All of them take effect in the order given, within one command.

        Raises:
            EnvironmentProblem: The file cannot be written, or HAProxy refuses.
        """
        before = self.state()
        self._write({**before, **values})
        commands = [
            f"{'set' if key in before else 'add'} map {self._map} {key} {value}"
            for key, value in values.items()
        ]
        said = self._ask(";".join(commands)).strip()
        after = self.state()
        if any(after.get(key) != value for key, value in values.items()):
            message = f"HAProxy does not take {values}: {said or 'it says nothing'}."
            raise EnvironmentProblem(message, hint="See HAProxy's log.")

    def up(self, colour: str) -> bool:
        """Tell whether HAProxy finds every server of *colour* healthy."""
        return not self.not_up(colour)

    def not_up(self, colour: str, *, websockets: bool = True) -> str:
        """Return what HAProxy does not find healthy of *colour*, nothing when all is.

        A server that it has not looked at yet, or whose last check failed, is not: HAProxy
        begins with every server up.

        Args:
            colour: Which colour.
            websockets: Whether the servers that websockets go to count, too.
        """
        found = self._stats()
        wrong = []
        for backend in _backends(colour, websockets=websockets):
            rows = [row for row in found if row["pxname"] == backend]
            servers = [row for row in rows if row["svname"] != "BACKEND"]
            wrong += [_told(row) for row in servers if not _healthy(row)]
            if not servers:
                wrong.append(f"{backend} is missing")
        return ", ".join(wrong)

    def in_flight(self, colour: str) -> int:
        """Return how many requests *colour* is answering, websockets left out."""
        return sum(
            int(row["scur"] or 0)
            for row in self._stats()
            if row["pxname"] == f"odoo-{colour}" and row["svname"] == "BACKEND"
        )

    def _stats(self) -> list[dict[str, str]]:
        text = self._ask("show stat").lstrip("# ")
        return list(csv.DictReader(io.StringIO(text)))

    def _write(self, values: dict[str, str]) -> None:
        text = "".join(f"{key} {value}\n" for key, value in values.items())
        try:
            handle, part = tempfile.mkstemp(dir=self._map.parent, prefix=".state-")
            with os.fdopen(handle, "w") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(part).chmod(0o644)
            Path(part).replace(self._map)
        except OSError as error:
            message = (
                f"The proxy's map {self._map} cannot be written ({error.strerror})."
            )
            hint = "Deploy on the proxy's host, as a user who may write it."
            raise EnvironmentProblem(message, hint=hint) from error

    def _ask(self, command: str) -> str:
        where = self._target.proxy.socket
        try:
            with _open(where) as connection:
                connection.sendall(f"{command}\n".encode())
                parts = []
                while part := connection.recv(65536):
                    parts.append(part)
        except OSError as error:
            message = f"HAProxy at {where} does not answer ({error.strerror or error})."
            hint = "Start it, and check proxy.socket of the target."
            raise EnvironmentProblem(message, hint=hint) from error
        return b"".join(parts).decode(errors="replace")


def _backends(colour: str, *, websockets: bool) -> list[str]:
    return [f"odoo-{colour}", *([f"odoo-{colour}-websocket"] if websockets else [])]


def _healthy(row: dict[str, str]) -> bool:
    followed = bool(row["tracked"])  # checked at the server whose port it shares
    passed = followed or row["check_status"].removeprefix("* ") == _PASSED
    return row["status"] == _UP and passed


def _told(row: dict[str, str]) -> str:
    check = row["check_status"] or "not checked yet"
    return f"{row['pxname']}/{row['svname']} is {row['status']} ({check})"


def _open(where: str) -> socket.socket:
    host, colon, port = where.rpartition(":")
    if colon and not where.startswith("/"):
        return socket.create_connection((host, int(port)), timeout=_ANSWER_SECONDS)
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(_ANSWER_SECONDS)
        connection.connect(where)
    except BaseException:
        connection.close()
        raise
    return connection


def _address(target: Target) -> str:
    where = target.proxy.socket
    return where if where.startswith("/") else f"ipv4@{where}"
