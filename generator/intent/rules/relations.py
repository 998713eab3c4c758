"""Finds relations that go in a circle: an order of items, an item of orders."""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Final

from generator.intent.rules import english

if TYPE_CHECKING:
    from generator.intent.rules.reading import Reading

_NOUN: Final = r"(?:[a-z-]+ )?[a-z-]+"
_MANY: Final = r"(?:one or more|several|many|multiple|at least one|any number of|a list of|exactly one|one|an?|its|other|the)"
_HOLDS: Final = re.compile(
    rf"\b(?:each|every|an?|the|one|all)\s+(?P<whole>{_NOUN}?)\s+(?:must |should |always |can |may )?(?:contains?|consists? of|comprises?|is made up of|includes?|is the parent of)\s+(?:{_MANY}\s+)*(?P<part>{_NOUN})"
)
_BELONGS: Final = re.compile(
    rf"\b(?:each|every|an?|the|one|all)\s+(?P<part>{_NOUN}?)\s+(?:must |should |always |can |may )?(?:belongs? to|is part of|is a (?:line|child|part) of|are part of|requires?|depends? on|is inside)\s+(?:{_MANY}\s+)*(?P<whole>{_NOUN})"
)
_SMALL: Final = frozenset(
    "and or with of for to in on at by from that which who is are be a an the as per one".split()
)


def circle(reading: Reading) -> list[str] | None:
    """Return things that contain each other in a circle, None when there is none."""
    wholes: dict[str, set[str]] = {}
    for statement in reading.said:
        for pattern in (_HOLDS, _BELONGS):
            for hit in pattern.finditer(statement.lower):
                whole, part = _head(hit.group("whole")), _head(hit.group("part"))
                if whole and part and whole != part:
                    wholes.setdefault(part, set()).add(whole)
    try:
        TopologicalSorter(wholes).prepare()
    except CycleError as error:
        # graphlib lists each thing after one that it contains.
        return [str(name) for name in error.args[1]]
    return None


def _head(phrase: str) -> str:
    words = []
    for word in phrase.split():
        if word in _SMALL:
            break
        words.append(word)
    return english.singular(words[-1]) if words else ""
