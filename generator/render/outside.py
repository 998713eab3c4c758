"""What the gate's later stages need: a spec for browsers, and users and records for a load."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code, python
from generator.render import models, naming, relations
from generator.render.kit import counts, varied
from generator.render.samples import LINE, SAMPLE, line_values
from generator.render.screens import extended
from generator.spec.fields import DATES, NUMBERS, FieldType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.plan import EntityPlan, ModulePlan
    from generator.render.samples import Value
    from generator.render.scenarios import Cast, Done, Person, Scenario
    from generator.spec.fields import EntityField

_TYPED: Final = (
    NUMBERS
    | DATES
    | {FieldType.CHAR, FieldType.TEXT, FieldType.SELECTION, FieldType.BOOLEAN}
)
_APART: Final = 100
_WORDS: Final = {FieldType.CHAR, FieldType.TEXT, FieldType.HTML}


def role_of(person: Person) -> str:
    """Return the name that a spec gives a person."""
    return person.name.removeprefix("user_")


@dataclass(frozen=True)
class Press:
    """A button that somebody presses."""

    role: str
    method: str
    state: str
    reason: bool
    attachment: bool


@dataclass(frozen=True)
class Process:
    """A record's way through its workflow."""

    name: str
    entity: EntityPlan
    creator: str
    filled: Escaped | None
    values: Escaped
    presses: tuple[Press, ...]


@dataclass(frozen=True)
class Related:
    """A record that others are related to."""

    key: str
    model: str
    values: Escaped


