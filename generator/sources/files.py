"""Tickets in files: JSON as trackers export it, and plain text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from generator.sources import blocks
from generator.sources.sections import (
    heading,
    joined,
    split_criteria,
    stated_criteria,
    unbulleted,
)
from generator.spec.names import clean_line
from generator.ticket import Ticket
from qgate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TITLES: Final = ("title", "summary", "name", "subject", "headline")
_BODIES: Final = (
    "description",
    "body",
    "text",
    "content",
    "details",
    "story",
    "user_story",
)
_CRITERIA: Final = (
    "acceptance_criteria", "acceptanceCriteria", "acceptance", "criteria",
    "Acceptance Criteria", "Acceptance criteria", "acceptance-criteria",
)  # fmt: skip
_IDS: Final = ("id", "key", "number", "ticket_id", "iid")
_URLS: Final = ("url", "html_url", "web_url", "link", "self")
_LISTS: Final = ("tickets", "issues", "results", "items", "data")
_SHAPE: Final = (
    'As in {"title": ..., "description": ..., "acceptance_criteria": [...]}.'
)
_KNOWN: Final = {*_TITLES, *_BODIES, *_CRITERIA, *_IDS, *_URLS, "fields"}


def read_json(path: Path, wanted: str | None = None) -> Ticket:
    """Return the ticket in a JSON file; *wanted* is its id when there are several.

    Raises:
        UsageError: The file is not there, is not JSON, or holds no such ticket.
    """
    text = _read(path)
    try:
        return from_data(_chosen(json.loads(text), path, wanted))
    except json.JSONDecodeError as error:
        message = (
            f"{path} is not JSON: {error.msg} in line {error.lineno},"
            f" column {error.colno}."
        )
        raise UsageError(
            message, hint="Correct it, or give plain text with --ticket-text."
        ) from error
    except RecursionError as error:
        message = f"{path} is nested too deeply to be a ticket."
        raise UsageError(message, hint="Give one ticket as an object.") from error


def read_text(path: Path) -> Ticket:
    """Return the ticket in a text file: its title is the first line.

    Raises:
        UsageError: The file is not there or is no text.
    """
    return from_text(_read(path))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        message = f"There is no file {path}."
        raise UsageError(message, hint="Name an existing ticket.") from error
    except UnicodeDecodeError as error:
        message = f"{path} is not text in UTF-8."
        raise UsageError(message, hint="Save it as UTF-8.") from error
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}."
        raise UsageError(message, hint="Name a file that can be read.") from error


def _chosen(data: object, path: Path, wanted: str | None) -> Mapping[str, Any]:
    if isinstance(data, dict) and not _KNOWN & {*data} - {"id", "url"}:
        data = next(
            (data[key] for key in _LISTS if isinstance(data.get(key), list)), data
        )
    if isinstance(data, list):
        return _one_of(data, path, wanted)
    if not isinstance(data, dict):
        message = f"{path} holds no ticket: an object with a title is wanted."
        raise UsageError(message, hint=_SHAPE)
    return data


def _one_of(found: list[object], path: Path, wanted: str | None) -> Mapping[str, Any]:
    tickets = [item for item in found if isinstance(item, dict)]
    known = [_first(item, _IDS) for item in tickets]
    if wanted is not None:
        for item, name in zip(tickets, known, strict=True):
            if name == wanted:
                return item
        message = f"{path} has no ticket {wanted}."
        hint = "None of them has an id."
        if any(known):
            hint = f"It has {', '.join(filter(None, known[:10]))}."
        raise UsageError(message, hint=hint)
    if len(tickets) == 1:
        return tickets[0]
    if not tickets:
        message = f"{path} holds no tickets."
        raise UsageError(message, hint=_SHAPE)
    message = f"{path} holds {len(tickets)} tickets, and one is wanted."
    hint = "Give each an id, and choose with --ticket-id."
    if any(known):
        hint = f"Choose with --ticket-id: {', '.join(filter(None, known[:10]))}."
    raise UsageError(message, hint=hint)


def from_data(data: Mapping[str, Any]) -> Ticket:
    """Return the ticket of one exported object, whichever tracker wrote it."""
    if data.get("object") == "page" or isinstance(data.get("properties"), dict):
        return blocks.from_page(data, data.get("children") or data.get("blocks") or [])
    inner = data.get("fields")
    merged = {**data, **inner} if isinstance(inner, dict) else dict(data)
    given = _criteria(_value(merged, _CRITERIA))
    prose = _prose(_value(merged, _BODIES))
    body, section, asked = split_criteria(prose, given=bool(given))
    criteria = (*given, *section)
    rest = {key: value for key, value in merged.items() if key not in _KNOWN}
    return Ticket(
        id=_first(merged, _IDS),
        title=_first(merged, _TITLES),
        body=body,
        criteria=criteria,
        url=_first(merged, _URLS),
        source="file",
        criteria_asked=asked or any(key in merged for key in _CRITERIA),
        properties=rest,
    )


def from_text(text: str) -> Ticket:
    """Return the ticket in plain text."""
    lines = text.replace("\r\n", "\n").split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    first = lines.pop(0) if lines else ""
    title = (heading(first) or first).strip().lstrip("#").strip()
    for word in ("title:", "subject:", "summary:"):
        if title.lower().startswith(word):
            title = title[len(word) :].strip()
    body, criteria, asked = split_criteria("\n".join(lines))
    if not body and not criteria and len(title) > 120:  # noqa: PLR2004 - a paragraph alone
        title, _, body = title.partition(". ")
    stated = () if criteria or asked else stated_criteria(body)
    return Ticket(
        title=title,
        body=body,
        criteria=criteria or stated,
        source="text",
        criteria_asked=asked,
        criteria_stated=bool(stated),
    )


def _value(data: Mapping[str, Any], names: tuple[str, ...]) -> object:
    return next((data[name] for name in names if data.get(name)), None)


def _first(data: Mapping[str, Any], names: tuple[str, ...]) -> str:
    value = _value(data, names)
    return str(clean_line(str(value))) if isinstance(value, (str, int)) else ""


def _prose(value: object) -> str:
    """Return text, lists of text, or Jira's document format as lines."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(_prose(item) for item in value)
    return _node(value) if isinstance(value, dict) else ""


def _node(node: Mapping[str, Any]) -> str:
    """Return what a node of Jira's document format says."""
    content = node.get("content")
    inner = [_prose(item) for item in content] if isinstance(content, list) else []
    match node.get("type"):
        case "text":
            return str(node.get("text", ""))
        case "paragraph":
            return "".join(inner) + "\n"
        case "heading":
            return "## " + "".join(inner) + "\n"
        case "listItem":
            return "- " + "".join(inner).strip()
        case _:
            return "\n".join(inner)


def _criteria(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(joined(value.split("\n")))
    if isinstance(value, list):
        found = []
        for item in value:
            text = item
            if isinstance(item, dict):
                text = item.get("text") or item.get("description") or item.get("title")
                if not text and {"given", "when", "then"} & {*item}:
                    text = " ".join(
                        f"{word} {item[word]}"
                        for word in ("given", "when", "then")
                        if item.get(word)
                    )
            if isinstance(text, str) and text.strip():
                found.append(unbulleted(text.strip()) or text.strip())
        return tuple(found)
    return tuple(joined(_prose(value).split("\n"))) if value else ()
