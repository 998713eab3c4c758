"""A local server that speaks Anthropic's Messages API, streaming included.

Events and errors are those of platform.claude.com/docs/en/build-with-claude/streaming
and .../api/errors.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer
    from werkzeug.wrappers import Request


@dataclass
class Reply:
    """One answer of the server."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0


@dataclass
class MessagesApi:
    """The server: gives its replies in turn and keeps what it was asked."""

    server: HTTPServer
    replies: list[Reply] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.expect_request("/v1/messages", method="POST").respond_with_handler(
            self._handle
        )

    @property
    def environ(self) -> dict[str, str]:
        """Environment that leads the client here."""
        return {
            "ANTHROPIC_API_KEY": "sk-ant-made-up-key",
            "ANTHROPIC_BASE_URL": self.server.url_for("").rstrip("/"),
        }

    def _handle(self, request: Request) -> Response:
        self.requests.append(json.loads(request.get_data()))
        self.headers.append(dict(request.headers))
        reply = self.replies.pop(0)
        if reply.wait:
            time.sleep(reply.wait)
        kind = "text/event-stream" if reply.status == 200 else "application/json"
        return Response(reply.body, reply.status, reply.headers, content_type=kind)

    def uses_tool(self, name: str, given: object, **rest: Any) -> None:
        """Answer with a use of a tool, as a stream."""
        self.replies.append(Reply(body=tool_stream(name, json.dumps(given), **rest)))

    def fails(self, status: int, kind: str, **headers: str) -> None:
        """Answer with an error."""
        body = {"type": "error", "error": {"type": kind, "message": f"{kind} here"}}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies.append(Reply(status, json.dumps(body), named))


def _event(kind: str, **data: object) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n"


def _opened(usage: dict[str, int]) -> str:
    message: dict[str, Any] = {
        "id": "msg_1", "type": "message", "role": "assistant", "content": [],
        "model": "claude-sonnet-5-5", "stop_reason": None, "stop_sequence": None,
        "usage": {"output_tokens": 1, **usage},
    }  # fmt: skip
    return _event("message_start", message=message)


def _closed(stop: str, tokens: int) -> str:
    return _event(
        "message_delta",
        delta={"stop_reason": stop, "stop_sequence": None},
        usage={"output_tokens": tokens},
    ) + _event("message_stop")


def tool_stream(
    name: str,
    text: str,
    *,
    stop: str = "tool_use",
    tokens: int = 500,
    usage: dict[str, int] | None = None,
) -> str:
    """Return the stream of an answer that uses a tool; *text* is its input as sent."""
    pieces = [text[place : place + 300] for place in range(0, len(text), 300)]
    block = {"type": "tool_use", "id": "toolu_1", "name": name, "input": {}}
    deltas = (
        _event(
            "content_block_delta",
            index=0,
            delta={"type": "input_json_delta", "partial_json": piece},
        )
        for piece in pieces
    )
    return "".join(
        (
            _opened(usage or {"input_tokens": 100}),
            _event("content_block_start", index=0, content_block=block),
            *deltas,
            _event("content_block_stop", index=0),
            _closed(stop, tokens),
        )
    )


def text_stream(text: str, *, stop: str = "end_turn") -> str:
    """Return the stream of an answer in words."""
    block = {"type": "text", "text": ""}
    delta = {"type": "text_delta", "text": text}
    return "".join(
        (
            _opened({"input_tokens": 100}),
            _event("content_block_start", index=0, content_block=block),
            _event("content_block_delta", index=0, delta=delta),
            _event("content_block_stop", index=0),
            _closed(stop, 20),
        )
    )


def broken_stream() -> str:
    """Return a stream that ends in an error after it has begun."""
    error = {"type": "overloaded_error", "message": "Overloaded"}
    return _opened({"input_tokens": 100}) + _event("error", error=error)
