"""Who acts where a line leaves it to those around it: duties below a role, marks in a table."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from generator.intent.rules import lexicon, verbs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.intent.rules.reading import Statement, Table

_DUTY: Final = re.compile(r"^(?P<deed>[a-z]+s)\b,?(?: (?P<next>[a-z]+))?")
_NO_ROLE: Final = re.compile(
    r"\b(?:status|state|stage|field|data|detail|note|scope|rule|criteri|step|process|who|what|when|why|how)",
    re.IGNORECASE,
)
_OBJECTS: Final = frozenset("the a an it them his her its to out in".split())
_PEOPLE: Final = re.compile(
    r"^(?:who|roles?|person|people|actors?|users?|user groups?|groups?|position|)$",
    re.IGNORECASE,
)
_ROLE_WORDS: Final = 4
_MARK: Final = 3  # letters of a mark in a table
_DOES: Final = frozenset(
    {"r", "r/a", "a/r", "ra", "ar", "x", "\u2713", "\u2714", "yes", "y", "do", "does"}
)


def duties(statements: Sequence[Statement]) -> list[Statement]:
    """Return statements with the role of a heading before each duty of the list below it."""
    leads: dict[str, list[Statement]] = {}
    for one in statements:
        if one.kind == "bullet" and one.lead:
            leads.setdefault(one.lead, []).append(one)
    roles = {
        lead for lead, items in leads.items()
        if len(lead.split()) <= _ROLE_WORDS and not _NO_ROLE.search(lead)
        and _duty(items[0].text)
    }  # fmt: skip
    return [
        replace(s, text=f"The {s.lead} {s.text}")
        if s.kind == "bullet" and s.lead in roles and _duty(s.text)
        else s
        for s in statements
    ]


def _duty(text: str) -> bool:
    hit = _DUTY.match(text)
    if hit is None:
        return False
    form = verbs.form((hit["deed"],))
    known = (form is not None and form[1] == "third") or hit["deed"] in lexicon.USUAL
    return known or hit["next"] in _OBJECTS


def marked(table: Table) -> list[str]:
    """Return what a table of who does what says, in sentences; none for other tables.

    Rows are deeds such as `Settle claim`, columns are roles, and a mark says who does it.
    """
    if len(table.rows) < 3:
        return []
    head, *rows = table.rows
    cells = [cell.strip().lower() for row in rows for cell in row[1:]]
    deeds = [row[0].strip().split() for row in rows if row and row[0].strip()]
    if len(deeds) < len(rows) or max(map(len, cells), default=9) > _MARK:
        return []
    if not {*cells} & _DOES:
        return []
    single = all(len(cell.split()) == 1 for cell in head[1:])
    if single and _PEOPLE.match(head[0].strip()):
        return _transposed(head, rows)
    if any(len(deed) < 2 for deed in deeds):
        return []
    done = {"r", "r/a", "a/r", "ra", "ar"} & {*cells} or _DOES
    said = []
    for row, (verb, *rest) in zip(rows, deeds, strict=True):
        thing = " ".join(rest).lower()
        for role, cell in zip(head[1:], row[1:], strict=False):
            if cell.strip().lower() in done:
                said.append(
                    f"The {role.strip().lower()} {verbs.third(verb.lower())} the {thing}."
                )
    return said


def _transposed(head: list[str], rows: list[list[str]]) -> list[str]:
    """Return the sentences of a table whose rows are roles and whose columns are deeds."""
    said = []
    for role, *cells in rows:
        for deed, cell in zip(head[1:], cells, strict=False):
            word = deed.strip().lower()
            form = verbs.form((word,))
            if cell.strip().lower() in _DOES:
                does = verbs.third(form[0].base if form else word)
                said.append(f"The {role.strip().lower()} {does} it.")
    return said
