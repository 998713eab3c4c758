"""States that single sentences name: what a record is set to, ends as, or begins in."""

from __future__ import annotations

import re
from typing import Final

from generator.intent.rules import states
from generator.intent.rules.beginning import begun

_SET: Final = re.compile(
    r"\b(?:status|state|stage)\b[^.;,]{0,40}?\b(?:becomes?|changes? to|changed to|is set to|set to|turns? (?:in)?to|moves? to|goes to|is|is changed to|shows|of|updated to|should be|must be|switches to)\s+(?:automatically )?(?:to )?[\"'\u2018]?(?P<state>[A-Za-z][a-z]+(?: [a-z]+)?)"
    r"|\b(?:moves?|goes|changes?|advances|transitions|switches|is moved|set|sets|reset|put|puts|placed|is put)\s+(?:it |them |the [a-z]+ )?(?:back )?(?:in)?to\s+(?:the )?(?:status |state |stage )?[\"'\u2018](?P<quoted>[A-Za-z][\w ]+?)[\"'\u2019]"
    r"|\bbecomes?\s+(?P<become>[a-z]+)\b"
    r"|\bmark(?:s|ed)?\s+(?:it|them|the [a-z ]+?|[a-z]+|)\s*as\s+(?:being )?[\"'\u2018]?(?P<marked>[a-z][a-z-]+(?: (?:in|out|over|progress|order))?)",
    re.IGNORECASE,
)
_SET_BOTH: Final = re.compile(
    r"\bsets? (?:it |them |the [a-z]+ )?to (?P<one>[a-z]+)(?: (?:and|or) (?P<two>[a-z]+))?\b",
    re.IGNORECASE,
)
# `If nobody turns up: disposed.`
_ENDS_AS: Final = re.compile(
    r"^(?:if|when|unless|otherwise)\b[^:]{0,50}: (?:it is |then )?(?P<state>[a-z]+)\.?$",
    re.IGNORECASE,
)
_START: Final = re.compile(
    r"\b(?:starts?|begins?|created|opens|is created|are created|initial(?:ly)?)\b[^.;]{0,30}?\b(?:in|as|with)\s+(?:the )?(?:initial )?(?:status |state |stage )?(?:of )?[\"'\u2018]?(?P<state>[A-Za-z]+)[\"'\u2019]?(?: (?:state|status|stage))?",
    re.IGNORECASE,
)
_INITIAL: Final = re.compile(
    r"\b(?:initial|first|default|starting) (?:state|status|stage)(?: is| of [\w ]+ is|:)\s*[\"'\u2018]?(?P<state>[A-Za-z]+)",
    re.IGNORECASE,
)
_NEW: Final = re.compile(
    r"^(?:an? |every |each |any )?[Nn]ew [a-z]+(?: [a-z]+)? (?:is|are)(?: always| first| at first)? (?P<state>[A-Za-z][a-z]+)(?=[.,;]|$| (?:when|until|and|at first)\b)"
)
_MARKED: Final = frozenset("stored recorded shown".split())


def set_to(text: str) -> list[str]:
    """Return the states that a sentence says a record is set to."""
    found = []
    for hit in _SET.finditer(text):
        label = (
            hit.group("state")
            or hit.group("quoted")
            or hit.group("marked")
            or hit.group("become")
            or ""
        ).strip()
        words = label.split()
        if len(words) == 2 and not states.known(states.identifier(label)):
            label = words[0]
        name = states.identifier(label)
        marked = hit.group("marked") is not None and name.endswith("ed")
        certain = states.known(name) or marked or hit.group("quoted") is not None
        stated = name not in states.NOT_STATES or (marked and name in _MARKED)
        if name and stated and certain:
            found.append(label)
    for hit in _SET_BOTH.finditer(text):
        words = filter(None, hit.groups())
        found += [
            w for w in words if states.known(states.identifier(w)) or w.endswith("ed")
        ]
    return found


def ended_as(text: str) -> list[str]:
    """Return the state at the side that `If nobody comes: disposed` names."""
    hit = _ENDS_AS.match(text)
    name = states.identifier(hit.group("state")) if hit else ""
    return [name] if states.known(name) or name.endswith("ed") else []


def initial(text: str) -> str | None:
    """Return the state that a sentence says a record begins in."""
    for pattern in (_INITIAL, _START, _NEW):
        hit = pattern.search(text)
        name = states.identifier(hit.group("state")) if hit else ""
        if name and states.known(name):
            return name
    return begun(text)
