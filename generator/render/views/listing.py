"""The list of an entity: its columns and how its rows stand out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.render.views.parts import (
    Item,
    currencies,
    hidden,
    plain,
    state_in,
    widget,
)
from generator.spec.fields import FieldType, Overdue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.plan import EntityPlan
    from generator.spec.fields import EntityField

_FACES: Final = {
    "res.users": "many2one_avatar_user",
    "hr.employee": "many2one_avatar_employee",
}
"""Widgets that show who somebody is, by model."""

_SUMMED: Final = {FieldType.FLOAT, FieldType.MONETARY}
_MOST_COLUMNS: Final = 9


class Listing:
    """What the list shows.

    Args:
        entity: The entity.
    """

    def __init__(self, entity: EntityPlan) -> None:
        late = [
            f.name for f in entity.fields.values() if isinstance(f.computed, Overdue)
        ]
        self.danger = late[0] if late else ""
        self.muted = state_in(entity.refused_states)
        self.columns = [*_columns(entity)]


def _columns(entity: EntityPlan) -> Iterator[Item]:
    if entity.spec.configuration and "sequence" not in entity.fields:
        yield Item("sequence", (("widget", "handle"),))
    if entity.number:
        yield Item(entity.number)
    shown = [f for f in plain(entity) if f.name != "company_id"]
    for position, f in enumerate(shown):
        yield _column(entity, f, late=position >= _MOST_COLUMNS)
    if entity.owner and not entity.owner_given and not entity.employee:
        face = ("widget", _FACES["res.users"])
        yield Item(entity.owner, (("optional", "show"), face))
    yield from hidden(currencies(entity, shown))
    if entity.company:
        yield Item(
            "company_id",
            (("groups", "base.group_multi_company"), ("optional", "hide")),
        )
    if entity.states:
        yield Item("state", (("widget", "badge"), *_colours(entity)))


def _column(entity: EntityPlan, given: EntityField, *, late: bool) -> Item:
    """Return a field as a column; one that comes *late* is there on demand."""
    if isinstance(given.computed, Overdue):
        return Item(given.name, (("column_invisible", "True"),))
    attributes = widget(given)
    if given.type in _SUMMED and entity.stored(given.name):
        attributes.append(("sum", "Total"))
    elif given.type is FieldType.MANY2ONE and given.relation in _FACES:
        attributes.append(("widget", _FACES[given.relation]))
    if late:
        attributes.append(("optional", "hide"))
    return Item(given.name, tuple(attributes))


def _colours(entity: EntityPlan) -> Iterator[tuple[str, str]]:
    good = [s for s in entity.final_states if s not in entity.refused_states]
    for attribute, names in (
        ("decoration-info", [entity.first_state]),
        ("decoration-danger", [*entity.refused_states]),
        ("decoration-success", good),
    ):
        if names:
            yield attribute, state_in(names)
