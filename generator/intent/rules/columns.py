"""Tables of steps: in which state, by which deed, and by whom, as sentences.

A row such as `Submit | Draft | Submitted | gardener` says what `The gardener submits it`
says, and the other rules read sentences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from generator.intent.rules import verbs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.intent.rules.reading import Table

_STATE: Final = r"(?:status|state|stage|phase)"
_WHO: Final = re.compile(
    r"^(?:(?:by )?whom?|(?:allowed |user )?(?:roles?|groups?)|by|responsible(?: role| person)?|responsibility|actor|person"
    r"|(?:done|performed|taken|set|moved|triggered|allowed) (?:by|for)(?: whom?)?"
    rf"|who (?:does|may|moves?|sets?|can|decides?|is|acts?|takes?|triggers?|has)\b.*|in charge|owner of the (?:step|{_STATE}))$"
)
_TO: Final = re.compile(
    rf"^(?:to|target|becomes|leads to|then|(?:to|new|next|target|resulting|following) {_STATE}|{_STATE} (?:after(?:wards)?|then)|result|afterwards)$"
)
_FROM: Final = re.compile(
    rf"^(?:from|source|(?:from|old|current|previous|source|starting) {_STATE}|{_STATE} before|before)$"
)
_IN: Final = re.compile(rf"^(?:{_STATE}|name of the {_STATE})$")
_DEED: Final = re.compile(
    r"^(?:steps?|actions?|transitions?|buttons?|activity|what(?: happens)?|deed|operation|(?:work)?flow steps?)$"
)
_NOBODY: Final = frozenset(
    {
        "",
        "-",
        "\u2013",
        "\u2014",
        "nobody",
        "n/a",
        "none",
        "system",
        "the system",
        "automatic",
    }
)
_LABEL: Final = re.compile(r"^[A-Za-z][\w' -]{1,30}$")
_ROLE: Final = re.compile(r"^[A-Za-z][A-Za-z' -]{1,30}$")
_SEVERAL: Final = re.compile(r"\s*(?:,|/|;|&|\+|\band\b|\bor\b)\s*")
_ARTICLE: Final = re.compile(r"^(?:the|an?|our) ", re.IGNORECASE)
_LONGEST: Final = 4  # words of a state


@dataclass(frozen=True)
class _Columns:
    """Where in its rows a table has what; nothing where it has not."""

    who: int
    deed: int | None
    source: int | None
    target: int | None


def told(table: Table) -> list[str]:
    """Return what a table of steps says, in sentences; none for other tables."""
    at = _columns(table.rows[0]) if len(table.rows) > 2 else None
    if at is None:
        return []
    rows = [row for row in table.rows[1:] if len(row) == len(table.rows[0])]
    said = [text for row in rows for text in _row(row, at)]
    names = list(dict.fromkeys(label for row in rows for label in _states(row, at)))
    return [f"States: {', '.join(names)}.", *said] if said and len(names) > 1 else said


def _columns(head: list[str]) -> _Columns | None:
    """Return where a table has what, None when it is not about steps."""
    low = [cell.strip().lower() for cell in head]

    def first(pattern: re.Pattern[str]) -> int | None:
        return next((n for n, cell in enumerate(low) if pattern.match(cell)), None)

    who, deed, source = first(_WHO), first(_DEED), first(_FROM)
    target, named = first(_TO), first(_IN)
    if target is None:
        target = named
    elif source is None:
        source = named
    if who is None or (deed is None and target is None):
        return None
    return _Columns(who, deed, source, target)


def _states(row: list[str], at: _Columns) -> Iterator[str]:
    """Yield the states in a row, in the order in which a record has them."""
    for place in (at.source, at.target):
        labels = _SEVERAL.split(row[place]) if place is not None else []
        for label in map(str.strip, labels):
            if _LABEL.match(label) and len(label.split()) <= _LONGEST:
                yield label


def _row(row: list[str], at: _Columns) -> Iterator[str]:
    """Yield the sentences that a row stands for."""
    who = _people(row[at.who])
    if not who:
        return
    deed = _verb(row[at.deed]) if at.deed is not None else ""
    if deed:
        yield f"The {who} {deed}."
    target = row[at.target].strip() if at.target is not None else ""
    if _LABEL.match(target):
        yield f'The {who} sets it to "{target}".'
    sources = _SEVERAL.split(row[at.source]) if at.source is not None and target else []
    for source in map(str.strip, sources):
        if _LABEL.match(source) and _LABEL.match(target):
            yield f"{source} -> {target}"


def _people(cell: str) -> str:
    """Return the roles of a cell as a sentence has them, "" for nobody."""
    names = [_ARTICLE.sub("", part).strip() for part in _SEVERAL.split(cell)]
    kept = [
        n.lower() if not n.isupper() else n for n in names if n.lower() not in _NOBODY
    ]
    if not all(_ROLE.match(name) for name in kept):
        return ""
    return " or the ".join(kept)


def _verb(cell: str) -> str:
    """Return the predicate of a step: `submits it`, `hands it over`; "" without a verb."""
    words = cell.strip().lower().split()
    for length in (2, 1):
        hit = verbs.form(tuple(words[:length]))
        if hit is not None and hit[1] in {"base", "third", "noun", "gerund"}:
            head, _, particle = verbs.third(hit[0].base).partition(" ")
            return f"{head} it {particle}".strip()
    return ""
