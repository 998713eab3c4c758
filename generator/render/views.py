"""What the views of an entity show, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from generator.render import conditions, fields, models, naming
from generator.spec.fields import DATES, NUMBERS, FieldType, Overdue
from generator.spec.model import ViewKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.render.plan import EntityPlan
    from generator.spec.fields import EntityField
    from generator.spec.workflow import Transition

_WIDE: Final = {FieldType.TEXT, FieldType.HTML}
_UNLISTED: Final = _WIDE | {
    FieldType.BINARY,
    FieldType.IMAGE,
    FieldType.ONE2MANY,
    FieldType.MANY2MANY,
}
_FACES: Final = {
    "res.users": "many2one_avatar_user",
    "hr.employee": "many2one_avatar_employee",
}
"""Widgets that show who somebody is, by model."""

_SUMMED: Final = {FieldType.FLOAT, FieldType.MONETARY}
_MOST_COLUMNS: Final = 9


@dataclass(frozen=True)
class Item:
    """A field in a view."""

    name: str
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def hidden(self) -> bool:
        """Whether a list does not show it."""
        return ("column_invisible", "True") in self.attributes


@dataclass(frozen=True)
class Button:
    """A button of the form."""

    method: str
    label: str
    groups: str
    invisible: str
    primary: bool


@dataclass(frozen=True)
class Reason:
    """A reason that is shown while it matters."""

    name: str
    label: str
    invisible: str


@dataclass(frozen=True)
class Page:
    """A page of the form's notebook."""

    name: str
    label: str
    columns: tuple[Item, ...] = ()
    readonly: str = ""
    field: Item | None = None
    fields: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Filter:
    """A filter, or what a list is grouped by."""

    name: str
    label: str
    domain: str = ""
    date: str = ""
    context: str = ""
    separated: bool = False


@dataclass(frozen=True)
class Axis:
    """What figures are told apart by."""

    name: str
    place: str
    interval: bool


@dataclass(frozen=True)
class Calendar:
    """The fields of a calendar."""

    start: str
    stop: str | None
    color: str | None


