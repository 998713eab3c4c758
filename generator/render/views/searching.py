"""The search of an entity: what is searched, its filters, and what a list is grouped by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.render import fields
from generator.render.views.parts import Filter
from generator.spec.fields import DATES, FieldType, Overdue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.plan import EntityPlan


class Searching:
    """What the search offers.

    Args:
        entity: The entity.
    """

    def __init__(self, entity: EntityPlan) -> None:
        self.entity = entity
        self._labels = {view.name: view.label for view in fields.views(entity)}
        self.fields = self._fields()
        self.filters = [
            *self._of_people(),
            *self._of_states(),
            *self._of_dates(),
            *self._of_the_archive(),
        ]
        self.grouped = [*self._grouped()]

    def _fields(self) -> list[str]:
        entity = self.entity
        found = [entity.number] if entity.number else []
        found += [
            f.name
            for f in entity.fields.values()
            if f.type in {FieldType.CHAR, FieldType.MANY2ONE}
            and entity.stored(f.name)
            and f.name not in {entity.number, entity.money.own}
        ]
        if entity.owner and entity.owner not in found and not entity.employee:
            found.append(entity.owner)
        return found or [entity.title_field]

    def _of_people(self) -> Iterator[Filter]:
        entity = self.entity
        if entity.owner:
            domain = f"[('{entity.owner}', '=', uid)]"
            yield Filter("mine", f"My {entity.plural}", domain)
        for f in entity.fields.values():
            if isinstance(f.computed, Overdue):
                yield Filter(f.name, self._labels[f.name], f"[('{f.name}', '=', True)]")

    def _of_states(self) -> Iterator[Filter]:
        for number, state in enumerate(self.entity.spec.states):
            yield Filter(
                f"state_{state.name}",
                state.label,
                f"[('state', '=', '{state.name}')]",
                separated=number == 0,
            )

    def _of_dates(self) -> Iterator[Filter]:
        entity = self.entity
        dates = [
            f
            for f in entity.fields.values()
            if f.type in DATES and entity.stored(f.name)
        ]
        for number, f in enumerate(dates):
            yield Filter(
                f"date_{f.name}",
                self._labels[f.name],
                date=f.name,
                separated=number == 0,
            )

    def _of_the_archive(self) -> Iterator[Filter]:
        if self.entity.spec.configuration:
            yield Filter(
                "archived", "Archived", "[('active', '=', False)]", separated=True
            )

    def _grouped(self) -> Iterator[Filter]:
        entity = self.entity
        if entity.states:
            yield Filter("state", "Status", context="{'group_by': 'state'}")
        for f in entity.fields.values():
            kinds = {FieldType.MANY2ONE, FieldType.SELECTION}
            if f.type in kinds and entity.stored(f.name):
                context = f"{{'group_by': '{f.name}'}}"
                yield Filter(f.name, self._labels[f.name], context=context)
        if entity.owner and not entity.owner_given and not entity.employee:
            context = f"{{'group_by': '{entity.owner}'}}"
            yield Filter(entity.owner, self._labels[entity.owner], context=context)
