"""Finds relations that go in a circle, so that no record could ever be the first.

A record of a kind may well lead to another of the same kind, as categories have parents;
and an order has lines that belong to the order. What cannot be is a thing within itself,
two things within each other, and two things that each need the other to exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Final

from generator.intent.rules import english

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.intent.rules.reading import Reading

_NOUN: Final = r"(?:[a-z-]+ ){0,2}?[a-z-]+"
_NOUN_ON: Final = r"[a-z-]+(?: [a-z-]+){0,2}"
_MANY: Final = r"(?:one or more|several|many|multiple|at least one|any number of|a list of|exactly one|one|an?|its|other|another|the)"
_EACH: Final = r"(?P<each>each|every|an?|the|one|all)"
_MODAL: Final = r"(?P<modal>must |should |always |has to |can |may |might |could )?"
_HOLDS: Final = re.compile(
    rf"\b{_EACH}\s+(?P<whole>{_NOUN}?)\s+{_MODAL}(?:contains?|consists? of|comprises?|is made up of|includes?|is the parent of)\s+(?:{_MANY}\s+)*(?=(?P<part>{_NOUN_ON}))"
)
_BELONGS: Final = re.compile(
    rf"\b{_EACH}\s+(?P<part>{_NOUN}?)\s+{_MODAL}(?:belongs? to|is part of|is a (?:line|child|part) of|are part of|is inside)\s+(?:{_MANY}\s+)*(?=(?P<whole>{_NOUN_ON}))"
)
_HEADER: Final = re.compile(
    rf"\b(?:header|parent) of (?P<each>each|every|an?|the) (?P<part>{_NOUN}?) is (?P<modal>always )?(?:{_MANY}\s+)?(?=(?P<whole>{_NOUN_ON}))"
)
_NEEDS: Final = re.compile(
    rf"\b{_EACH}\s+(?P<part>{_NOUN}?)\s+(?P<modal>)(?:requires?|depends? on|must have|has to have|must be assigned to|always has|always needs|cannot exist without|has a required|has a mandatory)\s+(?:exactly |always )?(?:an?|one|its|the)\s+(?=(?P<whole>{_NOUN_ON}))"
)
_MAYBE: Final = ("can", "may", "might", "could")
_SMALL: Final = frozenset(
    "and or with of for to in on at by from that which who is are be a an the as per one"
    " has have can may must should will when if so then itself each every".split()
)


@dataclass(frozen=True)
class Circle:
    """Things in a circle, the first of them again at the end.

    Attributes:
        names: The things.
        needed: Whether each needs the next, rather than being within it.
    """

    names: tuple[str, ...]
    needed: bool

    @property
    def message(self) -> str:
        """One sentence for a person."""
        if self.needed:
            return (
                "The relation goes in a circle, so that no record could be the first: "
                f"{' needs '.join(self.names)}."
            )
        return f"The relation goes in a circle: {' in '.join(self.names)}."

    @property
    def question(self) -> str:
        """What has to be known to go on."""
        if self.needed:
            return "Which of them can be there without the other?"
        if len({*self.names}) == 1:
            return f"What does each {self.names[0]} belong to?"
        return "Which of them contains the other?"


def circle(reading: Reading) -> Circle | None:
    """Return the first circle that the sentences state, None when there is none."""
    within = [e for p in (_HOLDS, _BELONGS, _HEADER) for e in _edges(reading, p)]
    needed = [e for e in _edges(reading, _NEEDS) if e[0] != e[1]]
    for edges, need in ((within, False), (needed, True)):
        names = _round(edges)
        if names:
            return Circle(tuple(names), needed=need)
    return None


def _edges(reading: Reading, pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield parts, each with the whole that it is in."""
    for statement in reading.said:
        for hit in pattern.finditer(statement.lower):
            if (hit.group("modal") or "").strip() in _MAYBE:
                continue  # what may be in the other may be without it
            part, whole = _phrase(hit.group("part")), _phrase(hit.group("whole"))
            if not part or not whole:
                continue
            if part[-1] != whole[-1]:
                yield part[-1], whole[-1]
            elif part == whole and (pattern is _HEADER or _universal(hit)):
                yield " ".join(part), " ".join(whole)


def _universal(hit: re.Match[str]) -> bool:
    """Tell whether something is said of each record, so that none is without it."""
    return hit.group("each") in {"each", "every", "all"} or bool(hit.group("modal"))


def _round(edges: Iterable[tuple[str, str]]) -> list[str]:
    wholes: dict[str, set[str]] = {}
    for part, whole in edges:
        if part == whole:
            return [part, part]
        wholes.setdefault(part, set()).add(whole)
    try:
        TopologicalSorter(wholes).prepare()
    except CycleError as error:
        # graphlib lists each thing after one that it leads to.
        return [str(name) for name in error.args[1]][::-1]
    return []


def _phrase(phrase: str) -> list[str]:
    words = []
    for word in phrase.split():
        if word in _SMALL:
            break
        words.append(word)
    if words:
        words[-1] = english.singular(words[-1])
    return words
