"""Whether Odoo answers: its health page, a websocket as a browser opens one; and stays alive."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import requests
import websocket

if TYPE_CHECKING:
    from collections.abc import Iterable

HEALTH: Final = "/web/health?db_server_status=1"
_ANSWER_SECONDS: Final = 10.0
_CRASHES: Final = 3
"""So often a container may end before it is healthy, as when its database is slow to come."""


def unhealthy(url: str) -> str:
    """Return why the Odoo at *url* is not healthy, nothing when it is."""
    try:
        answer = requests.get(f"{url}{HEALTH}", timeout=_ANSWER_SECONDS)
    except requests.RequestException as error:
        return type(error).__name__
    if answer.status_code != HTTPStatus.OK:
        return f"{HEALTH} answers {answer.status_code}"
    return ""


def no_websocket(url: str, session: str, seconds: float) -> str:
    """Return why no websocket can be opened at *url*, nothing when one was and answered.

    The first one makes Odoo's process for websockets load the database's models, so that no
    browser waits for it later.

    Args:
        url: Where Odoo answers websockets, as http://127.0.0.1:8101.
        session: The session to open it in.
        seconds: How long to wait for each answer.
    """
    try:
        opened = websocket.create_connection(
            f"{url.replace('http', 'ws', 1)}/websocket",
            cookie=f"session_id={session}",
            origin=url,
            timeout=seconds,
        )
        try:
            opened.ping("qgate")
            opcode, _ = opened.recv_data_frame(control_frame=True)
        finally:
            opened.close()
    except websocket.WebSocketBadStatusException as error:
        return f"/websocket answers {error.status_code}"
    except (websocket.WebSocketException, OSError) as error:
        return type(error).__name__
    if opcode != websocket.ABNF.OPCODE_PONG:
        return "it is closed before it answers"
    return ""


class Crashes:
    """Sees that a container ends again and again, though the engine starts it again each time.

    Args:
        containers: The containers as they are now; what they did before does not count.
    """

    def __init__(self, containers: Iterable[Any]) -> None:
        self._before = {item.name: _restarts(item) for item in containers}

    def among(self, containers: Iterable[Any]) -> Any | None:  # noqa: ANN401
        """Return the one of *containers* that ends again and again, None when none does."""
        for item in containers:
            if _restarts(item) - self._before.get(item.name, 0) >= _CRASHES:
                return item
        return None


def _restarts(container: Any) -> int:  # noqa: ANN401
    return int(container.attrs.get("RestartCount") or 0)
