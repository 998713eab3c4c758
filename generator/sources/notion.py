"""Reads tickets from Notion, and writes on their pages what came of them.

The token is in the environment (`NOTION_TOKEN`); its integration has to be connected to
the page or the database. Version 2025-09-03 of the API: a database has data sources, and
those have pages.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import httpx
from notion_client import Client
from notion_client.client import ClientOptions, RetryOptions
from notion_client.errors import (
    APIErrorCode,
    HTTPResponseError,
    InvalidPathParameterError,
    RequestTimeoutError,
)
from notion_client.helpers import iterate_paginated_api

from generator.sources import blocks
from qgate.errors import EnvironmentProblem, UsageError
from qgate.process import mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generator.ticket import Ticket
    from qgate.settings import Settings

TOKENS: Final = ("NOTION_TOKEN", "NOTION_API_KEY")
_ID: Final = re.compile(
    r"([0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12})", re.IGNORECASE
)
_DEEPEST: Final = 6  # levels of blocks within blocks that are read
_MOST: Final = 2_000  # blocks of one page
_PAGE: Final = 100  # results a request may have
_STATUSES: Final = ("status", "select")
_RIGHTS: Final = (
    "Connect its integration to the page in Notion ('...' > 'Connections')."
)


class Notion:
    """Notion, through its client.

    Args:
        settings: The configuration; its environment has the token.

    Raises:
        UsageError: There is no token.
    """

    def __init__(self, settings: Settings) -> None:
        token = next(filter(None, map(settings.secret, TOKENS)), "")
        if not token:
            message = f"There is no {TOKENS[0]} in the environment to read Notion with."
            raise UsageError(
                message,
                hint="Set it, or name a file with --ticket-json or --ticket-text.",
            )
        self.settings = settings
        options = ClientOptions(
            auth=token,
            timeout_ms=int(settings.generator.timeout_seconds * 1000),
            log_level=logging.CRITICAL,  # what fails is raised, and told once
            retry=RetryOptions(max_retries=settings.generator.retries),
        )
        address = settings.secret("NOTION_BASE_URL")
        if address:
            options.base_url = address.rstrip("/")
        self.client = Client(options)

    def page(self, wanted: str) -> Ticket:
        """Return the ticket on a page.

        Args:
            wanted: Its id, or its address.

        Raises:
            UsageError: It is none, does not exist, or the token may not read it.
            EnvironmentProblem: Notion cannot be reached.
        """
        page_id = identifier(wanted)
        page = self._call(wanted, self.client.pages.retrieve, page_id=page_id)
        return blocks.from_page(page, self._children(page_id, wanted))

    def tickets(
        self, source: str, status: str, *, field: str = "Status"
    ) -> Iterator[Ticket]:
        """Yield the tickets of a data source that have a status.

        Args:
            source: Id or address of the data source, or of a database with one.
            status: Name of the status, as `Ready`.
            field: Name of the property that says it.

        Raises:
            UsageError: It does not exist, has no such property, or cannot be read.
            EnvironmentProblem: Notion cannot be reached.
        """
        source_id, schema = self._source(source)
        kind = schema.get("properties", {}).get(field, {}).get("type")
        if kind not in _STATUSES:
            known = [
                name
                for name, entry in schema.get("properties", {}).items()
                if entry.get("type") in _STATUSES
            ]
            message = f"The data source {source} has no status called {field}."
            hint = f"It has {', '.join(known)}." if known else None
            raise UsageError(message, hint=hint)
        found = self._paged(
            source,
            self.client.data_sources.query,
            data_source_id=source_id,
            filter={"property": field, kind: {"equals": status}},
            page_size=_PAGE,
        )
        for page in found:
            if page.get("object") == "page":
                page_id = str(page["id"])
                yield blocks.from_page(page, self._children(page_id, page_id))

    def link_back(
        self, page: str, url: str, text: str = "Draft pull request: "
    ) -> None:
        """Write at the end of a page where its module is.

        A page that has the link already stays as it is.

        Raises:
            UsageError: The token may not write there.
            EnvironmentProblem: Notion cannot be reached.
        """
        page_id = identifier(page)
        for block in self._paged(
            page, self.client.blocks.children.list, block_id=page_id, page_size=_PAGE
        ):
            kind = str(block.get("type", ""))
            parts = (block.get(kind) or {}).get("rich_text")
            if any(part.get("href") == url for part in parts or ()):
                return
        linked = {"type": "text", "text": {"content": url, "link": {"url": url}}}
        plain = {"type": "text", "text": {"content": text}}
        paragraph = {"object": "block", "type": "paragraph",
                     "paragraph": {"rich_text": [plain, linked]}}  # fmt: skip
        self._call(
            page,
            self.client.blocks.children.append,
            block_id=page_id,
            children=[paragraph],
        )

    def _source(self, wanted: str) -> tuple[str, dict[str, Any]]:
        """Return the data source that an id is of, or that its database has."""
        source_id = identifier(wanted)
        try:
            schema = self.client.data_sources.retrieve(source_id)
        except (HTTPResponseError, RequestTimeoutError, httpx.HTTPError) as error:
            if getattr(error, "code", "") != APIErrorCode.ObjectNotFound:
                raise self._told(error, wanted) from error
        else:
            return source_id, dict(schema)  # type: ignore[arg-type]
        database = self._call(
            wanted, self.client.databases.retrieve, database_id=source_id
        )
        sources = database.get("data_sources") or []
        if len(sources) != 1:
            names = ", ".join(f"{s.get('name')} ({s.get('id')})" for s in sources)
            message = f"The database {wanted} has {len(sources)} data sources."
            raise UsageError(message, hint=f"Name one of them: {names}.")
        found = str(sources[0]["id"])
        return found, self._call(
            wanted, self.client.data_sources.retrieve, data_source_id=found
        )

    def _children(self, block_id: str, page: str) -> list[dict[str, Any]]:
        """Return the blocks of a page, each with those within it as `children`."""
        left = [_MOST]

        def below(parent: str, depth: int) -> list[dict[str, Any]]:
            found = []
            for block in self._paged(
                page, self.client.blocks.children.list, block_id=parent, page_size=_PAGE
            ):
                left[0] -= 1
                if left[0] < 0:
                    message = f"The page {page} has more than {_MOST} blocks."
                    raise UsageError(
                        message, hint="Put the ticket on a page of its own."
                    )
                inner = dict(block)
                # A page within the page is another ticket.
                own = block.get("has_children") and block.get("type") != "child_page"
                if own and depth < _DEEPEST:
                    inner["children"] = below(str(block["id"]), depth + 1)
                found.append(inner)
            return found

        return below(block_id, 0)

    def _paged(
        self, about: str, function: Callable[..., Any], **arguments: object
    ) -> Iterator[dict[str, Any]]:
        try:
            yield from iterate_paginated_api(function, **arguments)
        except _FAILURES as error:
            raise self._told(error, about) from error

    def _call(
        self, about: str, function: Callable[..., Any], **arguments: object
    ) -> dict[str, Any]:
        try:
            return dict(function(**arguments))
        except _FAILURES as error:
            raise self._told(error, about) from error

    def _told(self, error: Exception, about: str) -> UsageError | EnvironmentProblem:
        """Return what went wrong as a person should hear it."""
        masked = mask(str(error), self.settings.secrets).rstrip(".")
        if isinstance(error, InvalidPathParameterError):
            message = f"{about} is no id of Notion."
            return UsageError(message, hint="Take the last 32 digits of the address.")
        if not isinstance(error, HTTPResponseError):
            message = f"Notion cannot be reached: {masked}."
            return EnvironmentProblem(message, hint="Try again later.")
        match error.code:
            case APIErrorCode.Unauthorized:
                message = f"Notion refuses the token in {TOKENS[0]}."
                return UsageError(message, hint="Set one that is valid.")
            case APIErrorCode.RestrictedResource:
                message = f"The token may not do this with {about} ({masked})."
                return UsageError(message, hint=_RIGHTS)
            case APIErrorCode.ObjectNotFound:
                message = f"Notion has no {about}, or the token may not see it."
                return UsageError(message, hint=_RIGHTS)
            case APIErrorCode.ValidationError | APIErrorCode.InvalidRequest:
                message = f"Notion does not take {about}: {masked}."
                return UsageError(message, hint="Name the id or address of a page.")
            case APIErrorCode.RateLimited:
                message = "Notion takes no more requests for now (rate limit)."
                return EnvironmentProblem(message, hint="Try again in some minutes.")
            case _:
                message = f"Notion answered {error.status}: {masked}."
                return EnvironmentProblem(message, hint="Try again later.")


_FAILURES: Final = (
    HTTPResponseError, RequestTimeoutError, InvalidPathParameterError, httpx.HTTPError,
)  # fmt: skip


def identifier(wanted: str) -> str:
    """Return the id in an id or an address of Notion.

    Raises:
        UsageError: There is none in it.
    """
    # An address may have the id of a view after the page's own.
    path = wanted.strip().partition("?")[0].partition("#")[0]
    found = _ID.findall(path.replace("-", "") if "/" not in path else path)
    if not found:
        message = f"{wanted[:100]!r} is no id and no address of a Notion page."
        raise UsageError(message, hint="It ends in 32 digits and letters from a to f.")
    return str(UUID(found[-1].replace("-", "")))
