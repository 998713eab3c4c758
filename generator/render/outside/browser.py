"""Processes in a browser: who takes a record where, and what is typed into its form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from generator.escaping import Escaped, code, python
from generator.render import models, naming, relations
from generator.render.kit import PIXEL, varied
from generator.render.outside.forms import TYPED
from generator.render.outside.surroundings import role_of
from generator.spec.fields import FieldType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.outside.surroundings import Surroundings
    from generator.render.plan import EntityPlan
    from generator.render.samples import Value
    from generator.render.scenarios import Done, Person, Scenario
    from generator.spec.fields import EntityField

_APART: Final = 100
"""Days between the records of two processes."""


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


class Browser:
    """What the specs of a module do.

    Args:
        around: What is there before.
    """

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self._number = 0
        self.processes = [*self._processes()]

    @property
    def roles(self) -> list[tuple[str, Escaped, Escaped]]:
        """Names, labels and groups of the people."""
        module = self.around.plan.module
        found = []
        for person in self.around.people:
            name = role_of(person)
            groups = ", ".join(python(f"{module}.group_{r}") for r in person.roles)
            label = naming.default_label(name)
            found.append(
                (
                    name,
                    python(f"{label} of {self.around.plan.spec.title}"),
                    code(f"({groups},)"),
                )
            )
        # Some groups of Odoo's own say nothing of who belongs to the company.
        inside = python("base.group_user")
        found += [
            (e.role, e.label, code(f"({inside}, {e.group})")) for e in self.around.forms
        ]
        return found

    def _filled(self, entity: EntityPlan, values: dict[str, Value]) -> Escaped | None:
        """Return what a person types into the form, None where that is too much."""
        if entity.children:
            return None
        parts: list[str] = []
        for name, value in values.items():
            field = entity.fields[name]
            if name in entity.left_to_default or value is None or field.roles:
                continue
            if field.type not in TYPED:
                if field.required and not self._named(entity, field):
                    return None
                if field.required:
                    parts.append(f"{name}={self._label(field)}")
                continue
            if field.type is FieldType.SELECTION:
                label = next(o.label for o in field.selection if o.value == value)
                parts.append(f"{name}={python(label)}")
                continue
            literal = self.around.literal(entity, field, value)
            parts.append(f"{name}={literal}")
        return code(", ".join(parts)) if parts else None

    def _named(self, entity: EntityPlan, field: EntityField) -> bool:
        """Tell whether a related record is known by a name that only it has."""
        if field.type is not FieldType.MANY2ONE or not self.around.relates(
            entity, field
        ):
            return False
        model = field.relation or ""
        ours = self.around.plan.by_model.get(model)
        if ours is not None:
            title = ours.fields.get(ours.title_field)
            return title is not None and title.type is FieldType.CHAR
        unknown = {"res.users", "res.company", "res.currency"}
        return model not in unknown and bool(relations.title(model))

    def _label(self, field: EntityField) -> Escaped:
        ours = self.around.plan.by_model.get(field.relation or "")
        if ours is not None:
            title = ours.fields[ours.title_field]
            return python(f"Sample {naming.lowered(title.label)}"[:100])
        return python(relations.title(field.relation or ""))

    def _processes(self) -> Iterator[Process]:
        for entity in self.around.plan.entities:
            if entity.is_line or entity.spec.configuration:
                continue
            creator = self.around.cast.requester
            if not entity.states:
                values = self.around.cast.samples(entity).base
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

    @staticmethod
    def _files(
        entity: EntityPlan, values: dict[str, Value], steps: tuple[Done, ...]
    ) -> list[str]:
        """Return the fields with a file that a step asks for; nobody types one in."""
        asked = {c.field for done in steps for c in done.transition.conditions}
        return [
            name
            for name in sorted(asked)
            if name in entity.fields
            and entity.fields[name].type in {FieldType.BINARY, FieldType.IMAGE}
            and values.get(name) is not None
        ]

    def _given(
        self,
        entity: EntityPlan,
        values: dict[str, Value],
        single: dict[str, str],
        files: list[str],
    ) -> Escaped:
        """Return the values of a record; what only one may lead to is made for it alone."""
        parts = dict(self.around.pairs(entity, values))
        parts |= dict.fromkeys(files, python(PIXEL))
        for name, model in single.items():
            made = self.around.another(model, self._number)
            parts[name] = code(f'odoo.admin.create("{model}", **{made})')
        listed = ", ".join(f'"{key}": {value}' for key, value in parts.items())
        return code(f"{{{listed}}}")

    def _first(
        self, entity: EntityPlan, states: list[str], creator: Person
    ) -> Scenario | None:
        for state in states:
            way = self.around.cast.to_state(entity, state, creator=creator)
            way = way or self.around.cast.to_state(entity, state)
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
        files = self._files(entity, values, steps)
        single = {
            field.name: field.relation or "res.partner"
            for field in varied(entity).values()
            if field.type is FieldType.MANY2ONE and values.get(field.name) is not None
        }
        return Process(
            name,
            entity,
            role_of(creator),
            None if single or files else self._filled(entity, values),
            self._given(entity, values, single, files),
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
