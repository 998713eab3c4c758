"""What is there before the first record, outside of the module's own tests."""

from __future__ import annotations

from generator.render.kit import PIXEL
from tests.support.module_specs import field
from tests.support.trips import VEHICLE, spec, text


def test_specs_for_browsers_make_what_a_record_needs_first() -> None:
    made = text(spec(VEHICLE), "e2e/conftest.py")
    order = [
        made.index(f'related["fleet_vehicle{end}"] =')
        for end in ("_model_brand", "_model", "")
    ]
    assert order == sorted(order)
    assert 'vehicle_id="SAMPLE-0"' in text(spec(VEHICLE), "e2e/test_process.py")


def test_the_administrator_gets_the_group_that_a_related_record_wants() -> None:
    center = field(
        "center_id", "many2one", required=True, relation="account.analytic.account"
    )
    made = text(spec(center), "e2e/conftest.py")
    group = made.index('"group_analytic_accounting"')
    assert group < made.index('related["account_analytic_plan"] =')
    assert "group_ids" not in text(spec(VEHICLE), "e2e/conftest.py")


def test_what_a_related_record_needs_keeps_what_it_takes() -> None:
    """Time off of a type that asks for an allocation could not be made."""
    leave = field("leave_id", "many2one", required=True, relation="hr.leave")
    for path in ("e2e/conftest.py", "perf/seed.py"):
        assert '"requires_allocation": False' in text(spec(leave), path)


def test_a_record_that_is_needed_and_related_to_has_the_name_that_is_typed() -> None:
    expense = field("expense_id", "many2one", required=True, relation="hr.expense")
    cost = field("cost_id", "many2one", required=True, relation="product.product")
    for fields in ((expense, cost), (cost, expense)):
        made = text(spec(*fields), "e2e/conftest.py")
        assert made.count('related["product_product"] =') == 1
        assert '{"name": "Sample product", "can_be_expensed": True}' in made
        assert made.index('related["product_product"] =') < made.index(
            'related["hr_expense"] ='
        )


def test_a_list_of_users_is_a_list() -> None:
    guests = field("guest_ids", "many2many", required=True, relation="res.users")
    made = text(spec(field("aim", "char"), guests), "perf/seed.py")
    assert '"guest_ids": [[6, 0, [related["res_users"]]]]' in made


def test_a_file_that_a_step_asks_for_is_there_before() -> None:
    """Nobody types a file into a form."""
    moves = {
        "states": [
            {"name": "draft", "label": "Draft"},
            {"name": "done", "label": "Done", "final": True},
        ],
        "transitions": [
            {
                "name": "finish",
                "label": "Finish",
                "sources": ["draft"],
                "target": "done",
                "conditions": [{"field": "proof", "operator": "set"}],
            }
        ],
    }
    proof = field("proof", "binary")
    process = text(spec(field("aim", "char"), proof, **moves), "e2e/test_process.py")
    assert f'"proof": "{PIXEL}"' in process
    typed = text(spec(field("aim", "char"), proof), "e2e/test_process.py")
    assert "proof" not in typed
