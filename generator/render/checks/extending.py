"""Checks of what is added to an existing model: its views, and what leads to the module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code, python
from generator.render.checks.basics import defaults, filled
from generator.render.checks.messages import tracked
from generator.render.samples import Demand
from generator.render.scenarios import Scenario
from generator.render.views import ExtensionView
from generator.spec.fields import FieldType
from generator.spec.model import CoverKind
from generator.spec.workflow import Condition, Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.existing import Existing
    from generator.render.checks.base import Check, Desk
    from generator.render.plan import Link
    from generator.render.scenarios import Person
    from generator.spec.fields import EntityField

_UNTYPED: Final = {
    FieldType.HTML,
    FieldType.BINARY,
    FieldType.IMAGE,
    FieldType.ONE2MANY,
    FieldType.MANY2MANY,
}
"""What a form of the tests takes in another way than as a plain value."""


def extending(desk: Desk) -> Iterator[Check]:
    """Yield what existing views show of it, defaults, fields and counted records."""
    existing = desk.entity.existing
    if existing is None:
        return
    view = ExtensionView(desk.entity, existing)
    yield from _filled(desk, existing)
    yield from _demanded(desk, existing)
    yield from _shown(desk, view)
    yield from _private(desk, existing)
    yield from defaults(desk)
    yield from _paid(desk)
    yield from tracked(desk)
    yield from _fields(desk)
    for link in desk.entity.links:
        yield _counted(desk, link)
        yield _opened(desk, link)
        yield _closed(desk, existing, link)


def _typed(desk: Desk) -> list[EntityField]:
    """Return what somebody who keeps such records types into their form."""
    return [f for f in desk.entity.inputs() if f.type not in _UNTYPED and not f.roles]


def _filled(desk: Desk, existing: Existing) -> Iterator[Check]:
    """Yield that the form takes the fields of whoever keeps such records."""
    values = desk.cast.samples(desk.entity).base
    typed: list[tuple[str, Escaped]] = []
    read: list[tuple[str, Escaped]] = []
    for f in _typed(desk):
        value = values.get(f.name)
        if value is None:
            continue
        literal = desk.kit.literal(f, value)
        if f.type is FieldType.MANY2ONE:
            literal = code(str(literal).removesuffix(".id"))
        typed.append((f.name, literal))
        kept = f"fields.{f.type.title()}.to_string(record.{f.name})"
        dated = f.type in {FieldType.DATE, FieldType.DATETIME}
        read.append((code(kept if dated else f"record.{f.name}"), literal))
    left = {name: python(None) for name, _ in typed}
    if typed:
        yield desk.check(
            CoverKind.VIEW,
            "form",
            "the_form_takes_it",
            "extended_form",
            begin=desk.begin(desk.plain(), **left),
            keeper=f"keeper_{desk.entity.name}",
            form=existing.form,
            typed=typed,
            read=read,
        )


def _demanded(desk: Desk, existing: Existing) -> Iterator[Check]:
    """Yield that the form demands what is required of whoever fills it in."""
    for f in _typed(desk):
        # A number or a box always has a value.
        if f.required and f.type not in _ALWAYS:
            yield desk.check(
                CoverKind.REQUIRED,
                f.name,
                f"{f.name}_is_required",
                "extended_required",
                begin=desk.begin(),
                keeper=f"keeper_{desk.entity.name}",
                form=existing.form,
                name=f.name,
            )


_ALWAYS: Final = {
    FieldType.BOOLEAN,
    FieldType.INTEGER,
    FieldType.FLOAT,
    FieldType.MONETARY,
}


def _shown(desk: Desk, view: ExtensionView) -> Iterator[Check]:
    shown = [("form", view.existing.form, [f.name for f in view.added])]
    if view.columns:
        names = [item.name for item in view.columns]
        shown.append(("list", view.existing.list, names))
    if view.in_search:
        filters = [f.name for f in view.filters if f.domain or f.date]
        found = [*view.searched, *filters, *(f"group_{f.name}" for f in view.grouped)]
        shown.append(("search", view.existing.search, found))
    for kind, xmlid, names in shown:
        if names:
            yield desk.check(
                CoverKind.VIEW,
                "views" if kind == "form" else kind,
                f"the_{kind}_shows_it",
                "extended_view",
                kind=kind,
                view=xmlid,
                names=names,
            )


def _private(desk: Desk, existing: Existing) -> Iterator[Check]:
    """Yield that fields of confidential records stay so."""
    if not existing.private:
        return
    names = [f.name for f in desk.entity.fields.values() if not f.roles]
    if names:
        yield desk.check(
            CoverKind.ACCESS,
            "private",
            "others_do_not_read_it",
            "extended_private",
            names=names,
            group=existing.private,
        )


def _paid(desk: Desk) -> Iterator[Check]:
    """Yield that amounts are in the company's currency where the model has none."""
    if desk.entity.money.missing:
        yield desk.check(
            CoverKind.FIELD,
            desk.entity.money.usual,
            "amounts_have_a_currency",
            "defaults",
            begin=desk.begin(),
            values=[
                (desk.entity.money.usual, code("self.company.currency_id")),
            ],
        )


def _fields(desk: Desk) -> Iterator[Check]:
    """Yield each field as such, for the criteria that name it."""
    for f in desk.entity.inputs():
        if f.type is FieldType.ONE2MANY or f.roles:
            continue
        demand = Demand(Condition(field=f.name, operator=Operator.SET))
        values = desk.cast.samples(desk.entity).find([demand])
        if values is not None:
            yield filled(desk, f, values)


def _viewer(desk: Desk) -> Person:
    """Return who sees most of the module's records."""
    people = desk.cast.people
    return next((p for p in people if desk.cast.sees_all(p)), desk.cast.requester)


def _linked(desk: Desk, link: Link, place: str = "record") -> Escaped:
    """Return the call that makes a record which leads to an existing one."""
    who = _viewer(desk)
    back = {link.lines.inverse or "": code(f"{place}.id")}
    return desk.kit.make(
        link.target, Scenario(who, desk.cast.samples(link.target).base), **back
    )


def _counted(desk: Desk, link: Link) -> Check:
    blind = [
        p.name
        for p in [*desk.cast.people, *desk.cast.extras]
        if link.target.personal and not desk.cast.sees(p, _viewer(desk))
    ]
    return desk.check(
        CoverKind.COMPUTED,
        link.count.name,
        f"{link.count.name}_is_what_somebody_sees",
        "counted",
        link=link,
        name=desk.entity.name,
        linked=_linked(desk, link),
        viewer=_viewer(desk).name,
        blind=blind,
        group=desk.entity.existing.group if desk.entity.existing else "",
    )


def _opened(desk: Desk, link: Link) -> Check:
    return desk.check(
        CoverKind.VIEW,
        link.lines.name,
        f"{link.lines.name}_are_opened",
        "opened",
        begin=desk.begin(),
        link=link,
        linked=_linked(desk, link),
        other=_linked(desk, link, f"self.new_{desk.entity.name}()"),
        viewer=_viewer(desk).name,
        group=desk.entity.existing.group if desk.entity.existing else "",
    )


def _closed(desk: Desk, existing: Existing, link: Link) -> Check:
    return desk.check(
        CoverKind.ACCESS,
        link.lines.name,
        f"{link.lines.name}_are_hidden_from_others",
        "hidden",
        begin=desk.begin(),
        link=link,
        keeper=f"keeper_{desk.entity.name}",
        viewer=_viewer(desk).name,
        group=existing.group,
        form=existing.form,
        button=existing.buttons,
    )
