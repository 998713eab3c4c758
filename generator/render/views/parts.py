"""What views are made of, and what the views of an entity have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from generator.render import conditions
from generator.spec.fields import FieldType

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from generator.render.plan import EntityPlan
    from generator.spec.fields import EntityField

LONG: Final = {FieldType.TEXT, FieldType.HTML}
_UNLISTED: Final = LONG | {
    FieldType.BINARY,
    FieldType.IMAGE,
    FieldType.ONE2MANY,
    FieldType.MANY2MANY,
}


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


def widget(given: EntityField) -> list[tuple[str, str]]:
    """Return the widget that shows a field, as an attribute; none where Odoo's own will do."""
    if given.type is FieldType.MANY2MANY:
        return [("widget", "many2many_tags")]
    return [("widget", "image")] if given.type is FieldType.IMAGE else []


def demanded(entity: EntityPlan, given: EntityField) -> list[tuple[str, str]]:
    """Return when a field has to be filled, as an attribute; none where it never has."""
    parts = [
        conditions.modifier(entity, demand.when)
        for demand in entity.demanded()
        if demand.field == given.name
    ]
    return [("required", " or ".join(f"({part})" for part in parts))] if parts else []


def currencies(entity: EntityPlan, shown: Collection[EntityField]) -> list[str]:
    """Return the currencies that the amounts among *shown* need beside them, in order."""
    needed = {entity.money.of(f) for f in shown if f.type is FieldType.MONETARY}
    return sorted(needed - {f.name for f in shown})


def hidden(names: Sequence[str]) -> Iterator[Item]:
    """Yield columns that a list needs and does not show."""
    for name in names:
        yield Item(name, (("column_invisible", "True"),))


def plain(entity: EntityPlan) -> list[EntityField]:
    """Return the fields that take little room."""
    return [
        f
        for f in entity.fields.values()
        if f.type not in _UNLISTED and f.name not in {entity.number, "active"}
    ]


def state_in(states: Sequence[str], *, is_in: bool = True) -> str:
    """Return a modifier that is true in some states, empty where there are none."""
    if not states:
        return ""
    if len(states) == 1:
        return f"state {'==' if is_in else '!='} {states[0]!r}"
    listed = ", ".join(repr(s) for s in states)
    return f"state {'in' if is_in else 'not in'} ({listed})"
