"""What all checks stand on: their people, their entity, and the template of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from generator.render import naming
from generator.render.kit import Kit
from generator.render.models import ModelView
from generator.render.samples import Demand
from generator.render.scenarios import Scenario
from generator.render.templating import fill
from generator.spec.workflow import Condition, Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.escaping import Escaped
    from generator.render.plan import EntityPlan
    from generator.render.samples import Samples, Values
    from generator.render.scenarios import Cast, Person
    from generator.spec.model import Compare, CoverKind
    from generator.spec.workflow import Notification, Reminder

_TURNING: Final = {Operator.AT_MOST, Operator.AT_LEAST, Operator.LESS, Operator.MORE}


@dataclass(frozen=True)
class Check:
    """A test of one behaviour.

    Attributes:
        kind: What it is about, as a criterion's cover names it.
        entity: Name of the entity.
        name: Name of the part.
        test: Name of the test, without `test_`.
        body: Its statements.
        spare: Whether it is of use for an acceptance criterion alone.
    """

    kind: CoverKind
    entity: str
    name: str
    test: str
    body: str
    spare: bool = False


class Desk:
    """Where the checks of one entity are written.

    Args:
        cast: The people of the tests.
        entity: The entity.
    """

    def __init__(self, cast: Cast, entity: EntityPlan) -> None:
        self.cast = cast
        self.entity = entity
        self.kit = Kit(cast)
        self.view = ModelView(entity)
        self.missed: list[str] = []

    def check(
        self, kind: CoverKind, name: str, test: str, template: str, /, **values: object
    ) -> Check:
        """Return a check whose body is a template filled with *values*."""
        body = fill(
            f"tests/checks/{template}.py.jinja",
            entity=self.entity,
            module=self.entity.module.module,
            **values,
        )
        spare = template == "field" or test == f"{name}_is_required"
        return Check(kind, self.entity.name, name, naming.short(test, 70), body, spare)

    def plain(self, creator: Person | None = None) -> Scenario:
        """Return a record that nothing special is wanted of."""
        who = creator or self.cast.requester
        return Scenario(who, self.cast.samples(self.entity).base)

    def begin(self, scenario: Scenario | None = None, **more: Escaped) -> Escaped:
        """Return code that brings a record where a scenario leads."""
        return self.kit.begin(self.entity, scenario or self.plain(), **more)

    def make(self, values: Values, **more: Escaped) -> Escaped:
        """Return the call that makes a record of *values*."""
        return self.kit.make(self.entity, Scenario(self.cast.requester, values), **more)

    def miss(self, what: str) -> None:
        """Note that no test was found for something."""
        self.missed.append(
            f"{self.entity.label}: no test was found for the {what}; write one."
        )

    def recipients(
        self, told: Notification | Reminder, creator: Person
    ) -> Iterator[Person]:
        """Yield who hears of what happens to a record of *creator*."""
        manager = bool(getattr(told, "manager", False))
        roles = {*told.roles}
        for person in self.cast.people:
            if roles & person.rights and self.cast.sees(person, creator):
                yield person
        nobody = not roles and not manager
        known = roles & creator.rights and creator in self.cast.people
        if (told.requester or nobody) and not known:
            yield creator
        boss = self.cast.boss
        if manager and creator.name != boss.name and not roles & boss.rights:
            yield boss


def edge_of(condition: Condition | Compare, operator: Operator) -> Demand | None:
    """Return the demand for the value at which a condition turns, if it has one."""
    if condition.operator not in _TURNING:
        return None
    value = condition.value
    if condition.other is None and (
        isinstance(value, bool) or not isinstance(value, (int, float))
    ):
        return None
    return Demand(
        Condition(
            field=condition.field,
            operator=operator,
            value=value,
            other=condition.other,
        )
    )


def at_edge(samples: Samples, edge: Demand | None) -> Values | None:
    """Return values at which a condition turns and still holds, None where none do.

    An empty date is no edge, although nothing is broken by it.
    """
    found = samples.find([edge]) if edge else None
    named = [edge.condition.field, edge.condition.other] if edge else []
    empty = found and any(name in found and found[name] is None for name in named)
    return None if empty else found
