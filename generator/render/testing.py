"""The generated module's tests: what they share, one class per entity, and the criteria."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.escaping import Escaped, code, docstring, python
from generator.render import naming
from generator.render.checks import Check, checks
from generator.render.kit import Kit, counts
from generator.render.scenarios import Cast
from generator.spec.model import CoverKind
from generator.spec.names import slug

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.plan import EntityPlan, ModulePlan
    from generator.render.scenarios import Person
    from generator.spec.model import Cover, Criterion


@dataclass(frozen=True)
class Method:
    """A test."""

    name: str
    doc: Escaped | None
    body: Escaped


@dataclass(frozen=True)
class TestClass:
    """A class of tests."""

    file: str
    class_name: str
    doc: Escaped
    methods: tuple[Method, ...]


@dataclass(frozen=True)
class EntityKit:
    """What the tests share of an entity."""

    name: str
    model: str
    filled_doc: Escaped
    made_doc: Escaped
    personal: bool
    is_line: bool
    employee: str | None
    asks_employee: bool
    counted: bool
    base: list[tuple[str, Escaped]]


class Common:
    """What all tests of a module share.

    Args:
        cast: Their people.
    """

    def __init__(self, cast: Cast) -> None:
        plan, kit = cast.plan, Kit(cast)
        self.class_name = f"{naming.class_name(plan.module)}Common"
        self.doc = docstring(f"The people of {plan.spec.title}, and what they fill in.")
        self.people: list[Person] = [*cast.people, *cast.extras]
        managed = any(entity.managed for entity in plan.entities)
        self.staff = [p.name for p in self.people] if managed else []
        self.boss = cast.boss.name
        self.reports = [name for name in self.staff if name != self.boss]
        self.samples = kit.samples()
        self.entities = [_entity(kit, entity) for entity in plan.every]
        self.keepers = [*_keepers(plan)]
        self.reasons = any(e.reasons for e in plan.entities)
        self.attachments = any(
            e.spec.attachments or any(t.attachment for t in e.transitions)
            for e in plan.entities
        )
        self.dated = True


@dataclass(frozen=True)
class Keeper:
    """Who keeps records of an existing model, with rights in the module or without."""

    name: str
    groups: Escaped


def _keepers(plan: ModulePlan) -> Iterator[Keeper]:
    for entity in plan.extensions:
        if entity.existing is None:
            continue
        group = entity.existing.group
        yield Keeper(f"keeper_{entity.name}", python(f"base.group_user,{group}"))


def _entity(kit: Kit, entity: EntityPlan) -> EntityKit:
    base = kit.base(entity)
    who = " as *user*" if entity.personal else " as superuser"
    return EntityKit(
        entity.name,
        entity.model,
        docstring(
            f"Return what is filled in for {naming.article(entity.noun)}; None leaves it out.",
            8,
        ),
        docstring(f"Create {naming.article(entity.noun)}{who}.", 8),
        entity.personal,
        entity.is_line,
        entity.employee,
        entity.employee is not None and entity.fields[entity.employee].default is None,
        any(counts(value) for _, value in base),
        base,
    )


class Suite:
    """The tests of a module.

    Args:
        plan: The module.
    """

    def __init__(self, plan: ModulePlan) -> None:
        self.cast = Cast(plan)
        self.plan = plan
        self.common = Common(self.cast)
        self.missed: list[str] = []
        made: list[Check] = []
        for entity in plan.every:
            found, missed = checks(self.cast, entity)
            made += found
            self.missed += missed
        self.covered: dict[str, str] = {}
        accepted = [*self._accepted(made)]
        taken = {id(check) for _, found in accepted for check in found}
        self.classes = [*self._classes(made, taken, accepted)]

    def _accepted(self, checks: list[Check]) -> Iterator[tuple[Criterion, list[Check]]]:
        for criterion in self.plan.spec.criteria:
            found: list[Check] = []
            for cover in criterion.covers:
                found += [
                    c for c in _covering(self.plan, checks, cover) if c not in found
                ]
            if found:
                yield criterion, found
            elif criterion.covers:
                self.missed.append(
                    f"{criterion.id}: no test was found for it; write one: {criterion.text}"
                )

    def _classes(
        self,
        checks: list[Check],
        taken: set[int],
        accepted: list[tuple[Criterion, list[Check]]],
    ) -> Iterator[TestClass]:
        for entity in self.plan.every:
            methods = [
                Method(f"test_{check.test}", None, _indented([check]))
                for check in checks
                if check.entity == entity.name
                and id(check) not in taken
                and not check.spare
            ]
            if methods:
                yield TestClass(
                    f"test_{entity.xmlid}",
                    f"Test{entity.class_name}",
                    docstring(f"{entity.label}: {_tried(entity)}."),
                    tuple(_distinct(methods)),
                )
        methods = []
        for criterion, found in accepted:
            words = slug(criterion.text, longest=50).removeprefix("x_")
            name = f"test_{criterion.id}_{words}".rstrip("_")
            methods.append(Method(name, docstring(criterion.text, 8), _indented(found)))
            self.covered[criterion.id] = name
        if methods:
            yield TestClass(
                "test_acceptance",
                "TestAcceptance",
                docstring("The acceptance criteria of the ticket, one test each."),
                tuple(_distinct(methods)),
            )


def _tried(entity: EntityPlan) -> str:
    if entity.extends:
        return "what is added to it"
    return "fields, workflow, guards and access"


def _distinct(methods: list[Method]) -> Iterator[Method]:
    """Yield methods with a number where a name is there already."""
    seen: dict[str, int] = {}
    for method in methods:
        seen[method.name] = number = seen.get(method.name, 0) + 1
        name = method.name if number == 1 else f"{method.name}_{number}"
        yield Method(name, method.doc, method.body)


def _indented(checks: list[Check]) -> Escaped:
    bodies = [check.body.strip("\n") for check in checks]
    return code(textwrap.indent("\n\n".join(bodies), " " * 8))


def _covering(plan: ModulePlan, checks: list[Check], cover: Cover) -> list[Check]:  # noqa: PLR0911 - one for each kind
    """Return the checks of what covers a criterion."""
    mine = [c for c in checks if c.entity == cover.entity]
    kinds = {cover.kind}
    if cover.kind is CoverKind.TRANSITION:
        kinds |= {CoverKind.ROLE, CoverKind.CONDITION}
    found = [c for c in mine if c.kind in kinds and c.name == cover.name]
    if found:
        return found
    if cover.kind is CoverKind.ROLE:
        return _of_role(plan, mine, cover)
    if cover.kind is CoverKind.TRACKING:
        return [c for c in mine if c.kind is CoverKind.TRACKING and c.name == "state"]
    if cover.kind in _WHOLE:
        return [c for c in mine if c.kind is cover.kind]
    if cover.kind is CoverKind.FIELD:
        return [c for c in mine if c.name == cover.name][:1]
    if cover.kind is CoverKind.REQUIRED:
        return [
            c
            for c in mine
            if c.kind in {CoverKind.CONSTRAINT, CoverKind.FIELD}
            and c.name == cover.name
        ]
    return []


_WHOLE = {
    CoverKind.ACCESS,
    CoverKind.SEQUENCE,
    CoverKind.ATTACHMENT,
    CoverKind.VIEW,
    CoverKind.REPORT,
    CoverKind.FROZEN,
}


def _of_role(plan: ModulePlan, mine: list[Check], cover: Cover) -> list[Check]:
    """Return the checks of what a role alone may do, and of what it sees."""
    entity = next((e for e in plan.entities if e.name == cover.entity), None)
    if entity is None:
        return []
    moves = {t.name for t in entity.transitions if cover.name in t.roles}
    found = [
        c
        for c in mine
        if c.kind in {CoverKind.ROLE, CoverKind.TRANSITION} and c.name in moves
    ]
    return found or [
        c for c in mine if c.kind is CoverKind.ACCESS and c.name == "roles"
    ]
