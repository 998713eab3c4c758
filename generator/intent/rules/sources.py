"""From which states a step at the side leads, where a ticket says so.

`Given a received or assigned complaint, when she dismisses it`, `cancel a transfer that is in
draft or released`, `may clear or decline it`: the states are named beside the deed, or the
deed is the other half of one on the main line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import english

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from generator.intent.rules.deeds import Deeds
    from generator.intent.rules.events import Event, Scene
    from generator.intent.rules.flow import Flow

_NEAR: Final = 9  # words between the two halves of `clear or decline`
_FAR: Final = 25
_IN: Final = (
    r"(?:\b(?:that|which|who|when|while|if|as long as|whenever|provided|because) (?:it |they |the [a-z]+ )?(?:is|are|has been|was)(?: still| already| either| only)?"
    r"|\b(?:while|when|if|from|in|given|only) (?:still |either )?)"
)


def said(flow: Flow, deeds: Deeds, target: str, verb: str) -> list[str]:
    """Return the states in which a step may be taken, none when the ticket does not say.

    Args:
        flow: The workflow, with all states.
        deeds: Who does what.
        target: State that the step leads to.
        verb: Name of its verb.
    """
    found: list[str] = []
    halves: list[str] = []
    for statement, played in deeds.played:
        for place, event in enumerate(played.events):
            if event.verb.name != verb or event.negated or statement.kind == "title":
                continue
            found += named(flow, deeds.heads, statement.lower, target)
            halves += _half(flow, played, place, event)
    order = [name for name in flow.names if name in (found or halves)]
    return [name for name in order if name != target]


def named(flow: Flow, heads: Collection[str], text: str, target: str) -> Iterator[str]:
    """Yield the states, besides the *target*, that stand before the record, or after `that is`."""
    labels = {
        label.lower(): name for name, label in flow.labels.items() if name != target
    }
    one = "|".join(sorted(map(re.escape, labels), key=len, reverse=True))
    run = rf"(?P<run>(?:in |state |status )*(?:{one})(?:(?:,|,? or|,? and|/) (?:in |an? )?(?:{one}))*)"
    named = {h for h in heads if h and h != "it"} | {"request", "record", "one"}
    many = {english.plural(head) for head in named}
    things = "|".join(sorted(map(re.escape, named | many), key=len, reverse=True))
    patterns = (
        rf"\b(?:an?|the|any|each|every|no|only|,|or) {run} (?:[a-z]+ )?(?:{things})\b",
        rf"{_IN} {run}(?= ?(?:[.,;:)]|$| (?:state|status|or|and|when|by|if|with|yet|but|can|may)\b))",
    )
    for pattern in patterns:
        for hit in re.finditer(pattern, text):
            for label in re.findall(rf"\b(?:{one})\b", hit["run"]):
                yield labels[label]


def _half(flow: Flow, played: Scene, place: int, event: Event) -> Iterator[str]:
    """Yield where the other half of `approves or rejects` leads from."""
    main = flow.main
    for other in played.events[max(0, place - 1) : place + 2]:
        first, second = sorted((other.place, event.place))
        between = [w.lower() for w in played.tokens[first:second]]
        joined = "or" in between or "/" in between
        # `grants it, provided that ..., or declines it`
        far = len(between) <= _FAR and "or" in between[-3:]
        near = (0 < len(between) <= _NEAR or far) and not {".", ";", ":"} & {*between}
        state = other.verb.state
        same = not other.roles or not event.roles or {*other.roles} & {*event.roles}
        if joined and near and same and state in main and main.index(state):
            yield main[main.index(state) - 1]
