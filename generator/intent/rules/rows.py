"""Rows of a record that a list in a line of its own describes.

`findings: equipment, defect, photo` or `one row per costume: costume, size, fee`: several
of something, each with details.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import drafts, english, lists

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.intent.rules.reading import Reading

_LABELLED: Final = re.compile(r"^(?P<what>[A-Za-z]+(?: [a-z]+)?)\s*:\s*(?P<list>.+)$")
_ONE_EACH: Final = re.compile(
    r"^(?:.*?\b)?(?:one|an?) (?:row|entry) (?:per|for each|for every) (?P<what>[a-z]+)\s*"
    r"(?::|with(?: the)?|,)\s*",
    re.IGNORECASE,
)
_ROWS: Final = re.compile(
    r"\b(?:the|in|as) (?P<what>[a-z]+(?: [a-z]+)?s) (?:in|as) (?:rows|lines): ?(?P<list>.+)$",
    re.IGNORECASE,
)
_DETAILS: Final = 3
_KNOWN: Final = 2
_OTHER: Final = re.compile(
    r"\b(?:fields|details|columns|states|status(?:es)?|stages|roles|values|options|options|steps"
    r"|answers|categories|types|kinds|photos|dates|times|notes|remarks|rules|people|elements)$",
    re.IGNORECASE,
)


def found(reading: Reading) -> Iterator[str]:
    """Yield what there are several of, in the singular."""
    texts = [s.text for s in reading.said if s.kind != "criterion"]
    texts += [": ".join(row[:2]) for table in reading.tables for row in table.rows]
    for text in texts:
        hit = described(text)
        if hit is not None:
            yield hit[0]


def described(text: str) -> tuple[str, str] | None:
    """Return what there are several of, and the list of its details; None when nothing is."""
    each = _ONE_EACH.match(text)
    if each is not None:
        return _proven(each["what"], text[each.end() :], known=1)
    hit = _ROWS.search(text) or _LABELLED.match(text)
    if hit is None or not english.is_plural(hit["what"].split()[-1].lower()):
        return None
    return None if _OTHER.search(hit["what"]) else _proven(hit["what"], hit["list"])


def _proven(what: str, text: str, *, known: int = _KNOWN) -> tuple[str, str] | None:
    items = lists.split(text)
    sure = [i for i in items if any(d.known for d in drafts.drafts(i, strong=True))]
    if len(items) < _DETAILS or len(sure) < known:
        return None
    return english.singular_phrase(what.lower()), text
