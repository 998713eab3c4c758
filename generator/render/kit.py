"""Code of the generated tests that makes records and brings them into a state."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code, python
from generator.render import models, naming, relations
from generator.render.samples import DAY, LINE, SAMPLE, line_values
from generator.spec.fields import FieldType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.render.plan import EntityPlan
    from generator.render.samples import Value, Values
    from generator.render.scenarios import Cast, Done, Scenario
    from generator.spec.fields import EntityField

PIXEL: Final = "R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="
"""A picture, in base 64."""

_APART: Final = 1000
"""Days between the periods of two records that tests make, so that none overlap."""


@dataclass(frozen=True)
class Sample:
    """A record that tests relate others to."""

    name: str
    value: Escaped


def sample_name(model: str) -> str:
    """Return the attribute with the sample of a model."""
    return f"sample_{naming.xmlid(model)}"


class Kit:
    """Code that makes records.

    Args:
        cast: The people who do so.
    """

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def base(self, entity: EntityPlan) -> list[tuple[str, Escaped]]:
        """Return the values of a record that nothing special is wanted of."""
        values = self.cast.samples(entity).base
        found: list[tuple[str, Escaped]] = []
        if entity.existing is not None:
            found += _arguments(relations.sample(entity.model), new=True)
        for name, value in values.items():
            if LINE in name or value is None:
                continue
            field = entity.fields[name]
            if name in entity.left_to_default:
                continue
            if name in varied(entity):
                found.append((name, self._varied(field, value)))
            else:
                found.append((name, self.literal(field, value, "cls")))
        for name, lines in entity.children.items():
            found.append((name, code(f"[Command.create(cls.{lines.name}_values())]")))
        return found

    def literal(self, field: EntityField, value: Value, this: str = "self") -> Escaped:  # noqa: PLR0911 - one for each kind
        """Return a value as code."""
        if isinstance(value, datetime):
            return python(value.strftime("%Y-%m-%d %H:%M:%S"))
        if isinstance(value, date):
            return python(value.isoformat())
        if value != SAMPLE or field.type is FieldType.SELECTION:
            return python(False if value is None else value)
        if field.type in {FieldType.BINARY, FieldType.IMAGE}:
            return python(PIXEL)
        if field.type is FieldType.MANY2ONE:
            return code(f"{this}.{sample_name(field.relation or 'res.partner')}.id")
        if field.type is FieldType.MANY2MANY:
            name = sample_name(field.relation or "res.partner")
            return code(f"[Command.set({this}.{name}.ids)]")
        return python(f"Sample {naming.lowered(field.label)}"[:100])

    def _varied(self, field: EntityField, value: Value) -> Escaped:
        """Return a value that is another one for each record."""
        if field.type is FieldType.CHAR:
            return code('f"Sample {number}"')
        if field.type is FieldType.INTEGER:
            return code(f"{value} + number" if isinstance(value, int) else "number")
        if field.type is FieldType.MANY2ONE:
            return code(f"{self._sample(field.relation or 'res.partner', new=True)}.id")
        return moment(value, f"{_APART} * number")

    def kwargs(self, entity: EntityPlan, values: Values) -> dict[str, Escaped]:
        """Return what differs from the base, as arguments."""
        base = self.cast.samples(entity).base
        found: dict[str, Escaped] = {}
        for name, value in values.items():
            if LINE in name or base.get(name) == value:
                continue
            found[name] = self.literal(entity.fields[name], value)
        for period in entity.overlaps():
            # The usual ones are another time for each record: both change, or none.
            if {period.start, period.end} & set(found):
                for name in (period.start, period.end):
                    if name in values:
                        found[name] = self.literal(entity.fields[name], values[name])
        for name, lines in entity.children.items():
            mine, usual = line_values(values, name), self.cast.samples(lines).base
            changed = ", ".join(
                f"{key}={self.literal(lines.fields[key], value)}"
                for key, value in mine.items()
                if usual.get(key) != value
            )
            if changed:
                found[name] = code(
                    f"[Command.create(self.{lines.name}_values({changed}))]"
                )
        return found

    def make(self, entity: EntityPlan, scenario: Scenario, **more: Escaped) -> Escaped:
        """Return the call that makes a record."""
        given = {**self.kwargs(entity, scenario.values), **more}
        return self.call(entity, scenario.creator.name, given)

    def call(
        self, entity: EntityPlan, creator: str, given: Mapping[str, Escaped]
    ) -> Escaped:
        """Return the call that makes a record of *given* values."""
        named = [f"{name}={value}" for name, value in given.items()]
        who = [f"self.{creator}"] if entity.personal else []
        return code(f"self.new_{entity.name}({', '.join([*who, *named])})")

    def begin(
        self,
        entity: EntityPlan,
        scenario: Scenario,
        name: str = "record",
        **more: Escaped,
    ) -> Escaped:
        """Return code that makes a record and brings it where the scenario leads."""
        lines = [f"{name} = {self.make(entity, scenario, **more)}"]
        lines += [str(self.act(entity, done, name)) for done in scenario.steps]
        return code("\n".join(lines))

    @staticmethod
    def act(entity: EntityPlan, done: Done, name: str = "record") -> Escaped:
        """Return code by which somebody makes a transition."""
        method = models.method(done.transition)
        lines = []
        if done.transition.attachment:
            lines.append(f"self.attach({name})")
        if done.transition.reason:
            lines.append(
                f'self.give_reason({name}, self.{done.actor.name}, "{method}")'
            )
        else:
            lines.append(f"{name}.with_user(self.{done.actor.name}).{method}()")
        del entity
        return code("\n".join(lines))

    def samples(self) -> list[Sample]:
        """Return the records that others are related to, in the order they need."""
        plan = self.cast.plan
        wanted: dict[str, None] = {}
        for entity in plan.every:
            self._need(entity, wanted)
        return [Sample(sample_name(model), self._sample(model)) for model in wanted]

    def _need(
        self, entity: EntityPlan, wanted: dict[str, None], seen: Sequence[str] = ()
    ) -> None:
        plan = self.cast.plan
        for field in entity.fields.values():
            kinds = {FieldType.MANY2ONE, FieldType.MANY2MANY}
            if field.type not in kinds or field.computed or field.readonly:
                continue
            if field.name in {entity.parent_field, *entity.left_to_default}:
                continue
            model = field.relation or "res.partner"
            ours = plan.by_model.get(model)
            if model in wanted or model in seen:
                continue
            if ours is not None:
                if ours is entity:
                    continue
                self._need(ours, wanted, (*seen, entity.model))
            wanted[model] = None

    def _sample(self, model: str, *, new: bool = False) -> Escaped:
        """Return what makes a record of *model*; a *new* one has a name of its own."""
        plan = self.cast.plan
        ours = plan.by_model.get(model)
        if ours is not None:
            if ours.personal:
                return code(f"cls.new_{ours.name}(cls.{self.cast.requester.name})")
            return code(f"cls.new_{ours.name}()")
        if model == "res.users":
            login = f"{plan.module}.{{number}}"
            return code(
                f'cls._new_user(f"{login}")'
                if new
                else f"cls.{self.cast.requester.name}"
            )
        if model == "res.company":
            return code("cls.company")
        given = relations.sample(model)
        if new and relations.NUMBER not in str(given.get("name", relations.NUMBER)):
            given["name"] = f"Sample {relations.NUMBER}"
        return _create(model, given, new=new)


def _create(model: str, values: Mapping[str, object], *, new: bool) -> Escaped:
    """Return the call that makes a record of Odoo's own; those that it needs are made."""
    arguments = _arguments(values, new=new)
    named = ", ".join(f"{name}={value}" for name, value in arguments)
    return code(f'cls._create("{model}", {named})')


