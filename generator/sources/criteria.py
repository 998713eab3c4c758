"""Finds acceptance criteria under headings of the writer's own, or without any.

A heading means acceptance by the stem of one of its words: *Checklist for sign-off*, *We
will be happy when*, *Conditions of reception*. A list is one of rules by what its items
say: what cannot be, what must be before something, who is told. Either is a hint only; a
list counts when both agree, or when it is the last one of a ticket and clearly of rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from generator.sources.bullets import is_bullet, unbulleted

_MEANS: Final = re.compile(
    r"\b(?:accept\w*|criteri\w+|complian\w+|sign(?:ed|s)?[ -]?off|tests?|tested|testing|checks?"
    r"|checklist|proof|proves?|proven|happy|satisf\w+|pleased|content when|valida\w+|verif\w+"
    r"|done|works|must work|working|right|correct|recogni[sz]e\w*|reception|hand[ -]?over when"
    r"|break|wants? to see|expect\w*|guarantee\w*|good enough|finished when|ready when"
    r"|success\w*|measured|requirements? met|non[ -]?negotiable\w*|rules|conditions|behaviou?r)\b",
    re.IGNORECASE,
)
_OTHER: Final = re.compile(
    r"\b(?:status(?:es)?|states?|stages?|fields?|data|details|columns?|roles?|people|actors?"
    r"|permissions?|process|procedure|workflow|steps|out of scope|not included|parking lot"
    r"|later|background|why|nice to have|screens?|views?|who)\b",
    re.IGNORECASE,
)
_RULE: Final = re.compile(
    r"\b(?:not|no|never|cannot|\w+n['\u2019]t|cant|wont|w/o|nothing|nobody|none|without|impossible|forbidden|refused"
    r"|blocked|must|shall|should|only|has to|have to|needs?|wants?|requires?|asks?|asked|always"
    r"|earlier|later|greater|less|smaller|larger|higher|superior|inferior|posterior|prior|than"
    r"|at least|at most|between|above|below|exceeds?|positive|zero|equals?|is (?:before|after)"
    r"|mandatory|required|compulsory|obligatory|unique|once|twice|duplicates?|overlap\w*"
    r"|remind\w*|e-?mails?|mails?|notif\w+|informed|told|alert\w*|activity|to-?do|nudge\w*"
    r"|logged|history|sum|calculated?s?|computed|locked|frozen|read-?only|visible|shown"
    r"|appears?|disappears?)\b|[<>]|->|\u2192|!",
    re.IGNORECASE,
)
_WORDS: Final = 3  # a rule says more than the name of a field
_HEADING: Final = 16  # words of a heading that is half a sentence
_FEW: Final = 0.3
_MOST: Final = 0.7
_LIST: Final = 3  # items of a list that is taken without a heading
_CHAT: Final = re.compile(r"^[A-Z]\s*:$")  # `A:` before an answer


@dataclass
class _Run:
    """A list: the lines ``[start, end)``, and the line that stands above it."""

    start: int
    end: int
    heading: int
    items: int = 0
    rules: int = 0

    @property
    def share(self) -> float:
        """Which part of the items are rules."""
        return self.rules / self.items if self.items else 0.0


def found(body: str) -> tuple[str, list[str]]:
    """Take the lists of acceptance criteria out of a text.

    Returns:
        The text without them and their headings, and the lines of the lists.
    """
    lines = body.split("\n")
    runs = [run for run in _runs(lines) if run.items > 1]
    chosen = [r for r in runs if _means(lines, r) and r.share >= _FEW]
    if not chosen and runs:
        last = runs[-1]
        title = lines[last.heading] if last.heading >= 0 else ""
        if last.items >= _LIST and last.share >= _MOST and not _OTHER.search(title):
            chosen = [last]
    taken = {n for run in chosen for n in range(run.start, run.end)}
    named = {run.heading for run in chosen if _means(lines, run)}
    kept = [x for n, x in enumerate(lines) if n not in taken | named]
    return "\n".join(kept).strip(), [lines[n] for n in sorted(taken)]


def _means(lines: list[str], run: _Run) -> bool:
    """Tell whether the line above a list says that it is about acceptance."""
    if run.heading < 0:
        return False
    title = lines[run.heading].strip(" #*_:.")
    short = len(title.split()) <= _HEADING
    return bool(short and _MEANS.search(title)) and not _OTHER.match(title)


def _runs(lines: list[str]) -> list[_Run]:
    """Return the lists of a text, also those whose items have no bullets."""
    made: list[_Run] = []
    place = 0
    while place < len(lines):
        bare = not is_bullet(lines[place])
        if bare and not _announced(lines, place):
            place += 1
            continue
        start = place
        while place < len(lines) and _goes_on(lines, place, bare=bare):
            place += 1
        made.append(_run(lines, start, place))
        place = max(place, start + 1)
    return made


def _announced(lines: list[str], place: int) -> bool:
    """Tell whether a line without a bullet begins a list: a heading stands right above it."""
    above = lines[place - 1].strip() if place else ""
    title = above.strip(" #*_:.")
    line = lines[place].strip()
    if not line or not above or line.startswith("|") or _CHAT.match(line):
        return False
    marked = above.endswith((":", "...", "\u2026")) or above.startswith(("#", "**"))
    alone = marked or place == 1 or not lines[place - 2].strip()
    return alone and len(title.split()) <= _HEADING and bool(_MEANS.search(title))


def _goes_on(lines: list[str], place: int, *, bare: bool) -> bool:
    """Tell whether a list has not ended yet at a line."""
    line = lines[place]
    if bare:
        return bool(line.strip()) and not line.lstrip().startswith(("#", "**"))
    if not line.strip():  # a gap between two items
        return is_bullet(lines[place + 1]) if place + 1 < len(lines) else False
    return is_bullet(line) or line.startswith((" ", "\t"))


def _run(lines: list[str], start: int, end: int) -> _Run:
    above = start - 1
    while above >= 0 and (
        not lines[above].strip() or _CHAT.match(lines[above].strip())
    ):
        above -= 1
    made = _Run(start, end, above)
    bare = not is_bullet(lines[start])
    for line in lines[start:end]:
        text = unbulleted(line)
        if text and (bare or is_bullet(line)):
            made.items += 1
            made.rules += len(text.split()) >= _WORDS and bool(_RULE.search(text))
    return made
