"""Smoke tests: what a user does first, tried on one colour before anybody is sent there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import requests

from qgate import process
from qgate.delivery import target as targets
from qgate.delivery.colour import ColourFailed
from qgate.delivery.health import no_websocket
from qgate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qgate.delivery.colour import Colour

_SECONDS: Final = 120.0
"""The first page after an install compiles its assets."""

_ASSET: Final = re.compile(r"""(?:src|href)=["'](/web/assets/[^"']+\.(?:js|css))["']""")


def credentials(colour: Colour) -> tuple[str, str]:
    """Return login and password of the smoke tests.

    Raises:
        UsageError: They are not set.
    """
    smoke = colour.target.smoke
    login = colour.settings.secret(smoke.login_env)
    password = colour.settings.secret(smoke.password_env)
    if not login or not password:
        message = f"The smoke tests need {smoke.login_env} and {smoke.password_env}."
        raise UsageError(message, hint="Set them in the environment of the deploy.")
    return login, password


def run(colour: Colour, *, cron: bool) -> list[str]:
    """Try the colour; return what was seen, one sentence each.

    Args:
        colour: What to try; nothing else is reached.
        cron: Whether its scheduled actions have to be alive.

    Raises:
        ColourFailed: Something does not work, and what.
        UsageError: The credentials are not set.
    """
    login, password = credentials(colour)
    bus = _has_bus(colour)
    seen = []
    for url, websocket in zip(colour.urls, colour.websocket_urls, strict=True):
        with requests.Session() as session:
            client = _Client(session, url)
            try:
                seen += _try(client, colour, login, password)
            except requests.RequestException as error:
                message = f"{client.doing} failed: {type(error).__name__}."
                raise ColourFailed(process.mask(message, [password])) from error
            if bus:
                seen.append(_open_websocket(websocket, session))
    if cron:
        colour.wait_for_cron()
        seen.append("scheduled actions alive")
    return list(dict.fromkeys(seen))


def _has_bus(colour: Colour) -> bool:
    """Tell whether the module that answers websockets is installed."""
    database = colour.release.database
    with targets.connect(colour.settings, colour.target, database) as connection:
        row = connection.execute(
            "SELECT 1 FROM ir_module_module WHERE name = 'bus' AND state = 'installed'"
        ).fetchone()
    return row is not None


def _open_websocket(url: str, session: requests.Session) -> str:
    cookie = session.cookies.get("session_id") or ""
    if why := no_websocket(url, cookie, _SECONDS):
        message = f"Opening a websocket at {url} failed: {why}."
        raise ColourFailed(message)
    return "a websocket opened"


class _Client:
    """Calls one Odoo; remembers what it is doing."""

    def __init__(self, session: requests.Session, url: str) -> None:
        self._session = session
        self._url = url
        self.doing = "nothing"

    def call(self, path: str, params: Mapping[str, object]) -> Any:  # noqa: ANN401
        body: Any = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        answer = self._session.post(f"{self._url}{path}", json=body, timeout=_SECONDS)
        try:
            data = answer.json()
        except ValueError:
            data = {}
        if answer.status_code != requests.codes.ok or "result" not in data:
            error = (data.get("error") or {}).get("data") or {}
            why = error.get("message") or f"HTTP status {answer.status_code}"
            message = f"{self.doing} failed: {process.tail(str(why), 1).rstrip('.')}."
            raise ColourFailed(message)
        return data["result"]

    def method(self, model: str, name: str, *args: object, **kwargs: object) -> Any:  # noqa: ANN401
        return self.call(
            f"/web/dataset/call_kw/{model}/{name}",
            {"model": model, "method": name, "args": args, "kwargs": kwargs},
        )

    def page(self, path: str) -> str:
        answer = self._session.get(f"{self._url}{path}", timeout=_SECONDS)
        if answer.status_code != requests.codes.ok or not answer.content:
            message = f"{self.doing} failed: {path} answers {answer.status_code}."
            raise ColourFailed(message)
        return answer.text


def _try(client: _Client, colour: Colour, login: str, password: str) -> list[str]:
    smoke = colour.target.smoke
    client.doing = "Login"
    session = client.call(
        "/web/session/authenticate",
        {"db": colour.release.database, "login": login, "password": password},
    )
    if not session.get("uid"):
        message = "Login failed: nobody is logged in."
        raise ColourFailed(message)
    client.doing = f"Listing {smoke.model}"
    listed = client.method(
        smoke.model, "web_search_read", domain=[], specification={"id": {}}, limit=5
    )
    client.doing = f"Creating a record of {smoke.model}"
    [made] = client.method(smoke.model, "create", [dict(smoke.values)])
    try:
        client.doing = f"Reading the new record of {smoke.model}"
        if not client.method(smoke.model, "read", [made], ["id"]):
            message = f"{client.doing} failed: it is not there."
            raise ColourFailed(message)
    finally:
        client.doing = f"Deleting the new record of {smoke.model}"
        client.method(smoke.model, "unlink", [made])
    client.doing = "Loading the web client"
    assets = sorted(set(_ASSET.findall(client.page("/odoo"))))
    if not assets:
        message = f"{client.doing} failed: /odoo names no assets."
        raise ColourFailed(message)
    for path in assets:
        client.doing = f"Loading {path}"
        client.page(path)
    for path in smoke.paths:
        client.doing = f"Loading {path}"
        client.page(path)
    return [
        "logged in",
        f"{len(listed['records'])} records listed",
        "a record created, read and deleted",
        f"{len(assets)} assets loaded",
        *(f"{path} loaded" for path in smoke.paths),
    ]
