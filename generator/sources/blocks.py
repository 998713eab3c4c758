"""Notion's pages and blocks become the lines of a ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from generator.sources.sections import joined, split_criteria
from generator.ticket import Ticket

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_MARKS: Final = {
    "bulleted_list_item": "- ",
    "numbered_list_item": "1. ",
    "heading_1": "# ",
    "heading_2": "## ",
    "heading_3": "### ",
    "heading_4": "#### ",
}
_PLAIN: Final = {"paragraph", "quote", "callout", "toggle", "code"}


def rich_text(parts: object) -> str:
    """Return the plain text of a list of rich text objects."""
    if not isinstance(parts, list):
        return ""
    found = []
    for part in parts:
        if isinstance(part, dict):
            inner = part.get("text")
            content = inner.get("content", "") if isinstance(inner, dict) else ""
            found.append(str(part.get("plain_text") or content))
    return "".join(found)


def property_text(value: Mapping[str, Any]) -> str:
    """Return the text of a page's property, whichever type it has."""
    kind = value.get("type") or next((key for key in value if key != "id"), "")
    inner = value.get(kind)
    if kind in {"title", "rich_text"}:
        return rich_text(inner)
    if kind in {"select", "status"}:
        return str(inner.get("name", "")) if isinstance(inner, dict) else ""
    if kind in {"multi_select", "people"}:
        return ", ".join(str(item.get("name", "")) for item in inner or [])
    if kind == "unique_id" and isinstance(inner, dict):
        prefix = f"{inner['prefix']}-" if inner.get("prefix") else ""
        return f"{prefix}{inner.get('number', '')}"
    return str(inner) if isinstance(inner, (str, int, float)) else ""


def lines(blocks: Iterable[Any], depth: int = 0) -> Iterator[str]:
    """Yield a line for each block, those below it indented."""
    for block in blocks:
        if not isinstance(block, dict):
            continue
        kind = str(block.get("type", ""))
        inner = block.get(kind)
        inner = inner if isinstance(inner, dict) else {}
        text = rich_text(inner.get("rich_text"))
        indent = "  " * depth
        below = block.get("children") or inner.get("children") or []
        if kind == "to_do":
            box = "x" if inner.get("checked") else " "
            yield f"{indent}- [{box}] {text}"
        elif kind == "table":
            yield from _table(inner, below)
            continue
        elif kind in _MARKS:
            yield f"{indent if kind.endswith('item') else ''}{_MARKS[kind]}{text}"
        elif kind in _PLAIN or text:
            yield f"{indent}{text}"
        yield from lines(
            below, depth + 1 if kind in _MARKS or kind == "to_do" else depth
        )


def _table(table: Mapping[str, Any], rows: Iterable[Any]) -> Iterator[str]:
    for number, row in enumerate(rows):
        cells = (row.get("table_row") or {}).get("cells") or []
        yield "| " + " | ".join(rich_text(cell) for cell in cells) + " |"
        if number == 0 and table.get("has_column_header"):
            yield "|" + " --- |" * len(cells)


def from_page(page: Mapping[str, Any], children: Iterable[Any]) -> Ticket:
    """Return the ticket of a page object and its blocks, each with its children."""
    properties = page.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    texts = {
        name: property_text(value)
        for name, value in properties.items()
        if isinstance(value, dict)
    }
    title = next(
        (
            texts[name]
            for name, value in properties.items()
            if isinstance(value, dict)
            and (value.get("type") == "title" or "title" in value)
        ),
        "",
    )
    named = [name for name in texts if _names_criteria(name)]
    criteria = [
        text for name in named for text in joined(texts[name].split("\n")) if text
    ]
    written = "\n".join(lines(children))
    described = next(
        (texts[name] for name in texts if name.lower() in {"description", "details"}),
        "",
    )
    body, section, asked = split_criteria("\n".join(filter(None, (described, written))))
    return Ticket(
        id=str(page.get("id", "")),
        title=title,
        body=body,
        criteria=(*criteria, *section),
        url=str(page.get("url") or ""),
        source="notion",
        criteria_asked=asked or bool(named),
        properties={name: text for name, text in texts.items() if text},
    )


def _names_criteria(name: str) -> bool:
    return name.lower().replace("_", " ").strip() in {
        "acceptance criteria", "acceptance", "criteria", "ac", "definition of done",
    }  # fmt: skip
