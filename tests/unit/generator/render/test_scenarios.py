"""Who takes a record where in the generated tests."""

from __future__ import annotations

from generator.render.plan import ModulePlan
from generator.render.samples import Demand
from generator.render.scenarios import Cast
from generator.spec.workflow import Condition, Operator
from tests.support import module_specs


def test_the_way_to_a_state_has_people_who_may_go_it() -> None:
    plan = ModulePlan(module_specs.purchase_need())
    cast = Cast(plan)
    need = next(e for e in plan.entities if e.name == "need")
    way = cast.to_state(need, "approved")
    assert way is not None
    assert [done.transition.name for done in way.steps] == ["ask", "approve"]
    assert [done.actor.name for done in way.steps] == ["user_requester", "user_lead"]


def test_a_state_that_nobody_may_reach_has_no_way() -> None:
    plan = ModulePlan(module_specs.travel_advance())
    cast = Cast(plan)
    (advance,) = plan.entities
    never = Condition(field="amount", operator=Operator.LESS, value=0)
    assert cast.to_state(advance, "paid", demands=[Demand(never)]) is None
