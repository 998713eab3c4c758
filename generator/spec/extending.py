"""What can be added to a model that Odoo has already, and what cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator import existing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.spec.model import Entity

_OWN: Final = {
    "states": "states",
    "transitions": "transitions",
    "notifications": "notifications",
    "reminders": "reminders",
    "sequence": "numbers",
    "lines_of": "a header",
}
"""What only a model of the module's own can have, and what people call it."""


def problems(entity: Entity) -> Iterator[str]:
    """Yield one sentence for each part that an existing model cannot take."""
    where = f"Entity {entity.name}"
    found = existing.known(entity.model)
    if found is None:
        yield f"{where} adds to {entity.model}, which is no model that can be added to"
        return
    for field in entity.fields:
        if field.name in found.fields:
            yield (
                f"{where}: {found.model} has the name {field.name} already;"
                " choose another one"
            )
    for part, words in _OWN.items():
        if getattr(entity, part):
            yield f"{where} adds to {entity.model} and cannot give it {words}"
