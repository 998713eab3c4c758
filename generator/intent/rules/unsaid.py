"""What is assumed where a ticket says nothing, in sentences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from generator.intent.rules import access, english
from generator.spec.fields import FieldType as F

if TYPE_CHECKING:
    from generator.intent.rules.entities import Thing
    from generator.intent.rules.players import Cast
    from generator.intent.rules.reading import Reading

_CURRENCY: Final = re.compile(
    r"\b(?:currency|currencies|eur|euros?|usd|dollars?|gbp|pounds?|chf|francs?)\b|[\u20ac$\u00a3]"
)
_SEEN: Final = (
    ("own", "their own records only"),
    ("team", "the records of their team"),
    ("company", "all records of their companies"),
    ("all", "all records"),
)


def sight(reading: Reading, cast: Cast, made: list[dict[str, Any]]) -> list[str]:
    """Return what is assumed of who sees what.

    Args:
        reading: The statements.
        cast: Who plays.
        made: The roles as the specification has them.
    """
    said = access.scopes(reading, cast)
    seen: dict[str, list[str]] = {}
    for role in made:
        if role["name"] not in said:
            seen.setdefault(role["scope"], []).append(role["label"])
    return [
        f"{english.listed(seen[scope])} may see {words}, as the ticket does not say."
        for scope, words in _SEEN
        if scope in seen
    ]


def fields(things: list[Thing], text: str) -> list[str]:
    """Return what is assumed of fields.

    Args:
        things: The entities.
        text: All of the ticket in lower case.
    """
    drafts = [d for thing in things for d in thing.drafts.values() if d.asked]
    made = []
    unknown = [d.label for d in drafts if not d.known and d.type is F.CHAR]
    if unknown:
        verb = "is a line" if len(unknown) == 1 else "are lines"
        made.append(
            f"{english.listed(unknown)} {verb} of text, as the ticket does not say more."
        )
    if drafts and not any(d.required is not None for d in drafts):
        made.append("No field has to be filled in, as the ticket names none.")
    if any(d.type is F.MONETARY for d in drafts) and not _CURRENCY.search(text):
        made.append("Amounts are in the currency of the company.")
    return made
