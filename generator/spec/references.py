"""Whether every name within a specification leads to something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from generator import existing
from generator.spec.fields import DATES, FieldType
from generator.spec.model import CoverKind, NeedsLines, NoOverlap, RequiredWhen, Unique

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.spec.fields import EntityField
    from generator.spec.model import Constraint, Cover, Entity, Spec

_GIVEN: Final = frozenset(
    {
        "id", "name", "number", "state", "active", "display_name", "company_id",
        "currency_id", "manager_user_id", "create_date", "create_uid", "write_date",
        "write_uid",
    }
)  # fmt: skip
"""Fields that every record has, or that the templates add."""

_MANY: Final = frozenset({FieldType.ONE2MANY, FieldType.MANY2MANY})
_RELATIONAL: Final = _MANY | {FieldType.MANY2ONE}
_LONGEST: Final = 50  # characters of an entity's name in a field that the templates add


class References:
    """Looks each name up where it has to be.

    Args:
        spec: The specification.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.roles = {role.name for role in spec.roles}
        self.entities = {entity.name: entity for entity in spec.entities}
        self.fields = {
            e.name: {f.name: f.type for f in e.fields} for e in spec.entities
        }

    def problems(self) -> Iterator[str]:
        """Yield one sentence for each name that leads nowhere."""
        for role in self.spec.roles:
            yield from self._roles(f"Role {role.name}", role.implies)
        for entity in self.spec.entities:
            yield from self._of_fields(entity)
            yield from self._of_flow(entity)
            for rule in entity.constraints:
                yield from self._of_rule(entity, rule)
            where = f"Entity {entity.name}: its order"
            yield from self._known(entity, where, entity.order)
        for report in self.spec.reports:
            yield from self._entity(f"Report {report.name}", report.entity)
        for criterion in self.spec.criteria:
            for cover in criterion.covers:
                yield from self._cover(f"Criterion {criterion.id}", cover)

    def _roles(self, where: str, names: Sequence[str]) -> Iterator[str]:
        for name in names:
            if name not in self.roles:
                yield f"{where} names the role {name}, which is not there"

    def _entity(self, where: str, name: str) -> Iterator[str]:
        if name not in self.entities:
            yield f"{where} names the entity {name}, which is not there"

    def _added(self, entity: Entity) -> set[str]:
        """Return the fields between header and lines, which the templates may add."""
        lines = [e for e in self.spec.entities if e.lines_of == entity.name]
        parents = [e for e in self.spec.entities if e.name == entity.lines_of]
        down = {f"{e.name[:_LONGEST]}_ids" for e in lines}
        return down | {f"{e.name[:_LONGEST]}_id" for e in parents}

    def _known(
        self,
        entity: Entity,
        where: str,
        names: Sequence[str | None],
        kinds: frozenset[FieldType] | None = None,
        kind: str = "",
    ) -> Iterator[str]:
        """Yield what is wrong with fields: they are not there, or not of those *kinds*."""
        there = self.fields[entity.name]
        for name in names:
            if name is None or name in _GIVEN or name in self._added(entity):
                continue
            if name not in there:
                yield f"{where} names the field {name}, which {entity.name} does not have"
            elif kinds is not None and there[name] not in kinds:
                yield f"{where} takes the field {name} for {kind}, but it is {there[name]}"

    def _of_fields(self, entity: Entity) -> Iterator[str]:
        for field in entity.fields:
            where = f"Entity {entity.name}: {field.name}"
            if field.type in _RELATIONAL and field.relation is None:
                yield f"{where} is a {field.type} and says no relation"
            yield from self._roles(where, field.roles)
            if not (entity.extends and existing.has(entity.model, field.currency)):
                yield from self._known(entity, where, [field.currency])
            yield from self._of_value(entity, field, where)

    def _of_value(
        self, entity: Entity, field: EntityField, where: str
    ) -> Iterator[str]:
        """Yield what is wrong with how a field is computed."""
        parts: dict[str, Any] = dict(field.computed or ())
        lines = [parts.get("lines")]
        yield from self._known(entity, where, lines, _MANY, "lines")
        dates = [parts.get(key) for key in ("start", "end", "date")]
        yield from self._known(entity, where, dates, DATES, "a date")
        others = [
            *parts.get("factors", ()),
            *parts.get("subtrahends", ()),
            parts.get("minuend"),
            parts.get("amount"),
        ]
        begins = next(iter(parts.get("path", ())), None)
        if not (entity.extends and existing.has(entity.model, begins)):
            others.append(begins)
        yield from self._known(entity, where, others)

    def _of_flow(self, entity: Entity) -> Iterator[str]:
        steps = {t.name for t in entity.transitions}
        states = {s.name for s in entity.states}
        for step in entity.transitions:
            where = f"Entity {entity.name}: {step.name}"
            for condition in step.conditions:
                named = [condition.field, condition.other]
                yield from self._known(entity, where, named)
        for told in entity.notifications:
            where = f"Entity {entity.name}: {told.name}"
            yield from self._roles(where, told.roles)
            if told.on is not None and told.on not in steps:
                yield f"{where} names the transition {told.on}, which is not there"
        for reminder in entity.reminders:
            where = f"Entity {entity.name}: {reminder.name}"
            yield from self._roles(where, reminder.roles)
            yield from self._known(entity, where, [reminder.date], DATES, "a date")
            for state in reminder.states:
                if state not in states:
                    yield f"{where} names the state {state}, which is not there"

    def _of_rule(self, entity: Entity, rule: Constraint) -> Iterator[str]:
        where = f"Entity {entity.name}: {rule.name}"
        match rule:
            case Unique():
                yield from self._known(entity, where, rule.fields)
            case NoOverlap():
                period = [rule.start, rule.end]
                yield from self._known(entity, where, period, DATES, "a date")
                yield from self._known(entity, where, rule.per)
            case NeedsLines():
                yield from self._known(entity, where, [rule.lines], _MANY, "lines")
            case RequiredWhen():
                named = [rule.field, rule.when.field, rule.when.other]
                yield from self._known(entity, where, named)
            case _:
                yield from self._known(entity, where, [rule.field, rule.other])

    def _cover(self, where: str, cover: Cover) -> Iterator[str]:
        entity = self.entities.get(cover.entity)
        if entity is None:
            yield from self._entity(where, cover.entity)
            return
        if cover.kind in {CoverKind.FIELD, CoverKind.REQUIRED, CoverKind.COMPUTED}:
            yield from self._known(entity, where, [cover.name])
            return
        named: dict[CoverKind, set[str]] = {
            CoverKind.TRANSITION: {t.name for t in entity.transitions},
            CoverKind.CONDITION: {t.name for t in entity.transitions},
            CoverKind.CONSTRAINT: {c.name for c in entity.constraints},
            CoverKind.NOTIFICATION: {n.name for n in entity.notifications},
            CoverKind.REMINDER: {r.name for r in entity.reminders},
        }
        if cover.name not in named.get(cover.kind, {cover.name}):
            yield f"{where} names the {cover.kind} {cover.name}, which is not there"
