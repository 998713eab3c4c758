"""A local server that answers as Notion's API documents (version 2025-09-03)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer
    from werkzeug.wrappers import Request

PAGE: Final = "11111111-1111-4111-8111-111111111111"
SOURCE: Final = "22222222-2222-4222-8222-222222222222"
DATABASE: Final = "33333333-3333-4333-8333-333333333333"


@dataclass
class NotionApi:
    """The server, with what is in it.

    Attributes:
        pages: By id.
        children: Blocks by the id of what they are in.
        limited: How many requests are refused first, as too many.
        page_size: Most results of an answer, so that there are several.
    """

    server: HTTPServer
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    children: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    databases: dict[str, dict[str, Any]] = field(default_factory=dict)
    token: str = "ntn_made-up-token"
    readonly: bool = False
    limited: int = 0
    broken: int = 0
    page_size: int = 2
    asked: list[tuple[str, str]] = field(default_factory=list)
    queries: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.expect_request(_Any()).respond_with_handler(self._handle)

    @property
    def environ(self) -> dict[str, str]:
        """Environment that leads the client here."""
        return {
            "NOTION_TOKEN": self.token,
            "NOTION_BASE_URL": self.server.url_for("").rstrip("/"),
        }

    def add_page(
        self,
        title: str,
        *blocks: dict[str, Any],
        page_id: str = PAGE,
        **properties: object,
    ) -> None:
        """Add a page with blocks; those within a block are its `children`."""
        named = {name.replace("_", " "): value for name, value in properties.items()}
        self.pages[page_id] = {
            "object": "page",
            "id": page_id,
            "url": f"https://www.notion.so/Ticket-{page_id.replace('-', '')}",
            "properties": {
                "Name": {"id": "title", "type": "title", "title": rich(title)},
                **named,
            },
        }
        self._put(page_id, list(blocks))

    def _put(self, parent: str, blocks: list[dict[str, Any]]) -> None:
        kept = []
        for number, block in enumerate(blocks):
            inner = dict(block)
            below = inner.pop("children", [])
            inner["id"] = f"{parent}.{number}"
            inner["has_children"] = bool(below)
            kept.append(inner)
            if below:
                self._put(inner["id"], below)
        self.children[parent] = kept

    def _handle(self, request: Request) -> Response:
        path = request.path.removeprefix("/v1/")
        self.asked.append((request.method, path))
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return _error(401, "unauthorized", "API token is invalid.")
        if request.headers.get("Notion-Version") != "2025-09-03":
            return _error(400, "missing_version", "Notion-Version header failed.")
        if self.limited:
            self.limited -= 1
            return _error(429, "rate_limited", "You have been rate limited.", retry="0")
        if self.broken:
            self.broken -= 1
            return _error(503, "service_unavailable", "Notion is unavailable.")
        kind, _, rest = path.partition("/")
        if kind == "blocks":
            return self._blocks(request, rest.removesuffix("/children"))
        if kind == "data_sources" and rest.endswith("/query"):
            return self._query(request)
        store = {
            "pages": self.pages,
            "data_sources": self.sources,
            "databases": self.databases,
        }.get(kind, {})
        if rest in store:
            return _json(store[rest])
        message = f"Could not find {kind} with ID: {rest}."
        return _error(404, "object_not_found", message)

    def _blocks(self, request: Request, parent: str) -> Response:
        if parent not in self.children:
            return _error(404, "object_not_found", f"Could not find block {parent}.")
        if request.method == "PATCH":
            if self.readonly:
                return _error(403, "restricted_resource", "Insufficient permissions.")
            added = json.loads(request.get_data())["children"]
            for block in added:
                for part in block["paragraph"]["rich_text"]:
                    link = part["text"].get("link")
                    part["href"] = link["url"] if link else None
            self.children[parent] += added
            return _json({"object": "list", "results": added})
        return self._paged(self.children[parent], request.args.get("start_cursor"))

    def _query(self, request: Request) -> Response:
        body = json.loads(request.get_data() or b"{}")
        self.queries.append(body)
        wanted = body["filter"]["status"]["equals"]
        found = [
            page
            for page in self.pages.values()
            if page["properties"].get("Status", {}).get("status", {}).get("name")
            == wanted
        ]
        return self._paged(found, body.get("start_cursor"))

    def _paged(self, items: list[dict[str, Any]], cursor: str | None) -> Response:
        start = int(cursor or 0)
        end = start + self.page_size
        more = end < len(items)
        return _json(
            {
                "object": "list",
                "results": items[start:end],
                "has_more": more,
                "next_cursor": str(end) if more else None,
            }
        )


class _Any(str):
    """A path that every path is equal to."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str)

    def __hash__(self) -> int:
        return 0


def rich(text: str) -> list[dict[str, Any]]:
    """Return rich text, in two parts, as somebody has set a word in bold."""
    head, _, rest = text.partition(" ")
    parts = [head, f" {rest}"] if rest else [head]
    return [
        {"type": "text", "text": {"content": part}, "plain_text": part, "href": None}
        for part in parts
    ]


def block(
    kind: str, text: str = "", *children: dict[str, Any], **rest: object
) -> dict[str, Any]:
    """Return a block with text and blocks within it."""
    inner = {"rich_text": rich(text), **rest} if kind != "table" else dict(rest)
    return {"object": "block", "type": kind, kind: inner, "children": list(children)}


def row(*cells: str) -> dict[str, Any]:
    """Return a row of a table."""
    made = {"cells": [rich(cell) for cell in cells]}
    return {"object": "block", "type": "table_row", "table_row": made, "children": []}


def status(name: str) -> dict[str, Any]:
    """Return the value of a status property."""
    return {"type": "status", "status": {"name": name}}


def text_property(text: str) -> dict[str, Any]:
    """Return the value of a text property."""
    return {"type": "rich_text", "rich_text": rich(text)}


def _json(data: object) -> Response:
    return Response(json.dumps(data), content_type="application/json")


def _error(code: int, kind: str, message: str, retry: str | None = None) -> Response:
    body = {"object": "error", "status": code, "code": kind, "message": message}
    headers = {"Retry-After": retry} if retry is not None else {}
    return Response(json.dumps(body), code, headers, content_type="application/json")
