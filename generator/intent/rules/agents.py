"""By whom something is done: the people after *by* in the passive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.intent.rules import signals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.intent.rules.roles import Mention

_FAR: Final = 14  # words within which somebody is looked for
_NEAR: Final = 6  # words between a participle and its *by*


def by(words: Sequence[str], people: Sequence[Mention], place: int) -> tuple[str, ...]:
    """Return who comes after *by* within the next words.

    Args:
        words: The sentence.
        people: Who is named in it.
        place: Token after the participle.
    """
    low = [word.lower() for word in words]
    found: tuple[str, ...] = ()
    for at in range(place, min(len(low), place + _FAR)):
        if low[at : at + 2] in (["and", "by"], ["or", "by"]):
            continue
        if low[at] in signals.STOPS and at > place:
            break
        if low[at] != "by" or (not found and at > place + _NEAR):
            continue
        somebody = low[at + 1 : at + 3] in (["the", "person"], ["whoever"])
        after = named(words, people, at + 1)
        if at == place and not after and not somebody:
            return ()  # published by mistake
        if low[at + 1 : at + 4] == ["the", "person", "who"]:
            found = (*found, "requester")
        found = (*found, *after)
    return found


def named(
    words: Sequence[str], people: Sequence[Mention], place: int
) -> tuple[str, ...]:
    """Return who is named from a token on, with those joined to them; not whose it is."""
    low = [word.lower() for word in words]
    found: list[str] = []
    for mention in people:
        gap = low[place : mention.start]
        if mention.start >= place and all(
            w in signals.DETERMINERS or w in {"and", "or", "either", ","} for w in gap
        ):
            place = mention.end
            if not low[mention.end - 1].endswith("'s"):
                found.append(mention.name)
    return tuple(found)
