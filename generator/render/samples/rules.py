"""The constraints of an entity and of its lines, as conditions on a sample."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from generator.render.samples.computing import inputs_of
from generator.render.samples.demands import holds, named
from generator.render.samples.values import LINE, line_values
from generator.spec.fields import FieldType
from generator.spec.workflow import Condition, Operator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.render.plan import EntityPlan
    from generator.render.samples.values import Value
    from generator.spec.model import Compare


@dataclass(frozen=True)
class Rule:
    """A constraint over values.

    Attributes:
        name: Its name.
        entity: Whose it is.
        prefix: What the names of its fields begin with in a sample.
        condition: What has to hold.
        unless: Where this does not hold, nothing is demanded.
        inputs: The variables that it depends on.
        order: Whether it is the order of the two ends of a period.
    """

    name: str
    entity: EntityPlan
    prefix: str
    condition: Condition | Compare
    unless: Condition | None
    inputs: frozenset[str]
    order: bool = False

    def passes(self, values: Mapping[str, Value]) -> bool:
        """Tell whether values of the whole sample break nothing."""
        mine = values
        if self.prefix:
            mine = line_values(values, self.prefix.removesuffix(LINE))
        if self.unless is not None and not holds(self.entity, self.unless, mine):
            return True
        return holds(self.entity, self.condition, mine)


def rules_of(entity: EntityPlan, prefix: str = "") -> Iterator[Rule]:
    """Yield the rules of an entity and of its lines, whose fields begin with *prefix*."""
    for rule in entity.compares():
        yield _rule(entity, prefix, rule.name, rule)
    for demand in entity.demanded():
        filled = Condition(field=demand.field, operator=Operator.SET)
        yield _rule(entity, prefix, demand.name, filled, demand.when)
    for period in entity.overlaps():
        if entity.ordered(period):
            continue
        field = entity.fields.get(period.start)
        timed = field is not None and field.type is FieldType.DATETIME
        ordered = Condition(
            field=period.end,
            operator=Operator.MORE if timed else Operator.AT_LEAST,
            other=period.start,
        )
        yield replace(_rule(entity, prefix, period.name, ordered), order=True)
    if not prefix:
        for name, lines in entity.children.items():
            yield from rules_of(lines, f"{name}{LINE}")


def _rule(
    entity: EntityPlan,
    prefix: str,
    name: str,
    condition: Condition | Compare,
    unless: Condition | None = None,
) -> Rule:
    spoken_of = named(condition) | (named(unless) if unless else set())
    inputs = frozenset(f"{prefix}{name}" for name in inputs_of(entity, spoken_of))
    return Rule(name, entity, prefix, condition, unless, inputs)
