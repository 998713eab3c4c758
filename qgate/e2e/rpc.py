"""Calls Odoo's methods over HTTP as one user, to arrange data and to look behind the screen."""

from __future__ import annotations

from typing import Any, Final

import requests

_ANSWER_SECONDS: Final = 60.0


MISSING: Final = "odoo.exceptions.MissingError"
"""Name of the error about a record that is not there."""


class RpcError(Exception):
    """Odoo refused a call.

    Odoo answers errors with HTTP 200, so the body is what counts.

    Attributes:
        name: Class of the error, as odoo.exceptions.UserError.
    """

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name


class Rpc:
    """A session of one user.

    Args:
        url: The server, without a slash at the end.
        database: The database.
        login: The user.
        password: His password.

    Raises:
        RpcError: Login or password is wrong.
    """

    def __init__(self, url: str, database: str, login: str, password: str) -> None:
        self._url = url
        self._http = requests.Session()
        self._http.trust_env = False  # no proxy stands before the loopback interface
        answer = self._post(
            "/web/session/authenticate",
            {"db": database, "login": login, "password": password},
        )
        self.uid = int(answer["uid"])

    @property
    def session_id(self) -> str:
        """The session, as the browser's cookie names it."""
        return str(self._http.cookies["session_id"])

    def call(self, model: str, method: str, *args: object, **kwargs: object) -> Any:  # noqa: ANN401
        """Return what *method* of *model* returns.

        Args:
            model: As in `res.partner`.
            method: A public method.
            *args: Its arguments; for a method of records the first is the list of ids.
            **kwargs: Its named arguments.

        Raises:
            RpcError: Odoo refused it.
        """
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def create(self, model: str, **values: object) -> int:
        """Create one record and return its id.

        Raises:
            RpcError: Odoo refused it.
        """
        return int(self.call(model, "create", [values])[0])

    def write(self, model: str, record: int, **values: object) -> None:
        """Write *values* into one record.

        Raises:
            RpcError: Odoo refused it.
        """
        self.call(model, "write", [record], values)

    def search(
        self, model: str, domain: list[Any], *fields: str, order: str = "id"
    ) -> list[dict[str, Any]]:
        """Return *fields* of the records that match *domain*.

        Raises:
            RpcError: Odoo refused it.
        """
        found: list[dict[str, Any]] = self.call(
            model, "search_read", domain, list(fields), order=order
        )
        return found

    def read(self, model: str, record: int, *fields: str) -> dict[str, Any]:
        """Return *fields* of one record.

        Raises:
            RpcError: Odoo refused it, or there is no such record.
        """
        found = self.call(model, "read", [record], list(fields))
        if not found:
            raise RpcError(MISSING, f"There is no {model} with id {record}")
        values: dict[str, Any] = found[0]
        return values

    def _post(self, path: str, params: dict[str, object]) -> Any:  # noqa: ANN401
        asked: Any = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self._http.post(
            f"{self._url}{path}",
            json=asked,
            timeout=_ANSWER_SECONDS,
        )
        answer.raise_for_status()
        body = answer.json()
        if error := body.get("error"):
            data = error.get("data") or {}
            message = data.get("message") or error.get("message") or "no message"
            raise RpcError(str(data.get("name") or "error"), str(message))
        return body.get("result")
