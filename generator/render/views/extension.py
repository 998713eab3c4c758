"""What views of Odoo's own show of what a module adds to their models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from generator.render.views.parts import (
    LONG,
    Filter,
    Item,
    currencies,
    demanded,
    hidden,
    widget,
)
from generator.spec.fields import DATES, FieldType
from generator.spec.model import ViewKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.existing import Existing
    from generator.render.plan import EntityPlan
    from generator.spec.fields import EntityField

_WIDE: Final = LONG | {FieldType.ONE2MANY}
_UNLISTED: Final = _WIDE | {FieldType.BINARY, FieldType.IMAGE}
_SEARCHED: Final = {FieldType.CHAR, FieldType.MANY2ONE, FieldType.SELECTION}
_GROUPED: Final = {FieldType.MANY2ONE, FieldType.SELECTION}


@dataclass(frozen=True)
class StatButton:
    """A button that counts records and opens them."""

    method: str
    count: str
    label: str
    groups: str


class ExtensionView:
    """What is added to the views of an existing model.

    Args:
        entity: What is added.
        existing: The model.
    """

    def __init__(self, entity: EntityPlan, existing: Existing) -> None:
        self.entity = entity
        self.existing = existing
        self.expr, self.position = existing.anchor
        linked = {f.name for link in entity.links for f in (link.lines, link.count)}
        self.added = [f for f in entity.fields.values() if f.name not in linked]
        # Numbers, days and names stand in two columns, long texts below them.
        short = [f for f in self.added if f.type not in _WIDE]
        half = (len(short) + 1) // 2
        self.left = [self._item(f) for f in short[:half]]
        self.right = [self._item(f) for f in short[half:]]
        self.wide = [self._item(f) for f in self.added if f.type in _WIDE]
        self.currencies = currencies(entity, self.added)
        self.buttons = [*self._buttons()]
        self.columns = [*self._columns()]
        asked = bool(existing.search) and ViewKind.SEARCH in entity.spec.views
        listed = [f for f in self.added if entity.stored(f.name)] if asked else []
        self.searched = [f.name for f in listed if f.type in _SEARCHED]
        self.filters = [*_filters(listed)]
        self.grouped = [
            Filter(f.name, f.label, context=f"{{'group_by': '{f.name}'}}")
            for f in listed
            if f.type in _GROUPED
        ]

    @property
    def in_search(self) -> bool:
        """Whether something is added to the search view."""
        return bool(self.searched or self.filters)

    def _item(self, given: EntityField) -> Item:
        """Return a field of the form."""
        attributes = widget(given)
        if given.required and not given.computed:
            attributes.append(("required", "1"))
        else:
            attributes += demanded(self.entity, given)
        return Item(given.name, tuple(attributes))

    def _buttons(self) -> Iterator[StatButton]:
        if not self.existing.buttons:
            return
        module = self.entity.module.module
        for link in self.entity.links:
            groups = ",".join(f"{module}.group_{role}" for role in link.count.roles)
            yield StatButton(link.method, link.count.name, link.target.plural, groups)

    def _columns(self) -> Iterator[Item]:
        if not self.existing.list or ViewKind.LIST not in self.entity.spec.views:
            return
        listed = [f for f in self.added if f.type not in _UNLISTED]
        for f in listed:
            tags = (
                [("widget", "many2many_tags")] if f.type is FieldType.MANY2MANY else []
            )
            yield Item(f.name, (*tags, ("optional", "show")))
        yield from hidden(currencies(self.entity, listed))


def _filters(fields: list[EntityField]) -> Iterator[Filter]:
    for f in fields:
        if f.type is FieldType.BOOLEAN:
            yield Filter(f.name, f.label, f"[('{f.name}', '=', True)]")
        elif f.type in DATES:
            yield Filter(f.name, f.label, date=f.name)
