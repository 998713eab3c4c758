"""A module builds on what the gap analysis finds, or on what somebody chooses."""

from __future__ import annotations

import pytest

from generator import extending
from generator.spec import Spec, check
from generator.spec.fields import Count
from qgate.errors import UsageError
from tests.support import module_specs
from tests.support.extensions import customer_credit, gap
from tests.support.module_specs import field


def lent() -> Spec:
    """Return loans, of vehicles."""
    data = module_specs.equipment_loan().model_dump(mode="json")
    main = next(e for e in data["entities"] if e["name"] == "loan")
    main["fields"].append(field("vehicle_id", "many2one", relation="fleet.vehicle"))
    return Spec.model_validate(data)


def test_records_that_lead_to_a_model_are_counted_there() -> None:
    (extension,) = extending.recommended(lent(), [gap("fleet", "configure")])
    spec = extending.applied(lent(), [extension])
    assert check(spec) == []
    vehicle = next(e for e in spec.entities if e.extends)
    lines, count = vehicle.fields
    assert (vehicle.model, lines.relation, lines.inverse) == (
        "fleet.vehicle",
        "equipment.loan",
        "vehicle_id",
    )
    assert isinstance(count.computed, Count)
    # Who has no role of the module knows nothing of its records.
    assert lines.roles == count.roles == ("borrower", "keeper")
    assert spec.depends == ("fleet",)
    assert spec.assumptions[-1] == extension.told
    assert spec.own == lent().own


def test_records_get_a_field_that_leads_to_what_is_extended() -> None:
    given = module_specs.travel_advance()
    (extension,) = extending.recommended(given, [gap("hr_expense", model="hr.expense")])
    spec = extending.applied(given, [extension])
    assert check(spec) == []
    added = spec.own[0].fields[-1]
    assert (added.name, added.relation, added.required) == (
        "expense_id",
        "hr.expense",
        False,
    )


def test_the_best_alone_is_taken_of_what_the_ticket_does_not_name() -> None:
    given = module_specs.travel_advance()
    gaps = [gap("hr_expense"), gap("project"), gap("maintenance")]
    assert [e.module for e in extending.recommended(given, gaps)] == ["hr_expense"]
    named = extending.recommended(lent(), [gap("project"), gap("fleet")])
    assert [e.module for e in named] == ["fleet"]


def test_what_is_not_recommended_or_not_odoos_own_is_left_out() -> None:
    gaps = [
        gap("hr_expense", "build"),
        gap("project", "configure"),
        gap("fleet", source="oca"),
        gap("web"),
    ]
    assert extending.recommended(module_specs.travel_advance(), gaps) == ()
    assert extending.recommended(customer_credit(), [gap("fleet")]) == ()


def test_what_records_belong_to_is_not_where_they_are_looked_up() -> None:
    given = module_specs.travel_advance()
    assert extending.possible(given, "hr", "hr.employee") is None


def test_a_second_time_adds_nothing() -> None:
    extension = extending.possible(lent(), "fleet")
    assert extension is not None
    again = extending.applied(lent(), [extension])
    assert extending.possible(again, "fleet") is None


def test_somebody_chooses() -> None:
    given = module_specs.travel_advance()
    made = extending.chosen(given, [], ["project", "hr_expense"])
    assert [e.module for e in made] == ["project", "hr_expense"]
    assert extending.chosen(given, [], []) == ()
    with pytest.raises(UsageError, match="building on the module web") as refused:
        extending.chosen(given, [], ["web"])
    assert "hr_expense" in str(refused.value.hint)


def test_what_could_be_built_on_is_offered_the_best_first() -> None:
    gaps = [
        gap("web"),
        gap("project", "build"),
        gap("fleet"),
        gap("stock", source="oca"),
    ]
    offered = extending.offered(lent(), gaps)
    assert [e.module for e in offered] == ["project", "fleet"]
    assert offered[1].as_json()["field"] == "vehicle_id"