class EntityView:
    """All views of an entity.

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
        self.currencies = self._hidden_currencies()
        self.reasons = [*_reasons(entity)]
        self.left, self.right = self._sides()
        self.pages = [*self._pages()]
        self.columns = [*self._columns()]
        late = [
            f.name for f in entity.fields.values() if isinstance(f.computed, Overdue)
        ]
        self.danger = late[0] if late else ""
        self.muted = state_in(entity.refused_states)
        self.kanban = ViewKind.KANBAN in entity.views
        self.pivot = ViewKind.PIVOT in entity.views
        self.graph = ViewKind.GRAPH in entity.views
        self.activity = ViewKind.ACTIVITY in entity.views
        self.calendar = self._calendar()
        self.card = [
            f.name
            for f in self._plain()
            if f.name != entity.title_field and not f.roles
        ][:4]
        self.kanban_hidden = sorted(
            {
                entity.money.of(f)
                for f in self._plain()
                if f.type is FieldType.MONETARY and f.name in self.card
            }
        )
        self.axes = [*self._axes()]
        self.measures = [
            f.name
            for f in entity.fields.values()
            if f.type in NUMBERS and entity.stored(f.name)
        ]
        self.searched = self._searched()
        self.filters = [*self._filters()]
        self.grouped = [*self._grouped()]
        self.path = _path(entity)
        self.modes = ",".join(k for k in entity.views if k is not ViewKind.SEARCH)
        self.invitation = f"Add the first {entity.noun}"

    def item(self, given: EntityField, *, column: bool = False) -> Item:
        """Return a field with what the view says of it."""
        entity = self.entity
        attributes = widget(given)
        if not column:
            attributes += self._modifiers(given)
        elif given.type in _SUMMED and entity.stored(given.name):
            attributes.append(("sum", "Total"))
        elif given.type is FieldType.MANY2ONE and given.relation in _FACES:
            attributes.append(("widget", _FACES[given.relation]))
        return Item(given.name, tuple(attributes))

    def _modifiers(self, given: EntityField) -> Iterator[tuple[str, str]]:
        entity = self.entity
        demanded = [d.when for d in entity.demanded() if d.field == given.name]
        if demanded:
            parts = [conditions.modifier(entity, when) for when in demanded]
            yield "required", " or ".join(f"({part})" for part in parts)
        if given.computed is None and not given.readonly:
            if given.name == entity.owner and not entity.employee:
                yield "readonly", "1"
            elif self._frozen and given.name != entity.number:
                yield "readonly", self._frozen

    def _title(self) -> Item | None:
        entity = self.entity
        name = (
            entity.title_field if entity.title_field != entity.number else entity.words
        )
        given = entity.fields.get(name)
        if given is None or given.type is not FieldType.CHAR:
            given_number = entity.number
            return Item(given_number) if given_number else None
        return self.item(given)

    def _hidden_currencies(self) -> list[str]:
        """Return the currencies that amounts of the form need and nobody fills in."""
        entity = self.entity
        needed = {
            entity.money.of(f)
            for f in entity.fields.values()
            if f.type is FieldType.MONETARY
        }
        return sorted(needed - set(entity.fields))

    def _plain(self) -> list[EntityField]:
        entity = self.entity
        return [
            f
            for f in entity.fields.values()
            if f.type not in _UNLISTED and f.name not in {entity.number, "active"}
        ]

    def _sides(self) -> tuple[list[Item], list[Item]]:
        entity = self.entity
        shown = self.title.name if self.title else ""
        extra = [
            f
            for f in entity.fields.values()
            if f.type in {FieldType.MANY2MANY, FieldType.BINARY, FieldType.IMAGE}
        ]
        given = [f for f in [*self._plain(), *extra] if f.name != shown]
        items = [self.item(f) for f in given if f.name != "company_id"]
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
            columns = tuple(_line_columns(lines))
            yield Page(name, label, columns, self._frozen)
        wide = [f for f in entity.fields.values() if f.type in _WIDE]
        if len(wide) == 1:
            name = wide[0].name
            yield Page(name, self._labels[name], field=self.item(wide[0]))
        elif wide:  # one page for each would hide all but the first
            yield Page("details", "Details", fields=tuple(map(self.item, wide)))
        for f in entity.fields.values():
            if f.type is FieldType.ONE2MANY and f.name not in entity.children:
                yield Page(f.name, self._labels[f.name], field=self.item(f))

    def _columns(self) -> Iterator[Item]:
        entity = self.entity
        if entity.spec.configuration and "sequence" not in entity.fields:
            yield Item("sequence", (("widget", "handle"),))
        if entity.number:
            yield Item(entity.number)
        shown = [f for f in self._plain() if f.name != "company_id"]
        for position, f in enumerate(shown):
            item = self.item(f, column=True)
            if isinstance(f.computed, Overdue):
                item = Item(f.name, (("column_invisible", "True"),))
            elif position >= _MOST_COLUMNS:
                item = Item(f.name, (*item.attributes, ("optional", "hide")))
            yield item
        if entity.owner and not entity.owner_given and not entity.employee:
            yield Item(
                entity.owner, (("optional", "show"), ("widget", "many2one_avatar_user"))
            )
        yield from _currencies(entity, {f.name for f in shown})
        if entity.company:
            yield Item(
                "company_id",
                (("groups", "base.group_multi_company"), ("optional", "hide")),
            )
        if entity.states:
            yield Item("state", (("widget", "badge"), *_colours(entity)))

    def _calendar(self) -> Calendar | None:
        entity = self.entity
        if ViewKind.CALENDAR not in entity.views or entity.calendar_dates is None:
            return None
        start, stop = entity.calendar_dates
        colours = [
            f.name
            for f in entity.fields.values()
            if f.type is FieldType.MANY2ONE and f.name != entity.money.own
        ]
        return Calendar(start, stop, (colours or [entity.owner])[0] or None)

    def _axes(self) -> Iterator[Axis]:
        entity = self.entity
        rows = [
            f.name
            for f in entity.fields.values()
            if f.type in {FieldType.MANY2ONE, FieldType.SELECTION}
            and entity.stored(f.name)
            and f.name != entity.money.own
        ]
        if rows or entity.states:
            yield Axis((rows or ["state"])[0], "row", interval=False)
        dates = [
            f.name
            for f in entity.fields.values()
            if f.type in DATES and entity.stored(f.name)
        ]
        if dates:
            yield Axis(dates[0], "col", interval=True)
        elif not rows and not entity.states:
            yield Axis("create_date", "row", interval=True)

    def _searched(self) -> list[str]:
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

    def _filters(self) -> Iterator[Filter]:
        entity = self.entity
        if entity.owner:
            domain = f"[('{entity.owner}', '=', uid)]"
            yield Filter("mine", f"My {entity.plural}", domain)
        for f in entity.fields.values():
            if isinstance(f.computed, Overdue):
                yield Filter(f.name, self._labels[f.name], f"[('{f.name}', '=', True)]")
        for number, state in enumerate(entity.spec.states):
            yield Filter(
                f"state_{state.name}",
                state.label,
                f"[('state', '=', '{state.name}')]",
                separated=number == 0,
            )
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
        if entity.spec.configuration:
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


def widget(given: EntityField) -> list[tuple[str, str]]:
    """Return the widget that shows a field, as an attribute; none where Odoo's own will do."""
    if given.type is FieldType.MANY2MANY:
        return [("widget", "many2many_tags")]
    return [("widget", "image")] if given.type is FieldType.IMAGE else []


