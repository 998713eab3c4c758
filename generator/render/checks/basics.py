"""Checks of numbers, of what is required, of defaults and of fields as such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code, python
from generator.render.fields import default_code, demanded, required
from generator.render.kit import varied
from generator.render.samples import Demand
from generator.render.scenarios import Scenario
from generator.spec.fields import Dynamic, FieldType
from generator.spec.model import CoverKind
from generator.spec.workflow import (
    Condition,
    Operator,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.checks.base import Check, Desk
    from generator.render.samples import Values
    from generator.spec.fields import EntityField


def basics(desk: Desk) -> Iterator[Check]:
    """Yield numbers, required fields, defaults and fields."""
    entity = desk.entity
    if entity.number:
        spec = entity.spec.sequence
        year = r"\d{4}/" if spec and spec.yearly else ""
        prefix = spec.prefix if spec else ""
        padding = spec.padding if spec else 5
        pattern = python(rf"^{prefix}/{year}\d{{{padding},}}$")
        yield desk.check(
            CoverKind.SEQUENCE,
            entity.number,
            "records_are_numbered",
            "number",
            creator=desk.cast.requester.name,
            values="",
            pattern=pattern,
        )
    yield from _required(desk)
    yield from defaults(desk)
    for f in entity.fields.values():
        if f.computed is None and f.type is not FieldType.ONE2MANY:
            values = desk.cast.samples(entity).find(
                [Demand(Condition(field=f.name, operator=Operator.SET))]
            )
            if values is None or f.name in entity.left_to_default:
                continue
            yield filled(desk, f, values)


def filled(desk: Desk, field: EntityField, values: Values) -> Check:
    """Return the check that a record keeps what *values* have for a field."""
    return desk.check(
        CoverKind.FIELD,
        field.name,
        f"has_{field.name}",
        "field",
        begin=desk.begin(Scenario(desk.cast.requester, values)),
        name=field.name,
        boolean=False,
    )


def _required(desk: Desk) -> Iterator[Check]:
    entity = desk.entity
    names = [
        f.name
        for f in entity.inputs()
        if f.required
        and required(f)
        and default_code(entity, f) is None
        and f.name not in entity.left_to_default
        and f.type is not FieldType.BOOLEAN
    ]
    who = [f"self.{desk.cast.requester.name}"] if entity.personal else []
    create = code(f"self.new_{entity.name}({', '.join([*who, '**{name: None}'])})")
    given = [
        (name, desk.make(desk.plain().values, **_emptied(name)))
        for name in _given(desk)
    ]
    if names or given:
        yield desk.check(
            CoverKind.REQUIRED,
            "required",
            "what_is_required",
            "required",
            names=names,
            given=given,
            create=create,
        )
    for name in names:
        yield desk.check(
            CoverKind.REQUIRED,
            name,
            f"{name}_is_required",
            "required",
            names=[name],
            given=[],
            create=create,
        )


def _emptied(name: str) -> dict[str, Escaped]:
    return {name: python(value=False)}


_EMPTIED: Final = {
    FieldType.CHAR,
    FieldType.SELECTION,
    FieldType.DATE,
    FieldType.DATETIME,
    FieldType.MANY2ONE,
}


def _given(desk: Desk) -> Iterator[str]:
    """Yield what is demanded and has a default, so that nobody need fill it in."""
    entity = desk.entity
    employee = entity.fields.get(entity.employee or "")
    if employee and employee.required:
        yield employee.name
    for f in entity.inputs():
        known = default_code(entity, f) is not None and demanded(entity, f)
        if (
            known
            and f.type in _EMPTIED
            and f.name not in {entity.employee, entity.owner}
        ):
            yield f.name
    if entity.company and entity.parent is None and "company_id" not in entity.fields:
        yield "company_id"


def defaults(desk: Desk) -> Iterator[Check]:
    """Yield the values that a record has which nobody filled in."""
    entity = desk.entity
    found: list[tuple[str, Escaped]] = []
    left: dict[str, Escaped] = {}
    for f in entity.fields.values():
        default = default_code(entity, f)
        if default is None or f.computed or f.roles or f.name == entity.owner:
            continue
        if f.name in varied(entity) or f.name == entity.employee:
            continue
        dynamic = f.default.dynamic if f.default else None
        expected = _EXPECTED.get(dynamic) if dynamic else default
        if f.type is FieldType.DATETIME or f.name == entity.money.own:
            expected = None  # known to be there, and no more
        if not f.readonly and f.name not in entity.left_to_default:
            left[f.name] = python(None)
        found.append((f.name, expected or code("")))
    if entity.states:
        found.append(("state", python(entity.first_state)))
    if found:
        values = desk.plain().values
        yield desk.check(
            CoverKind.FIELD,
            "defaults",
            "defaults",
            "defaults",
            begin=code(f"record = {desk.make(values, **left)}"),
            values=found,
        )


_EXPECTED: Final = {
    Dynamic.TODAY: code("fields.Date.context_today(record)"),
    Dynamic.USER: code("record.env.user"),
    Dynamic.COMPANY: code("self.company"),
}
