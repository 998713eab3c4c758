"""What a record is called: its number, its title, and the words that find it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.spec.fields import FieldType, Overdue

if TYPE_CHECKING:
    from generator.render.plan.entity import EntityPlan

_TITLES: Final = (
    FieldType.CHAR,
    FieldType.MANY2ONE,
    FieldType.SELECTION,
    FieldType.DATE,
)
"""Types of a field that may name a record, the most fitting first."""


def number(entity: EntityPlan) -> str:
    """Return the field with the number that a sequence gives, or empty."""
    if not entity.spec.sequence:
        return ""
    mine = entity.fields.get("name")
    if mine is None or mine.readonly:
        return "name"
    mine = entity.fields.get("reference")
    return "reference" if mine is None or mine.readonly else "sequence_number"


def title(entity: EntityPlan) -> str:
    """Return the field that names a record."""
    if "name" in entity.fields or entity.number == "name":
        return "name"
    if entity.number:
        return entity.number
    for kind in _TITLES:
        for f in entity.fields.values():
            if f.type is kind and not isinstance(f.computed, Overdue):
                return f.name
    return next(iter(entity.fields))


def words(entity: EntityPlan) -> str:
    """Return the text field that people tell records apart by, or empty."""
    for f in entity.fields.values():
        typed = f.type is FieldType.CHAR and not f.computed and not f.readonly
        if typed and f.name != entity.number:
            return f.name
    return ""
