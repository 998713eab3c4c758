"""Demo records: the lists that managers keep, and a few records of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from generator.escaping import python
from generator.render import naming
from generator.render.kit import varied
from generator.render.samples import DAY, LINE, SAMPLE, line_values
from generator.spec.fields import FieldType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.plan import EntityPlan
    from generator.render.samples import Value, Values
    from generator.render.scenarios import Cast
    from generator.spec.fields import EntityField

_KNOWN: Final = {
    "res.partner": "base.main_partner",
    "res.users": "base.user_admin",
    "hr.employee": "hr.employee_admin",
    "hr.department": "hr.dep_administration",
    "res.country": "base.us",
}
"""Records that come with Odoo's own modules, with demo data or without."""

_TEXT: Final = {FieldType.CHAR, FieldType.TEXT, FieldType.HTML}
_HOW_MANY: Final = 2
_APART: Final = 30


@dataclass(frozen=True)
class DemoField:
    """A value of a demo record."""

    name: str
    text: str | None = None
    ref: str = ""
    eval: str = ""


@dataclass(frozen=True)
class DemoRecord:
    """A demo record."""

    xmlid: str
    model: str
    fields: tuple[DemoField, ...]


class UnknownRecordError(LookupError):
    """A required relation leads to what no demo record is known of."""


def records(cast: Cast) -> list[DemoRecord]:
    """Return the demo records; an entity that needs what nobody knows has none."""
    found: list[DemoRecord] = []
    made: set[str] = set()
    entities = [e for e in cast.plan.entities if not e.is_line]
    for entity in sorted(entities, key=lambda e: not e.spec.configuration):
        try:
            mine = [_record(cast, entity, n, made) for n in range(1, _HOW_MANY + 1)]
        except UnknownRecordError:
            continue
        found += mine
        made.add(entity.model)
    return found


def demo_id(entity: EntityPlan, number: int) -> str:
    """Return the XML id of a demo record."""
    return f"demo_{entity.name}_{number}"


def _record(cast: Cast, entity: EntityPlan, number: int, made: set[str]) -> DemoRecord:
    values = cast.samples(entity).base
    fields = []
    if entity.employee:
        fields.append(DemoField(entity.employee, ref=_KNOWN["hr.employee"]))
    elif entity.owner:  # else it would be that of the program
        fields.append(DemoField(entity.owner, ref=_KNOWN["res.users"]))
    for name, value in values.items():
        if LINE in name or value is None:
            continue
        field = entity.fields[name]
        if name in entity.left_to_default:
            continue
        if field.type in {FieldType.MANY2ONE, FieldType.MANY2MANY}:
            if field.required:
                fields.append(_reference(cast, field, made))
            continue
        fields.append(_plain(entity, field, value, number))
    for name, lines in entity.children.items():
        fields.append(
            DemoField(name, eval=_line(lines, line_values(values, name), number))
        )
    return DemoRecord(demo_id(entity, number), entity.model, tuple(fields))


def _reference(cast: Cast, field: EntityField, made: set[str]) -> DemoField:
    model = field.relation or "res.partner"
    ours = cast.plan.by_model.get(model)
    if ours is not None and model in made:
        ref = demo_id(ours, 1)
    elif model in _KNOWN and ours is None:
        ref = _KNOWN[model]
    else:
        raise UnknownRecordError(model)
    if field.type is FieldType.MANY2MANY:
        return DemoField(field.name, eval=f"[Command.link(ref('{ref}'))]")
    return DemoField(field.name, ref=ref)


def _plain(
    entity: EntityPlan, field: EntityField, value: Value, number: int
) -> DemoField:
    if isinstance(value, date):
        if field.name in varied(entity):
            value += timedelta(days=_APART * number)
        return DemoField(field.name, eval=_from_today(value))
    if isinstance(value, (bool, int, float)):
        if field.type is FieldType.INTEGER and field.name in varied(entity):
            value += number
        return DemoField(field.name, eval=repr(value))
    if value == SAMPLE and field.type in _TEXT:
        return DemoField(field.name, text=_words(field, number))
    if value == SAMPLE:
        raise UnknownRecordError(field.name)
    return DemoField(field.name, text=str(value))


def _from_today(value: date) -> str:
    """Return a date as Odoo works it out when it loads the file, so that none is old."""
    days = value.toordinal() - DAY.toordinal()
    # `today` of a moment is now, so the hour is written.
    hour = f" {value.hour:02}:00:00" if isinstance(value, datetime) else ""
    return f"(DateTime.today() + timedelta(days={days})).strftime('%Y-%m-%d{hour}')"


def _words(field: EntityField, number: int) -> str:
    return f"Example {naming.lowered(field.label)} {number}"


def _line(lines: EntityPlan, values: Values, number: int) -> str:
    return f"[Command.create({{{', '.join(_pairs(lines, values, number))}}})]"


def _pairs(lines: EntityPlan, values: Values, number: int) -> Iterator[str]:
    for name, value in values.items():
        field = lines.fields[name]
        if value is None or name == lines.money.own:
            continue
        if field.type in {FieldType.MANY2ONE, FieldType.MANY2MANY}:
            if not field.required:
                continue
            ref = _KNOWN.get(field.relation or "")
            if ref is None:
                raise UnknownRecordError(name)
            yield f"'{name}': ref('{ref}')"
        elif isinstance(value, date):
            yield f"'{name}': {_from_today(value)}"
        elif value == SAMPLE and field.type in _TEXT:
            yield f"'{name}': {python(_words(field, number))}"
        elif value == SAMPLE:
            raise UnknownRecordError(name)
        else:
            yield f"'{name}': {python(value)}"
