"""A ticket as statements: sentences and list items, with the heading above them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from generator.intent.rules import columns, implied, lexicon, verbs
from generator.intent.rules.layout import itemised
from generator.sources.sections import heading, is_bullet, unbulleted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.ticket import Ticket

Kind = Literal["title", "prose", "bullet", "criterion"]
_ABBREVIATIONS: Final = re.compile(
    r"\b(e\.g|i\.e|etc|vs|approx|incl|no|max|min|dept|dr|mrs?|ms|prof|resp)\.",
    re.IGNORECASE,
)
_ENDS: Final = re.compile(r"(?<=[.!?;])\s+(?=[\"'(]?[A-Za-z0-9])")
_TOKEN: Final = re.compile(
    r"[A-Za-z][A-Za-z'\u2019&-]*[A-Za-z]|[A-Za-z]|\d[\d.,]*|->|→|=>|[,;:()/.]"
)
_KEYED: Final = re.compile(r"^[A-Z][\w /&-]{1,40}:\s*\S")
_MARKUP: Final = re.compile(r"\*\*|__|`|\{[a-z]+\}|~~")
_STRESSED: Final = re.compile(r"(?<![\w*])\*([A-Za-z][^*\n]{0,40}?[A-Za-z])\*(?![\w*])")
_ANSWER: Final = re.compile(r"^(?:A|Answer)\s*[:.]\s+(?=[A-Z])")
_BRACKETS: Final = re.compile(r"(?<=\w )\[([a-z][^\]()]{3,60})\]")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class Statement:
    """One sentence or list item.

    Attributes:
        text: As written, without markup.
        kind: Where it stands.
        section: Heading above it, in lower case.
        lead: Line ending in a colon that the list belongs to, in lower case.
        number: Place in the ticket; of a criterion its index.
    """

    text: str
    kind: Kind
    section: str = ""
    lead: str = ""
    number: int = 0

    @property
    def lower(self) -> str:
        """Its text in lower case."""
        return self.text.lower()


@dataclass(frozen=True)
class Table:
    """Rows of cells, the first with what the columns are called, and the heading above."""

    rows: list[list[str]]
    section: str = ""


@dataclass
class Reading:
    """Everything that was read.

    Attributes:
        title: The title without markup.
        statements: In order, the criteria last.
        tables: The tables.
    """

    title: str
    statements: list[Statement] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    @property
    def said(self) -> list[Statement]:
        """The statements without the title."""
        return [s for s in self.statements if s.kind != "title"]

    @property
    def text(self) -> str:
        """All of it in lower case, a statement a line."""
        return "\n".join(s.lower for s in self.statements)


def plain(text: str) -> str:
    """Return text without Markdown's marks."""
    text = _LINK.sub(r"\1", text)
    text = _BRACKETS.sub(r"(\1)", text)
    text = _STRESSED.sub(r"\1", _MARKUP.sub("", text))
    text = text.replace("\u2019", "'").replace("\u2011", "-")
    text = text.replace("\u201c", '"').replace("\u201d", '"')
    return " ".join(text.split())


