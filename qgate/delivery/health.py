"""Whether one Odoo answers: its health page, and a websocket as a browser opens one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import requests
import websocket

HEALTH: Final = "/web/health?db_server_status=1"
_ANSWER_SECONDS: Final = 10.0


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
