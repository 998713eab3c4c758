"""Lists within sentences: `a destination, the dates (required) and an amount`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from generator.intent.rules import asked

_ARTICLE: Final = re.compile(
    r"^(?:and|or|as well as|plus|also|optionally|additionally|e\.g\.|i\.e\.|for example|such as"
    r"|including|the|an?|its|their|his|her|my|our|your|at least|one|exactly one|some|any|all|both"
    r"|each|every|following|also|only|mandatory|optional|required|basic|relevant|necessary|whole|so|then|several|afterwards|later(?: on)?|finally|of course|in addition|besides|maybe|possibly|perhaps|if (?:any|known|needed|necessary|possible|applicable))\s+",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(
    r"(?:,? in which case\b.*|(?<!valid)(?<!available)\s+until\b(?!\s*(?:,|\band\b|$)).*|\s+(?:so that|in order|(?:before|after)(?!\s*(?:,|\band\b|$))|when|once|if|unless|while|because|who|which"
    r"|that (?!is\b)|to be|then|and (?:can|may|must|should|is|are|the (?:system|manager)|submits?|then|sends?)"
    r"|for (?:her|his|their|our|my|approval|review|each|every|the request|a request)|is |are |must |should |can |may |shall |will |in the form"
    r"|on the form|for it|have to|has to|needs? to|where|during|as follows|at the time|without|instead|calculated|computed|which|each with"
    r"|and (?:\w+s) (?:it|them)|and (?:attaches|uploads|submits|resolves|closes|finishes|completes|gets?|can)|for (?:a|the) (?:period|meeting|trip))\b.*"
    r"|\s*(?:[.;!]|\?(?!,)).*|\s+[-\u2013\u2014]\s.*)$",
    re.IGNORECASE | re.DOTALL,
)


_DOING: Final = re.compile(
    r"^(?:then )?(?:enters?|picks?|selects?|chooses?|fills? in|gives?|adds?|states?|specif(?:y|ies)|records?|notes?(?: down)?|writes? down|takes? down|measures?|captures?|uploads?|attach(?:es)?) (?=\w)",
    re.IGNORECASE,
)
# `who borrows which asset` is an asset; who borrows it is known anyway.
_WHO: Final = re.compile(
    r"(?P<before>^|,\s*|\band\s+)(?:(?:who|when|how) [a-z]+ )?(?:which|what) (?!happened)(?=[a-z])",
    re.IGNORECASE,
)


# `the cause from a list` is the cause; `a grade from 1 to 5` is a grade.
_FROM_LIST: Final = re.compile(
    r"(?: chosen| selected)? (?:from|out of) (?:a|the) (?:drop-?down )?list\b",
    re.IGNORECASE,
)
_SCALE: Final = re.compile(
    r" (?:from |between |on a scale (?:from|of) )?(?P<scale>\d+ ?(?:to|and|-|\u2013) ?\d+)$"
)
_SOME: Final = re.compile(r"\bone or (?:more|several)\b", re.IGNORECASE)
# `brood frames, how many` counts them.
_HOW_MANY: Final = re.compile(r"(?P<what>[a-z]+), how many\b(?! [a-z])", re.IGNORECASE)
# `a priority: low, normal or high` is a choice.
_CHOSEN: Final = re.compile(
    r"\b(?P<what>[a-z-]+(?: [a-z-]+)?): (?P<values>(?!the |an? )[a-z-]+(?: [a-z-]+)?(?:, [a-z-]+(?: [a-z-]+)?)*,? or [a-z-]+(?: [a-z-]+)?)(?=\s*(?:[.;]|$))",
    re.IGNORECASE,
)
# `a programme, just free text` says how the programme is written.
_TYPE: Final = re.compile(
    r"(?:just |simply |only |as |in )?(?P<type>free text|long text|plain text|whole number|decimal number|date and time|yes/no|yes or no|y/n)"
)
# `the grower who did it, ...` is the grower, and the list goes on.
_RELATIVE: Final = re.compile(
    r" (?:who|that|which) [a-z]+(?: [a-z]+){0,3}(?=, )", re.IGNORECASE
)
_YES_NO: Final = re.compile(r" (?:yes ?/ ?no|y/n|yes or no)$", re.IGNORECASE)
_EACH: Final = re.compile(r"\b(?:both|each)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """One item of a list: its words, what stands in parentheses, and what follows a colon."""

    text: str
    notes: tuple[str, ...] = ()
    after: str = ""


def _top_level(text: str) -> list[str]:
    """Split at commas, semicolons and `and` that are not in parentheses."""
    parts: list[str] = []
    depth = place = 0
    current = ""
    while place < len(text):
        char = text[place]
        depth = max(0, depth + (char in "([") - (char in ")]"))
        width = 0 if depth else _separator(text, place, current)
        if width:
            parts.append(current)
            current = ""
        else:
            current += char
        place += width or 1
    parts.append(current)
    return [part.strip() for part in parts if part.strip()]


def _separator(text: str, place: int, before: str) -> int:
    """Return how long the separator at a place is, 0 when there is none."""
    if text[place] in ",;":
        thousands = re.match(r",\d", text[place:]) and before[-1:].isdigit()
        return 0 if thousands else 1
    word = _AND.match(text, place)
    if word is None or _inseparable(before, text[word.end() :]):
        return 0
    return word.end() - place


_AND: Final = re.compile(r"\s(?:and|or|as well as|plus|&|with(?= (?:an?|the|its) ))\s")
_PAIRS: Final = (
    ("date", "time"), ("terms", "conditions"), ("start", "end"), ("from", "to"),
    ("pros", "cons"), ("name", "address"), ("health", "safety"), ("research", "development"),
    ("check-in", "check-out"), ("arrival", "departure"), ("begin", "end"), ("first", "last"),
)  # fmt: skip


def _inseparable(before: str, rest: str) -> bool:
    left = before.strip().lower().split()[-1:] or [""]
    right = rest.strip().lower().split()[:1] or [""]
    if left[0] == "date" and right[0].strip(",.") in {"time", "hour"}:
        return True
    return (left[0], right[0].strip(",.")) in {
        ("terms", "conditions"),
        ("pros", "cons"),
    }


def split(text: str) -> list[Item]:
    """Return the items of a list that a phrase is, cut where the sentence goes on."""
    text = _CHOSEN.sub(r"\g<what> (\g<values>)", text)
    shielded = re.sub(
        r"\(([^)]*)\)",
        lambda hit: (
            "(" + hit.group(1).replace(".", "\u2024").replace(" ", "\u00a0") + ")"
        ),
        text,
    )
    shielded = _SOME.sub("several", _HOW_MANY.sub(r"\g<what> (how many)", shielded))
    shielded = _WHO.sub(r"\g<before>", asked.nouns(shielded))
    shielded = _RELATIVE.sub("", shielded)
    cut = (
        _TAIL.sub("", " " + shielded)
        .strip()
        .replace("\u2024", ".")
        .replace("\u00a0", " ")
    )
    made = [made for part in _expanded(_top_level(cut)) if (made := item(part)).text]
    return shared(made)


def shared(items: list[Item]) -> list[Item]:
    """Let `start and end (date and time each)` say it of both."""
    found: list[Item] = []
    for one in items:
        if found and _TYPE.fullmatch(one.text.lower()):
            found[-1] = replace(
                found[-1],
                notes=(*found[-1].notes, _TYPE.sub(r"\g<type>", one.text.lower())),
            )
        else:
            found.append(one)
    for place in range(1, len(found)):
        one, other = found[place - 1], found[place]
        both = tuple(_EACH.sub("", n).strip() for n in other.notes if _EACH.search(n))
        if both and not one.notes and not one.after:
            found[place - 1] = replace(one, notes=both, after=other.after)
            found[place] = replace(other, notes=both)
    return found


def _expanded(parts: list[str]) -> list[str]:
    """Let `start`, `end date` be `start date`, `end date`."""
    found = []
    for place, part in enumerate(parts):
        following = parts[place + 1] if place + 1 < len(parts) else ""
        bare = _strip(part).lower()
        tail = re.match(
            r"^(?:the |an? )?(\w[\w-]*) (dates?|times?|location|address|amount|quantity)\b",
            following,
            re.IGNORECASE,
        )
        if tail and (bare, tail.group(1).lower()) in _PAIRS:
            kind = tail.group(2)
            found.append(f"{part} {kind[:-1] if kind in {'dates', 'times'} else kind}")
        else:
            found.append(part)
    return found


def _strip(text: str) -> str:
    while True:
        made = _ARTICLE.sub("", text).removesuffix(" and")
        if made == text:
            return made.strip()
        text = made


def item(text: str) -> Item:
    """Take one item apart."""
    notes = [
        note.strip()
        for note in re.findall(r"[(\[]([^)\]]*)[)\]]", text)
        if note.strip()
    ]
    lowered = text.lower().lstrip("- ")
    if re.match(r"^(?:and |an? |the )*(optional(ly)?)\b", lowered):
        notes.append("optional")
    if re.match(r"^(?:and |an? |the )*(mandatory|required)\b", lowered):
        notes.append("required")
    bare = re.sub(r"\s*[(\[][^)\]]*[)\]]", "", text)
    if re.match(
        r"^(?:and )?(?:who|they|he|she|it|we|you|that's|that is|no (?!of\b)(?=[a-z]+ ))\b",
        bare.strip(),
        re.IGNORECASE,
    ):
        return Item("")
    bare = _DOING.sub("", bare.strip())
    bare = re.sub(
        r"^(?:and )?(?:which|what(?! happened)|whose) ", "", bare, flags=re.IGNORECASE
    )
    bare = _FROM_LIST.sub("", bare)
    ticked = _YES_NO.search(bare)
    if ticked:
        bare, notes = bare[: ticked.start()], [*notes, "yes/no"]
    scale = _SCALE.search(bare)
    if scale:
        bare, notes = bare[: scale.start()], [*notes, scale.group("scale")]
    head, sign, after = bare.partition(":")
    if not sign:
        dash = re.match(r"^(.{2,40}?)\s+[-\u2013\u2014]\s+(.+)$", bare)
        if dash:
            head, after = dash.group(1), dash.group(2)
    head = re.sub(r"\s*\*$", "", head).partition(" = ")[0]
    if head != bare.partition(":")[0] and "*" in bare:
        notes.append("required")
    return Item(_strip(head.strip(" .\"'*-")), tuple(notes), after.strip(" ."))