def _arguments(values: Mapping[str, object], *, new: bool) -> list[tuple[str, Escaped]]:
    """Return the values of a sample; those of a *new* record depend on `number`."""
    return [(name, _argument(value, new=new)) for name, value in values.items()]


def _argument(value: object, *, new: bool) -> Escaped:
    if isinstance(value, relations.Needed):
        return code(f"{_create(value.model, value.values, new=new)}.id")
    if new and isinstance(value, str) and relations.NUMBER in value:
        return code(f"f{python(value)}")
    return python(relations.first(value))


def varied(entity: EntityPlan) -> dict[str, EntityField]:
    """Return the fields that have to differ from record to record."""
    found: dict[str, EntityField] = {}
    for rule in entity.uniques():
        fields = [entity.fields[n] for n in rule.fields if n in entity.fields]
        free = [
            f
            for kind in (
                FieldType.CHAR,
                FieldType.INTEGER,
                FieldType.DATE,
                FieldType.DATETIME,
                FieldType.MANY2ONE,
            )
            for f in fields
            if f.type is kind and not f.computed and f.name != entity.number
        ]
        if free:
            found[free[0].name] = free[0]
    for period in entity.overlaps():
        for name in (period.start, period.end):
            if name in entity.fields:
                found[name] = entity.fields[name]
    return found


def counts(value: Escaped) -> bool:
    """Tell whether code reads the variable `number`; a text or a longer name does not."""
    tree = ast.parse(value, mode="eval")
    return any(isinstance(n, ast.Name) and n.id == "number" for n in ast.walk(tree))


def moment(value: Value, days: str) -> Escaped:
    """Return a date or moment, *days* later than that of the base."""
    if isinstance(value, datetime):
        return code(
            f"datetime({value.year}, {value.month}, {value.day}, {value.hour})"
            f" + timedelta(days={days})"
        )
    day = value if isinstance(value, date) else DAY
    return code(f"date({day.year}, {day.month}, {day.day}) + timedelta(days={days})")
