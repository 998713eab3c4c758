"""What a ticket records, as the headings above its lists of fields call it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import drafts, english, lists

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.intent.rules.reading import Reading

_PROVEN: Final = 2  # fields that make the words above a list the name of an entity
_LONGEST: Final = 3
_ROWS: Final = frozenset({"line", "item", "position", "entry"})
_NO_ENTITY: Final = re.compile(
    r"^(?:the|an?|each|every|all|these|this|our|per)\b|\b(?:has|have|contains?|includes?|records?|needs?|is|are|must|should|can|asks?|gives?|with)\b|"
    r"\b(?:status|state|stage|workflow|field|detail|role|step|data|information|note|element|particular|content|part|form|flow|process|life ?cycle|requirement|goal|background|context|rule|criteri(?:a|on)|right|permission|user stor(?:y|ies)|view|report|who|what|how|why)s?\b"
)
_HAS: Final = re.compile(
    r"^(?:each|every|an?) (?P<name>[a-z]+(?: [a-z]+){0,2}?) (?:must |should |will )?(?:has|have|contains?|consists? of|includes?)(?: the following(?: [a-z]+)?)?:? (?P<list>.+)$",
    re.IGNORECASE,
)
_DETAILS: Final = re.compile(
    r"^(?:the )?(?:elements|particulars|details|fields|contents?|data|properties|parts) of (?:the|an?|each|every) ",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(r"^(?P<name>[A-Z][a-z]+(?: [a-z]+){0,2}): (?P<list>.+)$")


def heading_noun(heading: str) -> str:
    """Return the noun of a heading in the singular: `Agents used, several per record`."""
    heading = _DETAILS.sub("", heading)
    bare = re.split(r"[,(:]| (?:on|of|in|for|per|from|with) ", heading)[0]
    bare = re.sub(
        r"\b(?:used|needed|concerned|involved|affected|requested)\s*$", "", bare.strip()
    ).strip()
    bare = re.sub(r"(?<= )notes$", "note", bare)  # alone they are one field
    return english.singular_phrase(bare) if bare else ""


def main(reading: Reading, titled: str) -> list[str]:
    """Return what the title is about where a heading over fields calls it otherwise.

    In `Laboratory sample intake` with the fields of a `Sample`, samples are recorded.

    Args:
        reading: The statements.
        titled: What the title would name.
    """
    words = [english.singular(word) for word in titled.split()]
    named = list(dict.fromkeys(_named(reading)))
    if not words or any(name.split()[-1] == words[-1] for name in named):
        return []
    shared = {name: len({*words} & {*name.split()}) for name in named}
    best = max(shared.values(), default=0)
    return [name for name, count in shared.items() if count and count == best][:1]


def _named(reading: Reading) -> Iterator[str]:
    """Yield the nouns above lists of fields, in order."""
    below: dict[str, list[str]] = {}
    for statement in reading.said:
        if statement.kind == "criterion":
            continue
        label = _LABEL.match(statement.text) or _HAS.match(statement.text)
        if label:
            below.setdefault(label["name"].lower(), []).append(label["list"])
        for heading in {statement.lead, statement.section} - {""}:
            below.setdefault(heading, []).append(statement.text)
    for table in reading.tables:
        cells = [row[0] for row in table.rows if row]
        below.setdefault(table.section, []).extend(cells)
    for heading, texts in below.items():
        noun = heading_noun(heading)
        short = 0 < len(noun.split()) <= _LONGEST
        rows = noun.rsplit(maxsplit=1)[-1:] and noun.split()[-1] in _ROWS
        if short and not rows and not _NO_ENTITY.search(noun) and _fields(texts):
            yield noun


def _fields(texts: list[str]) -> bool:
    """Tell whether most of what stands in a list are fields."""
    items = [item for text in texts for item in lists.split(text)]
    known = [i for i in items if any(d.known for d in drafts.drafts(i, strong=True))]
    return len(known) >= _PROVEN and len(known) * 2 >= len(items)
