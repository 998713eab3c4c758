"""What Odoo's answers mean: it answers errors of JSON-RPC with HTTP 200."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, Final

_MESSAGE_CHARACTERS: Final = 200


def answer(status: int, body: str | None) -> tuple[Any, str | None]:
    """Return the result in an answer to a JSON-RPC call, and what is wrong with it, if it is.

    Args:
        status: HTTP status.
        body: The answer's text.
    """
    if status != HTTPStatus.OK:
        return None, f"HTTP {status}"
    try:
        data = json.loads(body or "")
    except ValueError:
        return None, "The answer is not JSON"
    if not isinstance(data, dict) or "jsonrpc" not in data:
        return None, "The answer is not one of JSON-RPC"
    if error := data.get("error"):
        return None, _told(error)
    return data.get("result"), None  # Odoo leaves out a result that is None


def _told(error: Any) -> str:  # noqa: ANN401 - whatever the server has sent
    """Return kind and first line of an error; the same fault has to give the same words."""
    if not isinstance(error, dict):
        return short(str(error))
    data = error.get("data")
    data = data if isinstance(data, dict) else {}
    kind = str(data.get("name") or "").rpartition(".")[2]
    said = str(data.get("message") or error.get("message") or "no message")
    line = next((line for line in said.splitlines() if line.strip()), "no message")
    return short(f"{kind}: {line.strip()}" if kind else line.strip())


def short(text: str) -> str:
    """Return *text*, cut where it gets too long to be told."""
    if len(text) <= _MESSAGE_CHARACTERS:
        return text
    return f"{text[: _MESSAGE_CHARACTERS - 3]}..."
