"""Fields as they stand in a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.render.fields import added, given
from generator.render.fields.declaration import FieldView
from generator.render.fields.defaults import default_code
from generator.render.fields.given import demanded, required
from generator.render.fields.labels import told_apart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.plan import EntityPlan

__all__ = ["FieldView", "default_code", "demanded", "required", "views"]


def views(entity: EntityPlan) -> list[FieldView]:
    """Return all fields of an entity's model."""
    return [*told_apart(entity, [*_made(entity)])]


def _made(entity: EntityPlan) -> Iterator[FieldView]:
    if entity.number:
        yield added.number(entity)
    for field in entity.fields.values():
        if field.name not in {entity.parent_field, entity.number}:
            yield given.view(entity, field)
    if entity.parent:
        yield added.back(entity, entity.parent)
    if entity.states:
        yield added.state(entity)
    for name, lines in entity.children.items():
        if name not in entity.fields:
            yield added.lines(name, lines)
    yield from added.surroundings(entity)
