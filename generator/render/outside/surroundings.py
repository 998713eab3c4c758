"""Who and what has to be there before the first record, outside of the module's own tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code, python
from generator.render import naming, relations
from generator.render.kit import PIXEL
from generator.render.outside.forms import filled_forms
from generator.render.samples import LINE, SAMPLE, line_values
from generator.spec.fields import FieldType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.render.plan import EntityPlan, ModulePlan
    from generator.render.samples import Value
    from generator.render.scenarios import Cast, Person
    from generator.spec.fields import EntityField

_WORDS: Final = {FieldType.CHAR, FieldType.TEXT, FieldType.HTML}
THERE: Final = ("res.users", "res.company")
"""Models of which there is a record in any case."""


def role_of(person: Person) -> str:
    """Return the name that a spec gives a person."""
    return person.name.removeprefix("user_")


@dataclass(frozen=True)
class Related:
    """A record that others are related to."""

    key: str
    model: str
    values: Escaped


class Surroundings:
    """People, records that others are related to, and records as plain values.

    Args:
        cast: The people.
    """

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.plan: ModulePlan = cast.plan
        self.staff = any(entity.managed for entity in self.plan.entities)
        people = [*cast.people, *([cast.boss] if self.staff else [])]
        self.people = [*dict.fromkeys(people)]
        self.boss = role_of(cast.boss)
        self.forms = [*filled_forms(cast)]
        self.related = [*self._related()]

    @property
    def keepers(self) -> list[tuple[str, str]]:
        """Groups that the administrator needs for the related records."""
        known = relations.KEEPERS
        return [known[item.model] for item in self.related if item.model in known]

    def _related(self) -> Iterator[Related]:
        wanted: dict[str, None] = {}
        for entity in self.plan.entities:
            for field in entity.fields.values():
                if self.relates(entity, field):
                    wanted[field.relation or "res.partner"] = None
        wanted |= dict.fromkeys(form.entity.model for form in self.forms)
        foreign = [m for m in wanted if m not in self.plan.by_model and m not in THERE]
        for model, values in _gathered(foreign).items():
            listed = ", ".join(f'"{k}": {_foreign(v)}' for k, v in values.items())
            yield Related(naming.xmlid(model), model, code(f"{{{listed}}}"))
        for model in wanted:
            ours = self.plan.by_model.get(model)
            if ours is not None:
                yield Related(naming.xmlid(model), model, self.values(ours))

    @staticmethod
    def relates(entity: EntityPlan, field: EntityField) -> bool:
        """Tell whether a field leads to a record that is made before."""
        return (
            field.type in {FieldType.MANY2ONE, FieldType.MANY2MANY}
            and field.required
            and not field.computed
            and not field.readonly
            and field.name not in entity.left_to_default
            and field.name != entity.parent_field
        )

    def values(
        self, entity: EntityPlan, given: dict[str, Value] | None = None
    ) -> Escaped:
        """Return the values of a record as a dictionary, related records by their key."""
        values = given or self.cast.samples(entity).base
        listed = ", ".join(f'"{k}": {v}' for k, v in self.pairs(entity, values))
        return code(f"{{{listed}}}")

    def pairs(
        self, entity: EntityPlan, values: dict[str, Value]
    ) -> Iterator[tuple[str, Escaped]]:
        """Yield the names and values of a record, its lines among them."""
        for name, value in values.items():
            if LINE in name or value is None or name in entity.left_to_default:
                continue
            literal = self.literal(entity, entity.fields[name], value)
            if literal is not None:
                yield name, literal
        for name, lines in entity.children.items():
            inner = self.values(lines, line_values(values, name))
            yield name, code(f"[[0, 0, {inner}]]")

    def another(
        self, model: str, number: int | None = None, word: str = "Sample"
    ) -> Escaped:
        """Return the values of one more record of *model*, of Odoo's or of the module's own.

        Args:
            model: What it is a record of.
            number: What tells it from others; None reads the variable `number`.
            word: What its name begins with.
        """
        ours = self.plan.by_model.get(model)
        if ours is None:
            pairs = {k: _apart(v, number) for k, v in relations.sample(model).items()}
            title = "name" if "name" in pairs else ""
        else:
            pairs = dict(self.pairs(ours, self.cast.samples(ours).base))
            title = ours.title_field if ours.title_field in pairs else ""
        if model == "res.users":
            pairs["login"] = _apart(f"{word.lower()}.{relations.NUMBER}", number)
        if title:
            pairs[title] = _apart(f"{word} {relations.NUMBER}", number)
        listed = ", ".join(f'"{key}": {value}' for key, value in pairs.items())
        return code(f"{{{listed}}}")

    def literal(
        self, entity: EntityPlan, field: EntityField, value: Value
    ) -> Escaped | None:
        """Return a value as code, None where the field is left empty."""
        if isinstance(value, datetime):
            return python(value.strftime("%Y-%m-%d %H:%M:%S"))
        if isinstance(value, date):
            return python(value.isoformat())
        if value != SAMPLE or field.type is FieldType.SELECTION:
            return python(value)
        if field.type in {FieldType.MANY2ONE, FieldType.MANY2MANY}:
            return self._reference(field) if self.relates(entity, field) else None
        if field.type in _WORDS:
            return python(f"Sample {naming.lowered(field.label)}"[:100])
        return python(PIXEL) if field.required else None

    @staticmethod
    def _reference(field: EntityField) -> Escaped:
        model = field.relation or "res.partner"
        key = code(f'related["{naming.xmlid(model)}"]')
        if field.type is FieldType.MANY2MANY:
            return code(f"[[6, 0, [{key}]]]")
        return key


def _gathered(models: list[str]) -> dict[str, dict[str, object]]:
    """Return the values of a record of each of *models*, after those that it needs.

    One that is needed and is among them has what both take, and the name of its own.
    """
    found: dict[str, dict[str, object]] = {}

    def gather(model: str, values: Mapping[str, object]) -> None:
        for value in values.values():
            if isinstance(value, relations.Needed):
                gather(value.model, value.values)
        own = relations.sample(model) if model in models else {}
        found[model] = {**found.get(model, {}), **values, **own}

    for model in models:
        gather(model, relations.sample(model))
    return found


def _apart(value: object, number: int | None) -> Escaped:
    if not isinstance(value, str) or relations.NUMBER not in value:
        return _foreign(value)
    if number is None:
        return code(f"f{python(value)}")
    return python(value.replace(relations.NUMBER, str(number)))


def _foreign(value: object) -> Escaped:
    if isinstance(value, relations.Needed):
        return code(f'related["{naming.xmlid(value.model)}"]')
    return python(relations.first(value))
