"""Who leaves a record in a state when no verb of its own says so.

`The clerk sets it to collected`, `marks it as won`, `submits it; it is then under review`,
`Reported: the driver has sent it in`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.intent.rules.events import Event, Scene
    from generator.intent.rules.reading import Statement

_IT: Final = r"(?:it|they|this|the (?P<noun>[a-z]+))"
_STATE: Final = r"[\"'\u2018]?(?P<state>[a-z]+(?: [a-z]+){0,2}?)[\"'\u2019]?(?= ?(?:[,.;:()]|$| (?:and|or|by|until|when|as|with|for|again|from|at|in|on|to|but)\b))"
_ONCE: Final = (
    "(?:then|now|thus|thereby|henceforth|therefore|from then on|automatically|again)"
)
_CONSEQUENCES: Final = (
    re.compile(
        rf"\b(?:so|thus|after which|whereupon|upon which|at which point|from then on|which means(?: that)?|then|and) {_IT}"
        rf" (?:is|are|counts? as|becomes?|stands? as) (?:{_ONCE} |considered |regarded as |deemed )*{_STATE}"
    ),
    re.compile(
        rf"\b{_IT} (?:is|are|becomes?) {_ONCE} (?:considered |regarded as |deemed )?{_STATE}"
    ),
    re.compile(
        rf"\b{_IT} (?:counts? as|is considered|is regarded as|is deemed|stands as) {_STATE}"
    ),
    re.compile(rf"\bwhich (?:makes|leaves|renders) {_IT} {_STATE}"),
    re.compile(
        rf"\b(?:then|so|thus|and|which|after which) (?:(?:it|they|the [a-z]+) )?(?:moves|goes|changes|switches|turns) (?:on )?(?:in)?to {_STATE}"
    ),
    re.compile(
        r"(?<=\w) \((?:(?:status|state):?(?: becomes| is| changes to)? |becomes |then |->|=>|\u2192)? ?(?P<state>[a-z]+(?: [a-z]+){0,2})\)"
    ),
)
# A capital within a sentence makes a name of a word: `it is Planned when ...`, `(In translation)`.
_CAPITAL: Final = (
    re.compile(
        r"(?<=\w )(?:is|are|becomes?) (?:then |now )?(?P<state>[A-Z][a-z]+(?: [a-z]+)?)(?=[.,;)]| (?:when|once|or|and|until|by|as|after|from|if)\b|$)"
    ),
    re.compile(
        r"(?<=[a-z]) (?:it|them|the [a-z]+)(?: [a-z]+)? \((?P<state>[A-Z][a-z]+(?: [a-z]+)?)\)"
    ),
)
_NO_RECORDS: Final = frozenset(
    """reason comment remark note date amount field mail email message deposit fee photo person
    employee number document file cost price button list report history log""".split()
)
_SETTING: Final = frozenset(
    """set sets marked mark marks move moves moved put puts placed place places change changes
    changed turn turns turned switch switches switched reset resets flag flags flagged bring
    brings shift shifts shifted advance advances transitions transition push pushes drag
    drags take takes flips flip update updates updated""".split()
)
_NEAR: Final = 9  # words from `marks` to `as won`
_TO: Final = frozenset("to as into in on".split())
_BE: Final = frozenset("is are be been gets get was were being".split())
_DEFINED: Final = r"^[\"'\u2018]?{label}[\"'\u2019]?(?: \([^)]*\))?\s*(?:[:=\u2013\u2014-]|->)\s+(?P<rest>.+)$"
_JOINED: Final = frozenset({"and", "or", "/", ",", "the", "a", "an", "either"})
_OBJECT: Final = frozenset("to for with from of at about".split())


def consequences(text: str) -> list[str]:
    """Return what a sentence says a record then is: `it is then under review`."""
    found = []
    low = text.lower()
    for pattern in _CONSEQUENCES:
        for hit in pattern.finditer(low):
            label = hit["state"].strip()
            noun = hit.groupdict().get("noun")
            if label not in found and noun not in _NO_RECORDS:
                found.append(label)
    return list(dict.fromkeys([*found, *named(text)]))


def named(text: str) -> list[str]:
    """Return the states that a capital within a sentence makes names of."""
    return [hit["state"].lower() for p in _CAPITAL for hit in p.finditer(text)]


def setters(played: Scene, label: str) -> list[str]:
    """Return the mentions of who sets records to a state in a sentence: `marks it as won`."""
    low = [token.lower() for token in played.tokens]
    words = re.findall(r"[a-z]+", label.lower())
    found: list[str] = []
    for place in _places(low, words):
        start = next(
            (
                n
                for n in range(place - 1, max(-1, place - _NEAR), -1)
                if low[n] in _SETTING
            ),
            None,
        )
        if start is None:
            continue
        found += subject(played, start, place + len(words))
    return list(dict.fromkeys(found))


def subject(played: Scene, place: int, after: int | None = None) -> list[str]:
    """Return the mentions of who does what a verb says, be it in the passive.

    Args:
        played: The sentence.
        place: Token of the verb.
        after: Token from which on `by` may come, the next ones when left out.
    """
    low = [token.lower() for token in played.tokens]
    if not any(word in _BE for word in low[max(0, place - 2) : place]):
        return _before(played, low, place)
    if after is not None:
        return _by(played, low, after)
    near = range(place + 1, min(len(low), place + _NEAR))
    by = next((n for n in near if low[n] == "by"), None)
    return _by(played, low, by) if by is not None else []


def _places(low: list[str], words: list[str]) -> Iterator[int]:
    """Yield where a state is named after `to` or `as`, or joined to one that is."""
    for place in range(1, len(low) - len(words) + 1):
        if low[place : place + len(words)] != words:
            continue
        before = place - 1
        while before > 0 and (
            low[before] in {"the", "status", "state", "stage", "either"}
        ):
            before -= 1
        if low[before] in _TO or (
            low[before] in {"or", "and", ","}
            and _TO & {*low[max(0, before - 3) : before]}
        ):
            yield place


def _before(played: Scene, low: list[str], place: int) -> list[str]:
    """Return the people nearest before a verb, with those who are joined to them."""
    people = [m for m in played.people if m.end <= place and m.name in played.actors]
    found: list[str] = []
    start = None
    for mention in reversed(people):
        if start is not None and not {*low[mention.end : start]} <= _JOINED:
            break
        found.insert(0, mention.name)
        start = mention.start
    return found


def _by(played: Scene, low: list[str], place: int) -> list[str]:
    """Return who comes after `by` behind a state."""
    at = next(
        (n for n in range(place, min(len(low), place + 3)) if low[n] == "by"), None
    )
    if at is None:
        return []
    found: list[str] = []
    for mention in played.people:
        gap = {*low[at + 1 : mention.start]}
        if mention.start > at and gap <= _JOINED:
            found.append(mention.name)
            at = mention.end - 1
    return found


def followed(statement: Statement, played: Scene, label: str) -> Event | None:
    """Return the deed after which a sentence says that the record is in a state."""
    if label.lower() not in consequences(statement.text):
        return None
    words = re.findall(r"[a-z]+", label.lower())
    low = [token.lower() for token in played.tokens]
    at = next(
        (n for n in range(len(low) - 1, -1, -1) if low[n : n + len(words)] == words), 0
    )
    done = [
        e for e in played.events
        if e.place < at and e.roles and not e.negated and e.voice in {"active", "passive"}
    ]  # fmt: skip
    return done[-1] if done else None


def described(statement: Statement, played: Scene, label: str) -> list[str]:
    """Return who acts in the meaning of a state: `Reported: the driver has sent it in`."""
    pattern = _DEFINED.format(label=re.escape(label.lower()))
    if not re.match(pattern, statement.lower):
        return []
    low = [token.lower() for token in played.tokens]
    for place, word in enumerate(low):
        named = _by(played, low, place) if word == "by" else []
        if named:
            return named
    for mention in played.people:
        before = low[: mention.start][-2:]
        if not {*before} & _OBJECT and mention.name in played.actors:
            return [mention.name]
    return []