class Outside:
    """What specs and loads of a module say.

    Args:
        cast: The people.
    """

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.plan: ModulePlan = cast.plan
        managed = any(entity.managed for entity in self.plan.entities)
        people = [*cast.people, *([cast.boss] if managed else [])]
        self.people = [*dict.fromkeys(people)]
        self.staff = managed
        self.boss = role_of(cast.boss)
        self.extended = [*extended(cast)]
        self._number = 0
        self.related = [*{item.key: item for item in self._related()}.values()]
        self.processes = [*self._processes()]
        self.main = next((e for e in self.plan.entities if e.personal), None)

    @property
    def related_needed(self) -> bool:
        """Whether the records of a load are related to others."""
        return self.main is not None and "related[" in self.values(self.main)

    @property
    def roles(self) -> list[tuple[str, Escaped, Escaped]]:
        """Names, labels and groups of the people."""
        module = self.plan.module
        found = []
        for person in self.people:
            name = role_of(person)
            groups = ", ".join(python(f"{module}.group_{r}") for r in person.roles)
            label = naming.default_label(name)
            found.append(
                (
                    name,
                    python(f"{label} of {self.plan.spec.title}"),
                    code(f"({groups},)"),
                )
            )
        # Some groups of Odoo's own say nothing of who belongs to the company.
        inside = python("base.group_user")
        found += [
            (e.role, e.label, code(f"({inside}, {e.group})")) for e in self.extended
        ]
        return found

    def _related(self) -> Iterator[Related]:
        wanted: dict[str, None] = {}
        for entity in self.plan.entities:
            for field in entity.fields.values():
                if self._relates(entity, field):
                    wanted[field.relation or "res.partner"] = None
        wanted |= dict.fromkeys(one.entity.model for one in self.extended)
        ordered = sorted(wanted, key=lambda model: model in self.plan.by_model)
        for model in ordered:
            ours = self.plan.by_model.get(model)
            if ours is not None:
                yield Related(naming.xmlid(model), model, self.values(ours))
            elif model not in {"res.users", "res.company"}:
                yield from self._foreign(model)

    @property
    def keepers(self) -> list[tuple[str, str]]:
        """Groups that the administrator needs for the related records."""
        known = relations.KEEPERS
        return [known[item.model] for item in self.related if item.model in known]

    def _foreign(self, model: str) -> Iterator[Related]:
        """Yield a record of another module, after those that it needs."""
        parts = []
        for name, value in relations.sample(model).items():
            if isinstance(value, relations.Needed):
                yield from self._foreign(value.model)
                literal = code(f'related["{naming.xmlid(value.model)}"]')
            else:
                literal = python(value)
            parts.append(f'"{name}": {literal}')
        yield Related(naming.xmlid(model), model, code(f"{{{', '.join(parts)}}}"))

    @staticmethod
    def _relates(entity: EntityPlan, field: EntityField) -> bool:
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
        listed = ", ".join(f'"{k}": {v}' for k, v in self._pairs(entity, values))
        return code(f"{{{listed}}}")

    def _pairs(
        self, entity: EntityPlan, values: dict[str, Value]
    ) -> Iterator[tuple[str, Escaped]]:
        for name, value in values.items():
            if LINE in name or value is None:
                continue
            field = entity.fields[name]
            if name in entity.left_to_default:
                continue
            literal = self._literal(entity, field, value)
            if literal is not None:
                yield name, literal
        for name, lines in entity.children.items():
            inner = self.values(lines, line_values(values, name))
            yield name, code(f"[[0, 0, {inner}]]")

    def _literal(  # noqa: PLR0911 - one for each kind
        self, entity: EntityPlan, field: EntityField, value: Value
    ) -> Escaped | None:
        if isinstance(value, datetime):
            return python(value.strftime("%Y-%m-%d %H:%M:%S"))
        if isinstance(value, date):
            return python(value.isoformat())
        if value != SAMPLE or field.type is FieldType.SELECTION:
            return python(value)
        if field.type in {FieldType.MANY2ONE, FieldType.MANY2MANY}:
            if not self._relates(entity, field):
                return None
            model = field.relation or "res.partner"
            if model == "res.users":
                return code('related["res_users"]')
            if model == "res.company":
                return code('related["res_company"]')
            key = code(f'related["{naming.xmlid(model)}"]')
            if field.type is FieldType.MANY2MANY:
                return code(f"[[6, 0, [{key}]]]")
            return key
        if field.type in _WORDS:
            return python(f"Sample {naming.lowered(field.label)}"[:100])
        return python(_PIXEL) if field.required else None

    def _filled(self, entity: EntityPlan, values: dict[str, Value]) -> Escaped | None:
        """Return what a person types into the form, None where that is too much."""
        if entity.children:
            return None
        parts: list[str] = []
        for name, value in values.items():
            field = entity.fields[name]
            if name in entity.left_to_default or value is None or field.roles:
                continue
            if field.type not in _TYPED:
                if field.required and not self._named(entity, field):
                    return None
                if field.required:
                    parts.append(f"{name}={self._label(field)}")
                continue
            if field.type is FieldType.SELECTION:
                label = next(o.label for o in field.selection if o.value == value)
                parts.append(f"{name}={python(label)}")
                continue
            literal = self._literal(entity, field, value)
            parts.append(f"{name}={literal}")
        return code(", ".join(parts)) if parts else None

    def _named(self, entity: EntityPlan, field: EntityField) -> bool:
        """Tell whether a related record is known by a name that only it has."""
        if field.type is not FieldType.MANY2ONE or not self._relates(entity, field):
            return False
        model = field.relation or ""
        ours = self.plan.by_model.get(model)
        if ours is not None:
            title = ours.fields.get(ours.title_field)
            return title is not None and title.type is FieldType.CHAR
        unknown = {"res.users", "res.company", "res.currency"}
        return model not in unknown and bool(relations.title(model))

    def _label(self, field: EntityField) -> Escaped:
        ours = self.plan.by_model.get(field.relation or "")
        if ours is not None:
            title = ours.fields[ours.title_field]
            return python(f"Sample {naming.lowered(title.label)}"[:100])
        return python(relations.title(field.relation or ""))

    def _processes(self) -> Iterator[Process]:
        for entity in self.plan.entities:
            if entity.is_line or entity.spec.configuration:
                continue
            creator = self.cast.requester
            if not entity.states:
                values = self.cast.samples(entity).base
                yield self._process(
                    entity, f"{entity.name}_is_kept", creator, values, ()
                )
                continue
            ends = [s for s in entity.final_states if s not in entity.refused_states]
            ends += [
                s for s in reversed(entity.states) if s not in entity.refused_states
            ]
            ways = [
                (ends, "comes_to_its_end"),
                ([*entity.refused_states], "is_refused"),
            ]
            for states, name in ways:
                way = self._first(entity, states, creator)
                if way and way.steps:
                    yield self._process(
                        entity,
                        f"{entity.name}_{name}",
                        way.creator,
                        way.values,
                        way.steps,
                    )

    def _apart(self, entity: EntityPlan, values: dict[str, Value]) -> dict[str, Value]:
        """Return values that no other process of the entity has where that matters."""
        self._number += 1
        found = dict(values)
        for name, field in varied(entity).items():
            value = values.get(name)
            if isinstance(value, date):
                found[name] = value + timedelta(days=_APART * self._number)
            elif field.type is FieldType.CHAR:
                found[name] = f"Sample {self._number}"
            elif field.type is FieldType.INTEGER:
                found[name] = self._number
        return found

    def _first(
        self, entity: EntityPlan, states: list[str], creator: Person
    ) -> Scenario | None:
        for state in states:
            way = self.cast.to_state(entity, state, creator=creator)
            way = way or self.cast.to_state(entity, state)
            if way:
                return way
        return None

    def _process(
        self,
        entity: EntityPlan,
        name: str,
        creator: Person,
        values: dict[str, Value],
        steps: tuple[Done, ...],
    ) -> Process:
        values = self._apart(entity, values)
        return Process(
            name,
            entity,
            role_of(creator),
            self._filled(entity, values),
            self.values(entity, values),
            tuple(
                Press(
                    role_of(done.actor),
                    models.method(done.transition),
                    done.transition.target,
                    done.transition.reason,
                    done.transition.attachment,
                )
                for done in steps
            ),
        )

    # A load

    def typed(self) -> Escaped:
        """Return what a simulated user saves: plain values and those picked from lists."""
        entity = self.main
        if entity is None:
            return code("{}")
        seeds = dict(self.seeds())
        parts = [
            f'"{name}": {literal}'
            for name, literal in self._pairs(entity, self.cast.samples(entity).base)
            if name not in seeds
        ]
        for name, value in seeds.items():
            # What is sent as JSON has no dates.
            sent = f"str({value})" if entity.fields[name].type in DATES else value
            parts.append(f'"{name}": {sent}')
        if entity.employee:
            parts.append(f'"{entity.employee}": values["{entity.employee}"]["id"]')
        return code(f"{{{', '.join(parts)}}}")

    def seeded(self) -> Escaped:
        """Return the values of a seeded record."""
        entity = self.main
        if entity is None:
            return code("{}")
        seeds = dict(self.seeds())
        parts = [
            f'"{name}": {literal}'
            for name, literal in self._pairs(entity, self.cast.samples(entity).base)
            if name not in seeds
        ]
        parts += [f'"{name}": {value}' for name, value in seeds.items()]
        if entity.employee:
            parts.append(f'"{entity.employee}": user.employee_id.id')
        return code(f"{{{', '.join(parts)}}}")

    @property
    def picked(self) -> list[tuple[str, str]]:
        """Models that a simulated user picks a record of, by their key."""
        typed = self.typed()
        models_ = {item.key: item.model for item in self.related}
        models_ |= {"res_users": "res.users", "res_company": "res.company"}
        return [(k, m) for k, m in models_.items() if f'related["{k}"]' in typed]

    def seeds(self) -> list[tuple[str, Escaped]]:
        """Return what differs between the records of a load, by their number."""
        entity = self.main
        if entity is None:
            return []
        found = []
        for name, field in varied(entity).items():
            found.append(
                (name, _by_number(field, self.cast.samples(entity).base.get(name)))
            )
        words = entity.words
        if words and words not in varied(entity):
            found.append((words, code('f"{WORDS[number % len(WORDS)]} {number}"')))
        return found

    @property
    def numbered(self) -> bool:
        """Whether what a simulated user saves differs by a number."""
        return any(counts(value) for _, value in self.seeds())

    def measure(self) -> str:
        """Return the figure that a report sums up, or empty."""
        entity = self.main
        if entity is None:
            return ""
        return next(
            (
                f.name
                for f in entity.fields.values()
                if f.type in NUMBERS and entity.stored(f.name) and not f.roles
            ),
            "",
        )

    def grouped(self) -> str:
        """Return what a report groups by."""
        entity = self.main
        if entity is None:
            return ""
        return "state" if entity.states else entity.owner


_PIXEL: Final = "R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="


def _by_number(field: EntityField, value: Value) -> Escaped:
    if field.type is FieldType.CHAR:
        return code('f"Sample {number}"')
    if field.type is FieldType.INTEGER:
        return code("number")
    if isinstance(value, datetime):
        return code(
            f"datetime({value.year}, {value.month}, {value.day}, {value.hour})"
            " + timedelta(days=3 * number)"
        )
    if isinstance(value, date):
        return code(
            f"date({value.year}, {value.month}, {value.day}) + timedelta(days=3 * number)"
        )
    return code("number")
