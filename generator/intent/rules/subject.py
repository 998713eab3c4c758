"""What is recorded, where the title only says what the trouble is about.

`Handing-over of garden plots` is about plots, and what somebody creates is a *plot
transfer*; `Dog boarding` is about dogs, and reception takes the *stay* with an owner, a
breed and a kennel. The thing that is made, or that a list of details is said to be of, is
what is recorded when the title knows one of its words, or when the text never comes back
to the words of the title.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from generator.intent.rules import english, lists

if TYPE_CHECKING:
    from generator.intent.rules.reading import Reading

_DET: Final = r"(?:an?|the|each|every|one|this|new|such an?)"
_NOUN: Final = r"(?P<thing>[a-z]+(?:[ -][a-z]+){0,2}?)"
_MADE: Final = re.compile(
    rf"\b(?:creates?|opens?|lays on|sets up|raises?|registers?|takes?(?: down)?|enters?|files?"
    rf"|starts?|reports?|logs?|draws up|writes? down|fills? in|makes?|adds?|initiates?) {_DET} {_NOUN}"
    r"(?= (?:and|with|in|for|from|to|when|by|which|that|at|on|so|as|if|of)\b|[.,:;(]|$)"
)
# `The elements of a dispute:`, `A check consists of`, `per tuning:`
_DETAILED: Final = (
    re.compile(
        rf"\b(?:elements|details|contents?|data|fields|particulars|properties|parts) of {_DET} {_NOUN}"
        r"(?=[:.,]|$| (?:are|is|include)\b)"
    ),
    re.compile(rf"\b(?:{_DET} )?{_NOUN} (?:consists? of|is made of|is made up of|comprises?|contains)\b"),
    re.compile(
        rf"\b(?:takes?|notes?|registers?|records?|opens?|creates?|enters?|needs?|writes?) {_DET} {_NOUN}"
        r"(?: with)?:(?P<rest>.+)"
    ),
)  # fmt: skip
_NOT: Final = frozenset(
    """it row line note list button field status reason mail e-mail reminder activity number
    photo file date sum price amount value column box minute call phone sentence look sample
    bit lot little end day record entry form object item way time step document
    comment decision remark text date report-out person one same application""".split()
)
_ITEMS: Final = 3  # details that make a list of them
_DETAIL: Final = 3  # how much more a list of details tells than a deed


# `Credit notes need a trail`, `Linen deliveries to hotels`, `Checks under EN 1176`
_CLAUSE: Final = re.compile(
    r"^(?P<thing>(?:[A-Za-z-]+ ){1,3}?[a-z-]+s) (?:needs?|requires?|should|must|are|take|get|to|under|out of|according to|by|for which)\b (?!be\b)",
)
_HANDLED: Final = re.compile(
    r"^(?P<where>.+?)\s+[-\u2013\u2014]\s+(?P<what>claim|request|complaint|order|booking|case|report|application)s?"
    r"(?: (?:handling|management|processing|tracking|register|workflow|process|follow-?up))?$",
    re.IGNORECASE,
)
_PLACE: Final = re.compile(r" (?:on|in|at|of|for|by|from) .*$", re.IGNORECASE)
# `Wheelchairs nobody repairs`
_COMPLAINT: Final = re.compile(
    r"^(?P<thing>[a-z-]+(?: [a-z-]+)?) (?:that |which )?(?:nobody|no one|we|they|people|everybody|somebody) (?P<deed>.+)$"
)
_CODE: Final = re.compile(r"^(?:\[?[A-Z]{2,8}-\d+\]?[:.]?\s+|[A-Z]{2,8} ?\d+: )")


_KIND: Final = re.compile(
    r"^(?:epic|story|feature|task|request|ticket)\s*:\s*", re.IGNORECASE
)
_ONLINE: Final = re.compile(
    r"(?<=s) (?:online|digitally|electronically|on the web)$", re.IGNORECASE
)


def titled(title: str) -> str:
    """Return a title without what is wanted of the thing that it names.

    `Hail damage on stock - claim handling` names hail damage claims.
    """
    title = _ONLINE.sub("", _KIND.sub("", _CODE.sub("", title)))
    handled = _HANDLED.match(title)
    if handled:
        return f"{_PLACE.sub('', handled['where'])} {handled['what'].lower()}"
    clause = _CLAUSE.match(title)
    return clause["thing"] if clause else title


def recorded(reading: Reading, titled: str) -> list[str]:
    """Return what is recorded rather than what the title names, the likeliest first.

    Args:
        reading: The statements.
        titled: What the title names.
    """
    made = _made(reading)
    words = {english.singular(w) for w in re.findall(r"[a-z]+", reading.title.lower())}
    own = {english.singular(w) for w in titled.split()}
    text = [english.singular(w) for s in reading.said for w in _plain(s.lower)]
    heads = Counter(text)
    head = english.singular(titled.rsplit(maxsplit=1)[-1]) if titled else ""
    found: list[tuple[int, str]] = []
    for phrase, weight in made.items():
        parts = phrase.split()
        shared = {*parts} & words
        clause = _COMPLAINT.match(titled)
        if clause and phrase in clause["deed"].split():
            return [f"{english.singular_phrase(clause['thing'])} {phrase}"]
        if phrase == titled or {*parts} <= own:
            continue
        named = len(parts) > 1 and bool(shared) and parts[-1] not in own
        absent = heads[head] == 0 and weight >= _DETAIL and heads[parts[-1]] > 1
        if (named and heads[parts[-1]] > 1) or absent:
            found.append((weight + heads[parts[-1]], phrase))
    return [phrase for _, phrase in sorted(found, reverse=True)]


def _plain(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text)


def _made(reading: Reading) -> Counter[str]:
    """Count what is made, and what details are said to be of."""
    found: Counter[str] = Counter()
    for statement in reading.said:
        for hit in _MADE.finditer(statement.lower):
            found[_one(hit)] += 1
        for pattern in _DETAILED:
            for hit in pattern.finditer(statement.lower):
                rest = hit.groupdict().get("rest")
                if rest is None or len(lists.split(rest)) >= _ITEMS:
                    found[_one(hit)] += _DETAIL
    shorter = {p for p in found for o in found if o != p and o.endswith(f" {p}")}
    for phrase in shorter:
        longer = [o for o in found if o != phrase and o.endswith(f" {phrase}")]
        for other in longer:
            found[other] += found[phrase]
    return Counter({p: n for p, n in found.items() if p and p.split()[-1] not in _NOT})


def _one(hit: re.Match[str]) -> str:
    return english.singular_phrase(hit.group("thing").replace("-", " ").strip())
