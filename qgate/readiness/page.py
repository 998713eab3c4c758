"""Reads a page of Markdown: its links, the places links can lead to, the variables it names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt

from qgate.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from markdown_it.token import Token

SUFFIXES: Final = (".md", ".markdown")

_ABOUT_VARIABLES: Final = re.compile(r"\bvariables?\b", re.IGNORECASE)
_NAME: Final = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:=.*)?")


@dataclass(frozen=True)
class Link:
    """A link or an image.

    Attributes:
        target: Where it leads, as it is written.
        line: Line of the paragraph it stands in, from 1.
    """

    target: str
    line: int


@dataclass
class Page:
    """What a page of Markdown has.

    Attributes:
        links: Its links and images.
        anchors: Names after `#` that lead to a place in it, as GitHub and GitLab make them.
        variables: Names in code, below a heading that has the word `variables`, with the
            line.
        headings: Texts of its headings.
    """

    links: list[Link] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    variables: dict[str, int] = field(default_factory=dict)
    headings: list[str] = field(default_factory=list)


def read(path: Path) -> Page:
    """Return what the page in *path* has.

    Raises:
        EnvironmentProblem: It cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path.name} cannot be read ({error})."
        raise EnvironmentProblem(message, hint="Check its rights and encoding.") from (
            error
        )
    return parse(text)


def parse(text: str) -> Page:
    """Return what the page with *text* has."""
    page = Page()
    reader = MarkdownIt("commonmark").enable("table")
    # It would leave out links to files and scripts, which are to be seen too.
    reader.validateLink = _any_link  # type: ignore[method-assign]
    tokens = reader.parse(text)
    level = 0  # of the heading that has the word, while its section lasts
    heading: Token | None = None
    line = 1
    for token in tokens:
        if token.map:
            line = token.map[0] + 1
        if token.type == "heading_open":
            heading = token
        elif token.type == "html_block":
            _take_html(page, token.content, line)
        elif token.type == "inline":
            if heading is not None:
                title = _text(token.children or ())
                depth = int(heading.tag[1:])
                if _ABOUT_VARIABLES.search(title):
                    level = level or depth
                elif level and depth <= level:
                    level = 0
                _add_heading(page, title)
                heading = None
            _take_inline(page, token.children or (), line, about=bool(level))
    return page


def _any_link(url: str) -> bool:
    del url
    return True


def _take_inline(
    page: Page, children: Iterable[Token], line: int, *, about: bool
) -> None:
    for child in children:
        if child.type == "link_open":
            page.links.append(Link(str(child.attrs["href"]), line))
        elif child.type == "image":
            page.links.append(Link(str(child.attrs["src"]), line))
        elif child.type == "html_inline":
            _take_html(page, child.content, line)
        elif child.type == "code_inline" and about:
            named = _NAME.fullmatch(child.content.strip().removeprefix("$"))
            if named:
                page.variables.setdefault(named["name"], line)


def _take_html(page: Page, text: str, line: int) -> None:
    reader = _Html()
    reader.feed(text)
    page.links += [Link(target, line) for target in reader.targets]
    page.anchors |= reader.names


def _add_heading(page: Page, title: str) -> None:
    """Note a heading and the anchor that it makes; the second of a name gets a number."""
    page.headings.append(title)
    slug = re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")
    name, number = slug, 0
    while name in page.anchors:
        number += 1
        name = f"{slug}-{number}"
    page.anchors.add(name)


def _text(children: Iterable[Token]) -> str:
    return "".join(
        child.content for child in children if child.type in ("text", "code_inline")
    )


class _Html(HTMLParser):
    """Finds links and anchors in HTML that stands in Markdown."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the element leads to, and what leads to it."""
        values = {name: value for name, value in attrs if value}
        wanted = {"a": "href", "img": "src"}.get(tag, "")
        if wanted in values:
            self.targets.append(values[wanted])
        self.names |= {values[key] for key in ("id", "name") if key in values}