def state_in(states: Sequence[str], *, is_in: bool = True) -> str:
    """Return a modifier that is true in some states, empty where there are none."""
    if not states:
        return ""
    if len(states) == 1:
        return f"state {'==' if is_in else '!='} {states[0]!r}"
    listed = ", ".join(repr(s) for s in states)
    return f"state {'in' if is_in else 'not in'} ({listed})"


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


def _reasons(entity: EntityPlan) -> Iterator[Reason]:
    for transition in entity.transitions:
        name = entity.reasons.get(transition.name)
        if name:
            yield Reason(
                name,
                next(v.label for v in fields.views(entity) if v.name == name),
                f"state != {transition.target!r} or not {name}",
            )


def _colours(entity: EntityPlan) -> Iterator[tuple[str, str]]:
    for attribute, names in (
        ("decoration-info", [entity.first_state]),
        ("decoration-danger", [*entity.refused_states]),
        (
            "decoration-success",
            [s for s in entity.final_states if s not in entity.refused_states],
        ),
    ):
        if names:
            yield attribute, state_in(names)


def _line_columns(lines: EntityPlan) -> Iterator[Item]:
    names = set()
    for f in lines.fields.values():
        if f.name != lines.parent_field and f.type is not FieldType.ONE2MANY:
            names.add(f.name)
            attributes: list[tuple[str, str]] = []
            if f.type is FieldType.MANY2MANY:
                attributes.append(("widget", "many2many_tags"))
            demanded = [d.when for d in lines.demanded() if d.field == f.name]
            attributes += [
                ("required", conditions.modifier(lines, when)) for when in demanded[:1]
            ]
            yield Item(f.name, tuple(attributes))
    yield from _currencies(lines, names)


def _currencies(entity: EntityPlan, shown: set[str]) -> Iterator[Item]:
    """Yield the currencies of amounts in a list, which needs them to show the amounts."""
    needed = {
        entity.money.of(f)
        for f in entity.fields.values()
        if f.type is FieldType.MONETARY and f.name in shown
    }
    for name in sorted(needed - shown):
        yield Item(name, (("column_invisible", "True"),))


def _path(entity: EntityPlan) -> str:
    whole = f"{entity.module.module}-{entity.name}".replace("_", "-")
    # What begins so means something else to the web client.
    return f"x-{whole}" if whole.startswith(("m-", "action-")) else whole


__all__ = ["EntityView", "fields", "naming", "widget"]
