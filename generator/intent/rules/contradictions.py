"""Where a ticket contradicts itself: in the order of states, in who may, in what may follow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import verbs
from generator.intent.rules.events import scene
from generator.intent.rules.marking import initial
from generator.intent.rules.states import identifier, known, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.intent.rules.reading import Reading
    from generator.intent.rules.states import Listing

# Within a look-ahead, so that each word may be the state: `a rejected request can be ...`.
_MAY: Final = re.compile(
    r"\b(?=(?P<state>[a-z]+) (?:[a-z]+ ){0,2}?(?P<may>can(?:not| not|'t| never)?|may(?: not| never)?|must (?:not|never)) "
    r"(?:still |always |ever |no longer |again )*be (?:re-?)?(?P<verb>[a-z]+)\b(?! if| when| unless| only| by| until| before| after| once| without| while| in| as long))",
    re.IGNORECASE,
)
_TURN: Final = re.compile(
    r"\b(?P<one>[a-z]+) (?:only )?(?P<word>before|after) (?:it|they|being|(?:the |an? |any )?[a-z]+) ?"
    r"(?:is |are |was |were |has been |have been |can be |may be |gets? |being )*(?P<other>[a-z]+)\b(?! (?:to|again)\b)"
)


def contradictions(reading: Reading, found: list[Listing]) -> list[str]:
    """Return one sentence for each way in which the states contradict each other."""
    problems = []
    for place, one in enumerate(found):
        for other in found[place + 1 :]:
            problems += _against(one, other)
    starts: dict[str, str] = {}
    for statement in reading.said:
        name = initial(statement.text)
        # `the process starts with the signed form` is not about the record
        if name and not _STARTED_WITH.search(statement.lower):
            starts.setdefault(name, statement.text)
    if len(starts) > 1:
        first, second = list(starts.items())[:2]
        problems.append(
            f"A record is said to begin as {first[0]} ({_quoted(first[1])})"
            f" and as {second[0]} ({_quoted(second[1])})."
        )
    return [
        *problems,
        *_turns(reading, found),
        *_polarity(reading),
        *_exclusive(reading),
    ]


_STARTED_WITH: Final = re.compile(
    r"\b(?:process|procedure|day|work|story|project|everything|it all)\b[^.]{0,20}\b(?:starts?|begins?|opens?)\b"
)
_AGAIN: Final = re.compile(r"\b(?:again|back|re-?open\w*|unless|re-?submit\w*)\b")


def _turns(reading: Reading, found: list[Listing]) -> Iterator[str]:
    """Yield what `approved before it is submitted` says against other sentences."""
    said: dict[tuple[str, str], str] = {}
    for listing in found:
        names = [name for name in listing.names if not refused(name)]
        if listing.chain:
            for place, name in enumerate(names):
                said |= {
                    (name, later): listing.statement.text
                    for later in names[place + 1 :]
                }
    for statement in reading.said:
        if _AGAIN.search(statement.lower):
            continue
        for hit in _TURN.finditer(statement.lower):
            pair = tuple(_reached(hit.group(part)) for part in ("one", "other"))
            denied = _denied(statement.lower, hit)
            if denied and hit.group("word") == "after":
                continue  # what may not be changed afterwards
            # "cannot be paid before it is approved" has the other order
            before = (hit.group("word") == "before") is not denied
            first, then = pair if before else pair[::-1]
            if not first or not then or first == then:
                continue
            if (then, first) in said:
                yield (
                    f"What is {then} comes before what is {first} in"
                    f" {_quoted(said[then, first])}, and after it in {_quoted(statement.text)}."
                )
                return
            said.setdefault((first, then), statement.text)


def _reached(word: str) -> str:
    """Return the state that a participle leads to, "" for any other word."""
    hit = verbs.form((word,))
    return hit[0].state if hit and hit[1] == "participle" else ""


def _denied(low: str, hit: re.Match[str]) -> bool:
    """Tell whether a sentence says the contrary: `cannot be paid before it is approved`."""
    return bool(re.search(r"\b(?:not|never|cannot|can't|no)\b", low[: hit.end()]))


_AMOUNT: Final = re.compile(r"\d{3}|\b(?:above|below|over|up to|more than|less than)\b")


# `only the chair may cancel once it is confirmed` leaves the time before to others
_GIVEN: Final = re.compile(
    r"\b(?:if|when|once|after|before|until|unless|while|as long as|in case|whose|that (?:is|are))\b"
)


def _exclusive(reading: Reading) -> list[str]:
    """Two statements that only different people may do the same."""
    said: dict[str, tuple[set[str], str]] = {}
    for statement in reading.said:
        if _AMOUNT.search(statement.lower) or _GIVEN.search(statement.lower):
            continue
        for event in scene(statement.text).events:
            if not event.only or event.negated or not event.roles:
                continue
            before, text = said.setdefault(
                event.verb.name, ({*event.roles}, statement.text)
            )
            if not before & {*event.roles}:
                return [
                    f"Who alone may {event.verb.base} is said in two ways:"
                    f" {_quoted(text)} and {_quoted(statement.text)}."
                ]
    return []


def _against(one: Listing, other: Listing) -> list[str]:
    mine, theirs = one.names, other.names
    common = [name for name in mine if name in theirs and not refused(name)]
    if not {*mine} & {*theirs}:
        # a chain of anything else, such as how it goes today, is none of states
        sure = all(sum(map(known, x)) * 2 > len(x) for x in (mine, theirs))
        if len(mine) > 2 and len(theirs) > 2 and sure:
            return [
                f"Two lists of states have nothing in common: {', '.join(one.labels)}"
                f" and {', '.join(other.labels)}."
            ]
        return []
    for place, name in enumerate(common):
        for later in common[place + 1 :]:
            if theirs.index(later) < theirs.index(name):
                return [
                    f"{name} comes before {later}"
                    f" in {_quoted(one.statement.text)}, and after it in"
                    f" {_quoted(other.statement.text)}."
                ]
    return []


def _polarity(reading: Reading) -> list[str]:
    said: dict[tuple[str, str], dict[bool, str]] = {}
    for statement in reading.said:
        for hit in _MAY.finditer(statement.lower):
            name, deed = identifier(hit.group("state")), hit.group("verb")
            if not known(name) or not verbs.form((deed,)):
                continue
            negative = bool(re.search(r"not|never|can't", hit.group("may")))
            said.setdefault((name, deed), {})[negative] = statement.text
    return [
        f"What is {name} is said to be {deed} ({_quoted(both[False])}) and never to be"
        f" ({_quoted(both[True])})."
        for (name, deed), both in said.items()
        if len(both) == 2
    ]


def _quoted(text: str) -> str:
    return f'"{text[:80]}..."' if len(text) > 83 else f'"{text}"'
