"""Forms of Odoo's own in a browser: what somebody types into the fields that are added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code, python
from generator.render import naming
from generator.spec.fields import DATES, NUMBERS, FieldType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.plan import EntityPlan
    from generator.render.samples import Value
    from generator.render.scenarios import Cast
    from generator.spec.fields import EntityField

TYPED: Final = (
    NUMBERS
    | DATES
    | {FieldType.CHAR, FieldType.TEXT, FieldType.SELECTION, FieldType.BOOLEAN}
)
"""Types of a field that somebody types into, or picks a known value of."""


@dataclass(frozen=True)
class FilledForm:
    """An existing form that is filled in.

    Attributes:
        entity: What is added to it.
        role: Who fills it in, within the spec.
        label: What he is called.
        group: The group that he needs for it.
        key: Where his record is found among the related ones.
        filled: What he types, as arguments.
        shown: The fields that have a value from then on.
    """

    entity: EntityPlan
    role: str
    label: Escaped
    group: Escaped
    key: str
    filled: Escaped
    shown: list[str]


def filled_forms(cast: Cast) -> Iterator[FilledForm]:
    """Yield the existing forms that a module adds fields to."""
    for entity in cast.plan.extensions:
        values = cast.samples(entity).base
        typed = {
            f.name: _words(f, values[f.name])
            for f in entity.inputs()
            if f.type in TYPED and not f.roles and values.get(f.name) is not None
        }
        if typed and entity.existing is not None:
            title = cast.plan.spec.title
            yield FilledForm(
                entity,
                f"keeper_{entity.name}",
                python(f"{entity.label} keeper of {title}"),
                python(entity.existing.group),
                naming.xmlid(entity.model),
                code(", ".join(f"{name}={value}" for name, value in typed.items())),
                [name for name in typed if values[name]],
            )


def _words(field: EntityField, value: Value) -> Escaped:
    """Return what is typed for a value."""
    if isinstance(value, datetime):
        return python(value.strftime("%Y-%m-%d %H:%M:%S"))
    if isinstance(value, date):
        return python(value.isoformat())
    if field.type is FieldType.SELECTION:
        return python(next(o.label for o in field.selection if o.value == value))
    if field.type in {FieldType.CHAR, FieldType.TEXT}:
        return python(f"Sample {naming.lowered(field.label)}"[:100])
    return python(value)
