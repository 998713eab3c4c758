"""The form of an entity: its header, its two columns, and the pages below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.render import conditions, fields, models
from generator.render.views.parts import (
    LONG,
    Button,
    Item,
    Page,
    Reason,
    currencies,
    demanded,
    hidden,
    plain,
    state_in,
    widget,
)
from generator.spec.fields import FieldType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.plan import EntityPlan
    from generator.spec.fields import EntityField
    from generator.spec.workflow import Transition


class Form:
    """What the form shows.

    Args:
        entity: The entity.
    """

    def __init__(self, entity: EntityPlan) -> None:
        self.entity = entity
        self._frozen = _frozen(entity)
        self._labels = {view.name: view.label for view in fields.views(entity)}
        self.buttons = [_button(entity, t) for t in entity.transitions]
        self.shown_states = ",".join(
            s.name for s in entity.spec.states if not s.refused
        )
        self.archived = entity.spec.configuration
        self.title = self._title()
        named = self.title is not None and self.title.name != entity.number
        self.reference = entity.number if named else ""
        self.currencies = currencies(entity, entity.fields.values())
        self.reasons = [*self._reasons()]
        self.left, self.right = self._sides()
        self.pages = [*self._pages()]

    def _item(self, given: EntityField) -> Item:
        entity = self.entity
        attributes = [*widget(given), *demanded(entity, given)]
        if given.computed is None and not given.readonly:
            if given.name == entity.owner and not entity.employee:
                attributes.append(("readonly", "1"))
            elif self._frozen and given.name != entity.number:
                attributes.append(("readonly", self._frozen))
        return Item(given.name, tuple(attributes))

    def _title(self) -> Item | None:
        entity = self.entity
        name = (
            entity.title_field if entity.title_field != entity.number else entity.words
        )
        given = entity.fields.get(name)
        if given is None or given.type is not FieldType.CHAR:
            return Item(entity.number) if entity.number else None
        return self._item(given)

    def _reasons(self) -> Iterator[Reason]:
        entity = self.entity
        kept = [(entity.reasons.get(t.name), t.target) for t in entity.transitions]
        # Two who reject keep the same reason, which is shown once.
        for name, target in dict.fromkeys((n, target) for n, target in kept if n):
            shown = f"state != {target!r} or not {name}"
            yield Reason(name, self._labels[name], shown)

    def _sides(self) -> tuple[list[Item], list[Item]]:
        entity = self.entity
        shown = self.title.name if self.title else ""
        extra = [
            f
            for f in entity.fields.values()
            if f.type in {FieldType.MANY2MANY, FieldType.BINARY, FieldType.IMAGE}
        ]
        given = [f for f in [*plain(entity), *extra] if f.name != shown]
        items = [self._item(f) for f in given if f.name != "company_id"]
        if entity.personal and not entity.owner_given and not entity.employee:
            items.append(Item(entity.owner, (("readonly", "1"),)))
        if entity.managed:
            items.append(Item("manager_user_id"))
        half = (len(items) + 1) // 2
        right = items[half:]
        if entity.company:
            multi = [("groups", "base.group_multi_company")]
            if self._frozen:
                multi.append(("readonly", self._frozen))
            right.append(Item("company_id", tuple(multi)))
        return items[:half], right

    def _pages(self) -> Iterator[Page]:
        entity = self.entity
        for name, lines in entity.children.items():
            label = self._labels.get(name, lines.plural)
            yield Page(name, label, tuple(_line_columns(lines)), self._frozen)
        above = {reason.name for reason in self.reasons}
        wide = [
            f for f in entity.fields.values() if f.type in LONG and f.name not in above
        ]
        if len(wide) == 1:
            name = wide[0].name
            yield Page(name, self._labels[name], field=self._item(wide[0]))
        elif wide:  # one page for each would hide all but the first
            yield Page("details", "Details", fields=tuple(map(self._item, wide)))
        for f in entity.fields.values():
            if f.type is FieldType.ONE2MANY and f.name not in entity.children:
                yield Page(f.name, self._labels[f.name], field=self._item(f))


def _frozen(entity: EntityPlan) -> str:
    """Return when fields are frozen, in the fewest words."""
    open_states = [s for s in entity.states if s not in entity.frozen_states]
    if (
        entity.frozen_states
        and open_states
        and len(open_states) < len(entity.frozen_states)
    ):
        return state_in(open_states, is_in=False)
    return state_in(entity.frozen_states)


def _button(entity: EntityPlan, transition: Transition) -> Button:
    module = entity.module.module
    first = entity.first_state in transition.sources
    back = transition.target in {*entity.refused_states, entity.first_state}
    return Button(
        method=models.method(transition),
        label=transition.label,
        groups=",".join(f"{module}.group_{role}" for role in transition.roles),
        invisible=state_in(transition.sources, is_in=False),
        primary=not back and (first or not transition.reason),
    )


def _line_columns(lines: EntityPlan) -> Iterator[Item]:
    shown = [
        f
        for f in lines.fields.values()
        if f.name != lines.parent_field and f.type is not FieldType.ONE2MANY
    ]
    for f in shown:
        attributes: list[tuple[str, str]] = []
        if f.type is FieldType.MANY2MANY:
            attributes.append(("widget", "many2many_tags"))
        when = next((d.when for d in lines.demanded() if d.field == f.name), None)
        if when is not None:
            attributes.append(("required", conditions.modifier(lines, when)))
        yield Item(f.name, tuple(attributes))
    yield from hidden(currencies(lines, shown))
