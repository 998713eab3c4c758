"""How stories tell states in turn, and the one that a record begins in.

`A calibration is first planned, then sent, then calibrated and finally released` lists
states without calling them so. `So far the trip is only planned` says where it begins.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.intent.rules import lexicon, verbs
from generator.spec.names import slug

if TYPE_CHECKING:
    from collections.abc import Iterable

_IS: Final = r"(?:is|are|gets?|becomes?|will be|has to be|must be|was)"
_THEN: Final = (
    r"(?:then|next|after that|afterwards|after this|thereafter|later(?: on)?|subsequently|finally|lastly"
    r"|at last|in the end|at the end|eventually|in turn)"
)
_FIRST: Final = r"(?:first(?: of all)?|initially|at first|to begin with|in the beginning|originally)"
_STAGED: Final = re.compile(
    rf"\b(?:{_IS} {_FIRST}|{_FIRST},? (?:it|(?:an?|the|each|every) [a-z]+(?: [a-z]+)?) {_IS})(?: only| just)? (?P<list>[a-z][^.;:]+)",
    re.IGNORECASE,
)
# `is planned, then performed and finally signed`
_AFTER: Final = re.compile(
    rf"\b(?:it|(?:an?|the|each|every) [a-z]+(?: [a-z]+)?) {_IS} (?P<list>[a-z]+(?: [a-z]+)?,? (?:and )?{_THEN},? [^.;:]+)",
    re.IGNORECASE,
)
_NEXT: Final = re.compile(
    rf"\s*(?:,|\band\b)?\s*\b(?:and )?{_THEN},?\s+(?:(?:it|they) )?(?:{_IS} )?|\s*,\s*(?:and )?|\s+and\s+",
    re.IGNORECASE,
)
_NOW: Final = (
    r"(?:at (?:first|that moment|this moment|that point|this point|the beginning|the start)|so far|until then|up to then"
    r"|for now|for the time being|in the beginning|initially|to begin with|to start with|from the start|right away"
    r"|after that moment)"
)
_ONLY: Final = r"(?:only |just |merely |still |simply |now |then |nothing but |no more than |not more than )*"
_BEGUN: Final = (
    re.compile(
        rf"\b{_NOW},? (?:it|they|this|that|(?:an?|the|each|every) [a-z]+(?: [a-z]+)?) (?:is|are|counts as|stays|remains|stands as|has the status) {_ONLY}(?:an? (?:mere )?)?(?P<state>[a-z]+)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:it|they|(?:an?|the|each|every|new) [a-z]+(?: [a-z]+)?) (?:is|are) (?:only|just|merely) (?:an? )?(?P<state>[a-z]+)\b(?: and nothing (?:more|else)| at first| {_NOW}|\s*[.;]|$)",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:starts?(?: out| off)?|begins?|comes? in|arrives?|enters? (?:the system|life)|opens?) (?:as |in the state |being |and (?:is|counts as) |with the status )(?:an? (?:mere )?)?[\"'\u2018]?(?P<state>[a-z]+)",
        re.IGNORECASE,
    ),
)
_PARTICLES: Final = frozenset("in out off up over back down away on".split())
_FEWEST: Final = 3  # states that make a sentence a list of them


def done(phrase: str) -> str:
    """Return the participle that a phrase begins with: `sent` of `sent to the lab`."""
    words = re.findall(r"[a-z-]+", phrase.lower())
    if not words:
        return ""
    pair = " ".join(words[:2])
    known = verbs.form((*words[:2],))
    if len(words) > 1 and (
        (known and known[1] == "participle") or words[1] in _PARTICLES
    ):
        return pair
    one = verbs.form((words[0],))
    plain = words[0].endswith("ed") or words[0] in lexicon.IRREGULAR
    return words[0] if plain or (one and one[1] == "participle") else ""


def staged(text: str) -> list[str]:
    """Return the states that a sentence tells in turn, none when it tells less than three."""
    hit = _STAGED.search(text) or _AFTER.search(text)
    if hit is None:
        return []
    parts = [part for part in _NEXT.split(hit.group("list")) if part and part.strip()]
    found = [done(part) for part in parts]
    return found if all(found) and len({*found}) == len(found) >= _FEWEST else []


def begun(text: str) -> str | None:
    """Return the state that a story says a record begins in."""
    for pattern in _BEGUN:
        hit = pattern.search(text)
        word = hit.group("state").lower() if hit else ""
        form = verbs.form((word,))
        participle = word.endswith("ed") or (
            form is not None and form[1] == "participle"
        )
        if (participle and word not in _NO_STATE) or word in _STANDING:
            return slug(word)
    return None


_STANDING: Final = frozenset(
    "draft new open idea option enquiry inquiry request proposal pending noted wish".split()
)


_SO: Final = r"(?:then|finally|now|thus|thereby|therefore|eventually|from then on|as a result|automatically)"
_WHEN: Final = (
    r"(?:after (?:that|which|this)|from then on|in the end|finally|then|thereafter|afterwards|otherwise|failing that|if not|or else"
    r"|(?:from the moment|as soon as|once|when|after|if|in case|on the day|only when|only after|only once|where) [^,.;:]{3,70})"
)


def reached(text: str, heads: Iterable[str]) -> list[str]:
    """Return the states that a story says a record is in then.

    `Then it is handed over`, `after which the dog is sheltered`, `from then on the trip
    counts as booked`, `a tool that does not pass is blocked`.

    Args:
        text: One sentence.
        heads: Words by which the ticket calls what it records.
    """
    words = "|".join(sorted((re.escape(h) for h in heads if h), key=len, reverse=True))
    thing = rf"(?:it|they|(?:an?|the|each|every|any|all|such an?) (?:[a-z]+ )?(?:{words})s?)"
    who = r"(?:that|which|who|whose|without|with) [^,.;:]{3,60}?"
    patterns = (
        rf"\b{thing} {_IS} (?:{_SO} ){{1,2}}(?P<state>[a-z]+(?: [a-z]+)?)",
        rf"\b{_WHEN},? {thing} {_IS} (?:only |just |also )?(?P<state>[a-z]+(?: [a-z]+)?)",
        rf"\b{thing} (?:then |thus |now |from then on |finally )?(?:counts|stands|goes|is considered|is regarded|is seen|is filed) as (?P<state>[a-z]+(?: [a-z]+)?)",
        rf"\b(?:once|as soon as|only after|only when|only once) {thing} (?:is|are|has been|have been|was) (?P<state>[a-z]+(?: [a-z]+)?)",
        rf"\b{thing} (?:is|are|gets|has to be|must be) (?P<learnt>[a-z]+) by (?:the|an?) ",
        rf"^(?:{thing}|what|whatever|whoever) (?:{who} |(?:is|does|has|was) [^,.;:]{{3,50}}? )(?:is|gets) (?P<state>[a-z]+(?: [a-z]+)?)",
    )
    found = []
    for pattern in patterns:
        for hit in re.finditer(pattern, text, re.IGNORECASE):
            group = "learnt" if "learnt" in hit.groupdict() else "state"
            state = done(hit.group(group))
            # What is done by whom is a deed; only verbs that no list has are left.
            deed = group == "learnt" and (state,) in verbs.FORMS
            if state and not deed and state.split()[0] not in _NO_STATE:
                found.append((hit.start(group), state))
    return [state for _, state in sorted(found)]


_NO_STATE: Final = frozenset(
    """needed required supposed allowed used called based asked expected wanted limited linked
    informed notified reminded told mentioned shown displayed filled locked attached
    changed edited created made done related concerned found sent set put read given
    visible entered saved stored recorded logged tracked kept listed taken""".split()
)
