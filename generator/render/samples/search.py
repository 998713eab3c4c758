"""The search for values that satisfy constraints and demands."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from generator.render.samples.candidates import candidates, compared_to
from generator.render.samples.computing import inputs_of
from generator.render.samples.demands import holds, named
from generator.render.samples.rules import Rule, rules_of
from generator.render.samples.values import LINE
from generator.spec.fields import FieldType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.render.plan import EntityPlan
    from generator.render.samples.demands import Demand
    from generator.render.samples.values import Value, Values
    from generator.spec.fields import EntityField

_MOST_TRIES: Final = 6000


class Samples:
    """Values of one entity.

    Args:
        entity: The entity.
    """

    def __init__(self, entity: EntityPlan) -> None:
        self.entity = entity
        self._variables = dict(_variables(entity))
        self._rules = [*rules_of(entity)]
        self._found: dict[tuple[Demand, ...], Values | None] = {}
        self.base = self.find(()) or self._start()

    def find(
        self, demands: Sequence[Demand], *, without: str | None = None
    ) -> Values | None:
        """Return values that satisfy all constraints and *demands*, None if none is found.

        Args:
            demands: Conditions that hold, or do not.
            without: Name of a constraint that is to be left out of account.
        """
        if without is not None:
            return self._search(demands, [*self._without(without)])
        key = (*demands,)
        if key not in self._found:
            self._found[key] = self._search(demands, self._rules)
        found = self._found[key]
        return None if found is None else dict(found)

    def candidates(self, name: str, demands: Sequence[Demand] = ()) -> list[Value]:
        """Return the values that are tried for a field, the usual one first."""
        return candidates(self._variables[name], compared_to(self.entity, demands))

    def _start(self) -> Values:
        return {name: self.candidates(name)[0] for name in self._variables}

    def _search(
        self, demands: Sequence[Demand], rules: Sequence[Rule]
    ) -> Values | None:
        start = self._start()
        relevant = self._relevant(demands)
        tries = itertools.product(
            *(self.candidates(name, demands) for name in relevant)
        )
        for chosen in itertools.islice(tries, _MOST_TRIES):
            values = {**start, **dict(zip(relevant, chosen, strict=True))}
            if all(
                holds(self.entity, d.condition, values) is d.holds for d in demands
            ) and all(rule.passes(values) for rule in rules):
                return values
        return None

    def _without(self, name: str) -> Iterator[Rule]:
        """Yield the rules that hold where one is broken.

        The order of a period is no rule of its own beside another one on its two ends.
        """
        broken = next((rule for rule in self._rules if rule.name == name), None)
        for rule in self._rules:
            same = broken is not None and rule.inputs == broken.inputs
            if rule is not broken and not (rule.order and same):
                yield rule

    def _relevant(self, demands: Sequence[Demand]) -> list[str]:
        """Return the variables that demands speak of, and those that rules tie to them."""
        wanted: set[str] = set()
        for demand in demands:
            wanted |= inputs_of(self.entity, named(demand.condition))
        start = self._start()
        for rule in self._rules:
            if not rule.passes(start):
                wanted |= rule.inputs
        while True:
            more = {
                name
                for rule in self._rules
                if rule.inputs & wanted
                for name in rule.inputs
            } - wanted
            if not more:
                break
            wanted |= more
        return [name for name in self._variables if name in wanted]


def _variables(
    entity: EntityPlan, prefix: str = ""
) -> Iterator[tuple[str, EntityField]]:
    """Yield the fields that are chosen, those of lines with the name of the lines before."""
    for field in entity.inputs():
        if field.type is FieldType.ONE2MANY or field.name == entity.parent_field:
            continue
        if field.roles:  # who makes samples may not see it
            continue
        yield f"{prefix}{field.name}", field
    if not prefix:
        for name, lines in entity.children.items():
            yield from _variables(lines, f"{name}{LINE}")
