"""What cannot be added to a model of Odoo's own is said."""

from __future__ import annotations

from generator.spec import Spec, check
from tests.support import module_specs
from tests.support.extensions import customer_credit
from tests.support.module_specs import field


def test_what_can_be_added_is_let_through() -> None:
    assert check(customer_credit()) == []


def test_a_name_that_the_model_has_is_refused() -> None:
    spec = customer_credit(fields=[field("credit_limit", "monetary")], constraints=[])
    assert check(spec)[0] == (
        "Entity customer: res.partner has the name credit_limit already;"
        " choose another one"
    )


def test_a_model_that_nobody_knows_is_refused() -> None:
    (problem,) = check(customer_credit(model="ir.cron"))
    assert problem == (
        "Entity customer adds to ir.cron, which is no model that can be added to"
    )


def test_a_workflow_belongs_to_a_model_of_its_own() -> None:
    states = [{"name": "draft", "label": "Draft"}]
    assert "Entity customer adds to res.partner and cannot give it states" in check(
        customer_credit(states=states)
    )


def test_fields_of_the_model_may_be_read_and_pay() -> None:
    fields = [
        field("paid", "monetary", currency="currency_id"),
        field(
            "home", "char", computed={"kind": "related", "path": ["parent_id", "name"]}
        ),
    ]
    problems = check(customer_credit(fields=fields, constraints=[]))
    assert not [text for text in problems if not text.startswith("Criterion")]


def test_records_of_the_modules_own_need_somebody_with_a_role() -> None:
    data = module_specs.machine_log().model_dump(mode="json")
    spec = Spec.model_validate({**data, "roles": []})
    assert "Nobody has a role, so nobody could open what is recorded" in check(spec)
