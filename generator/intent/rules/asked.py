"""Indirect questions as the details that they ask for: `when we leave` is a date."""

from __future__ import annotations

import re
from typing import Final

_WHO: Final = r"(?:it|we|they|he|she|you|this|that|one|(?:the|a) [a-z]+(?: [a-z]+)?)"
_BEGINS: Final = r"(?P<before>^|[,;:]\s*|\band\s+)(?:also )?"
_ENDS: Final = r"(?=\s*(?:[,;.(]|\band\b|$))"
_FORMS: Final = (
    (rf"where {_WHO} (?:goes|go|is going|are going|leads?|travels?|heads?)(?: to)?", "destination"),
    (rf"where {_WHO} [a-z]+(?: [a-z]+){{0,2}}", "place"),
    (rf"when {_WHO} (?:comes?|came|will be|is|are) back|when {_WHO} (?:returns?)", "return date"),
    (rf"when {_WHO} (?:leaves?|departs?|sets? off)", "departure date"),
    (rf"when {_WHO} (?:starts?|begins?|opens?)", "start date"),
    (rf"when {_WHO} (?:ends?|finish(?:es)?|closes?|is over)", "end date"),
    (rf"when {_WHO} (?:happened|took place|takes place|occurred|is held)", "date"),
    (rf"when {_WHO} (?:was|were|has been|had been) (?P<done>[a-z]+)", r"\g<done> on"),
    (rf"when (?:{_WHO}|they)(?:'d| would)? (?:like to |want to |can |will )?come", "date"),
    (r"(?:for )?how long", "duration"),
    (r"(?:says |tells |and )?who the (?P<person>[a-z]+(?: [a-z]+)?) (?:is|was|will be)", r"\g<person>"),
    (rf"(?:until|till) when {_WHO} is (?:under |in |on )?(?P<last>[a-z]+)(?:, which is a (?P<type>date(?: and a time)?))?",
     r"\g<last> until (\g<type>)"),
    (rf"(?:until|till) when(?: {_WHO} [a-z]+(?: [a-z]+){{0,3}})?", "end date"),
    (rf"(?:by when|how soon) {_WHO} [a-z]+(?: [a-z]+){{0,2}}", "deadline"),
    (rf"how long {_WHO} (?:takes?|took|lasts?|will take|will last|is|was)", "duration"),
    (rf"how many (?P<what>[a-z]+(?: [a-z]+)?)(?: {_WHO}| there| are| were)(?: [a-z]+){{0,3}}",
     r"number of \g<what>"),
    (r"how many (?P<items>[a-z]+)", r"number of \g<items>"),
    (rf"(?:how much|what) {_WHO} costs?(?P<per> per [a-z]+)?", r"cost\g<per>"),
    (rf"how (?:urgent|pressing) {_WHO} (?:is|was)", "urgency"),
    (rf"how (?:severe|serious|bad|dangerous) {_WHO} (?:is|was)", "severity"),
    (rf"how (?:big|large) {_WHO} (?:is|was)", "size"),
    (rf"how (?:heavy) {_WHO} (?:is|was)", "weight"),
    (rf"how (?:old) {_WHO} (?:is|was)", "age"),
    (rf"how (?:far) {_WHO} [a-z]+", "distance"),
    (rf"why(?: {_WHO} [a-z]+(?: [a-z]+){{0,4}})?", "reason"),
    (rf"what {_WHO} (?:is|are|was) (?:called|named)", "name"),
    (r"what (?:is|was|seems) (?:wrong|broken|missing|the matter)", "description"),
    (r"what (?:was|has been) done", "work done"),
    (rf"what {_WHO} (?:is|are) (?:for|needed for|used for)|what for", "purpose"),
)  # fmt: skip
_ASKED: Final = tuple(
    (
        re.compile(f"{_BEGINS}(?:exactly )?(?:{form}){_ENDS}", re.IGNORECASE),
        rf"\g<before>{noun}",
    )
    for form, noun in _FORMS
)
# `how urgent it is, low, normal or high`
_VALUES: Final = re.compile(
    r"\b(?P<noun>urgency|severity|priority|size)[,:]? (?P<values>[a-z]+(?:, [a-z]+)*,? or [a-z]+)\b",
    re.IGNORECASE,
)
# `a teaser of two or three sentences` is a teaser.
_SOME: Final = re.compile(
    r" of (?:about |at most |up to )?(?:one|two|three|four|five|\d+)(?: (?:or|to) [a-z0-9]+)? (?:sentences|words|lines|pages|characters|paragraphs)",
    re.IGNORECASE,
)
# `the time it happened` is the time.
_RELATIVE: Final = re.compile(
    rf"\b(?P<noun>time|date|day|place|reason) {_WHO} (?:was |is )?[a-z]+{_ENDS}",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"\b(?:the )?name of it\b", re.IGNORECASE)


def nouns(text: str) -> str:
    """Return a list with its indirect questions put as nouns.

    `where it goes, how many seats the bus has and what it costs per person` is
    `destination, number of seats and cost per person`.
    """
    if not re.search(
        r"\b(?:where|when|how|why|what|(?:time|date|day|place|reason) (?:it|we|they|he|she|this|that)|name of it|sentences|words|lines|pages|characters|who)\b",
        text,
        re.IGNORECASE,
    ):
        return text
    text = _SOME.sub("", text)
    text = _RELATIVE.sub(r"\g<noun>", _NAME.sub("name", text))
    for pattern, noun in _ASKED:
        text = pattern.sub(noun, text)
    return _VALUES.sub(r"\g<noun> (\g<values>)", text)
