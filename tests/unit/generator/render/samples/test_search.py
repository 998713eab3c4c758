"""Values that satisfy what a specification demands."""

from __future__ import annotations

import pytest

from generator.render.plan import ModulePlan
from generator.render.samples import Demand, Samples, holds, value_of
from generator.spec.workflow import Condition, Operator
from tests.support import module_specs


def entity(spec: object, name: str) -> object:
    plan = ModulePlan(spec)  # type: ignore[arg-type]
    return next(e for e in plan.entities if e.name == name)


def test_samples_satisfy_all_constraints() -> None:
    for make in module_specs.ALL:
        for found in ModulePlan(make()).entities:
            values = Samples(found).base
            for rule in found.compares():
                assert holds(found, rule, values), (found.name, rule.name)


@pytest.mark.parametrize("wanted", [True, False])
def test_a_total_over_lines_comes_to_both_sides_of_a_limit(*, wanted: bool) -> None:
    found = entity(module_specs.purchase_need(), "need")
    limit = Condition(field="total", operator=Operator.AT_MOST, value=1000)
    values = Samples(found).find([Demand(limit, wanted)])  # type: ignore[arg-type]
    assert values is not None
    total = value_of(found, values, "total")  # type: ignore[arg-type]
    assert isinstance(total, float)
    assert (total <= 1000) is wanted


def test_the_edge_of_a_limit_is_found() -> None:
    found = entity(module_specs.purchase_need(), "need")
    edge = Condition(field="total", operator=Operator.EQUAL, value=1000)
    values = Samples(found).find([Demand(edge)])  # type: ignore[arg-type]
    assert values is not None
    assert value_of(found, values, "total") == 1000  # type: ignore[arg-type]


def test_what_cannot_be_is_not_found() -> None:
    found = entity(module_specs.travel_advance(), "travel_advance")
    more = Condition(field="amount", operator=Operator.MORE, value=5)
    less = Condition(field="amount", operator=Operator.LESS, value=5)
    samples = Samples(found)  # type: ignore[arg-type]
    assert samples.find([Demand(more), Demand(less)]) is None
    assert samples.find([Demand(more), Demand(less)]) is None  # and remembered
