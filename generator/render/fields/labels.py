"""What people read beside a field, and how two of one name are told apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, python
from generator.render import naming

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.fields.declaration import FieldView
    from generator.render.plan import EntityPlan

_OF_ALL: Final = (
    "ID", "Display Name", "Created by", "Created on", "Last Updated by",
    "Last Updated on",
)  # fmt: skip
_OF_CHATTER: Final = (
    "Is Follower", "Followers", "Followers (Partners)", "Messages", "Has Message",
    "Action Needed", "Number of Actions", "Message Delivery error",
    "Number of errors", "Attachment Count", "Website Messages", "Activities",
    "Activity State", "Responsible User", "Next Activity Type", "Activity Type Icon",
    "Next Activity Deadline", "My Activity Deadline", "Next Activity Summary",
    "Activity Exception Decoration", "Icon", "Ratings",
)  # fmt: skip
"""Labels that a record has before it has a field of its own."""

_APART: Final = {
    "company_id": "Our Company",
    "user_id": "Requested by",
    "owner_user_id": "Requested by",
    "manager_user_id": "Manager in Charge",
    "state": "Workflow Status",
    "currency_id": "Currency of Amounts",
}
"""Other labels for what every record has."""

_SMALL: Final = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "from",
        "in",
        "of",
        "on",
        "or",
        "per",
        "the",
        "to",
        "until",
        "with",
    ]
)
"""Words that stay small in a title."""


def argument(name: str, text: str) -> list[tuple[str, Escaped]]:
    """Return the argument with the label of a field, none where Odoo makes the same."""
    # Odoo writes each word with a capital; a label of the same words needs no more,
    # unless it has an acronym, or small words that stay small.
    acronym = any(word[1:] != word[1:].lower() for word in text.split())
    usual = naming.default_label(name)
    if text == usual or acronym or text.casefold() != usual.casefold():
        return [("string", python(text))] if text != usual else []
    words = usual.split()
    small = [w.lower() if w.lower() in _SMALL else w for w in words[1:]]
    shown = " ".join([*words[:1], *small])
    return [("string", python(shown))] if shown != usual else []


def told_apart(entity: EntityPlan, found: list[FieldView]) -> Iterator[FieldView]:
    """Yield fields with another label where one is taken: Odoo warns of two alike."""
    taken = {*_OF_ALL, *(_OF_CHATTER if entity.chatter else ())}
    labels: dict[str, str] = {}
    # What people fill in keeps its name before what comes with every record.
    for view in sorted(found, key=lambda v: v.name not in entity.fields):
        label = view.label
        if label in taken:
            apart = [_APART.get(view.name, ""), naming.default_label(view.name)]
            apart += [f"{label} ({entity.label})"]
            apart += [f"{label} ({number})" for number in range(2, len(found) + 2)]
            label = next(text for text in apart if text and text not in taken)
        taken.add(label)
        labels[view.name] = label
    for view in found:
        rest = [pair for pair in view.arguments if pair[0] != "string"]
        named = argument(view.name, labels[view.name])
        if view.text("related") and view.text("string"):
            # Without a label of its own it has that of the field it leads to.
            named = [("string", python(labels[view.name]))]
        yield replace(view, arguments=(*named, *rest))