def tokens(text: str) -> list[str]:
    """Return words, numbers, arrows and marks as written."""
    return _TOKEN.findall(text.replace("\u2019", "'"))


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a paragraph."""
    shielded = _ABBREVIATIONS.sub(lambda hit: hit.group(0).replace(".", "\u2024"), text)
    for part in _ENDS.split(shielded):
        made = part.replace("\u2024", ".").strip()
        if made:
            yield made


_WHO: Final = re.compile(r"^(?P<who>[A-Z][A-Za-z ]{2,30}): (?P<deed>[a-z]+s)\b")


# Requirements in the style of contracts say `shall` where everybody else says `must`.
_SHALL: Final = re.compile(r"\bshall\b")


def _who_does(text: str) -> str:
    """Return `Foreman: requests a pickup` as the sentence that it stands for."""
    text = _SHALL.sub("must", text)
    hit = _WHO.match(text)
    if hit is None:
        return text
    form = verbs.form((hit.group("deed"),))
    known = form is not None and form[1] == "third"
    third = known or hit.group("deed") in lexicon.USUAL
    return text.replace(":", "", 1) if third else text


def read(ticket: Ticket) -> Reading:
    """Return the statements of a ticket."""
    found = Reading(plain(ticket.title))
    found.statements.append(Statement(found.title, "title"))
    for block in _blocks(ticket.body, found):
        parts = [block.text] if block.kind == "bullet" and ":" in block.text else None
        for text in parts or sentences(block.text):
            found.statements.append(
                Statement(
                    _who_does(text),
                    block.kind,
                    block.section,
                    block.lead,
                    len(found.statements),
                )
            )
    found.statements = implied.duties(found.statements)
    told = {
        id(table): implied.marked(table) or columns.told(table)
        for table in found.tables
    }
    found.tables = [table for table in found.tables if not told[id(table)]]
    for text in (text for texts in told.values() for text in texts):
        found.statements.append(Statement(text, "prose", "", "", len(found.statements)))
    for number, criterion in enumerate(ticket.criteria):
        found.statements.append(
            Statement(
                _SHALL.sub("must", plain(criterion)),
                "criterion",
                "acceptance criteria",
                "",
                number,
            )
        )
    return found


def _piped(lines: list[str], place: int) -> bool:
    """Tell whether a line is a row of a table without marks at its ends."""
    near = [x for x in lines[max(0, place - 1) : place + 2] if x.count(" | ") > 1]
    return len(near) > 1 and lines[place].count(" | ") > 1


def _above_list(lines: list[str], place: int) -> str | None:
    """Return a line that is a heading only because a list begins right below it."""
    text, following = lines[place].strip(), lines[place + 1 : place + 2]
    before = lines[place - 1].strip() if place else ""
    begins = bool(following) and is_bullet(following[0]) and not before
    short = 0 < len(text.split()) <= _SHORT_LINE and not is_bullet(text)
    if not begins or not short or text.endswith((".", ";", ",", "?", "!")):
        return None
    return plain(text)


_SHORT_LINE: Final = 6  # words of a line that is a heading


def _blocks(body: str, found: Reading) -> Iterator[Statement]:
    section = lead = ""
    paragraph: list[str] = []
    bullet = ""
    table: list[list[str]] = []

    def ended() -> Iterator[Statement]:
        nonlocal bullet
        if paragraph:
            yield Statement(" ".join(paragraph), "prose", section, "")
            paragraph.clear()
        if bullet:
            yield Statement(bullet, "bullet", section, lead)
            bullet = ""

    lines = [*itemised(body.split("\n")), ""]
    for place, line in enumerate(lines):
        text = _ANSWER.sub("", plain(unbulleted(line)))
        if line.strip().startswith("|") or _piped(lines, place):
            yield from ended()
            cells = [plain(cell) for cell in line.strip().strip("|").split("|")]
            if not all(re.fullmatch(r":?-{2,}:?|", cell) for cell in cells):
                table.append(cells)
            continue
        if table:
            found.tables.append(Table(table, section))
            table = []
        title = heading(line) or _above_list(lines, place)
        if not line.strip():
            yield from ended()
        elif is_bullet(line) and title is None:
            yield from ended()
            bullet = text
        elif title is not None and len(title) < 90:
            yield from ended()
            if (
                line.strip().startswith(("#", "**", "h"))
                or title.partition("(")[0].isupper()
                or len(title.split()) <= 3
            ):
                section = title.lower()
            lead = title.lower()
            if len(title.split()) > 2:
                yield Statement(plain(title), "prose", section, "")
        elif bullet and line.startswith((" ", "\t")):
            bullet = f"{bullet} {text}"
        elif _KEYED.match(text):
            yield from ended()
            yield Statement(text, "prose", section, lead)
        else:
            if bullet:
                yield from ended()
            if (
                lead
                and not paragraph
                and not text.endswith((".", "?"))
                and len(text) < 60
            ):
                yield Statement(text, "bullet", section, lead)
                continue
            lead = ""
            paragraph.append(text)
    yield from ended()
    if table:
        found.tables.append(Table(table, section))
