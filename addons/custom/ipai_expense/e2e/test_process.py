"""An expense goes from the employee through its approvals into the books."""

import pytest
from qgate.e2e import Refused


def hand_in(employee, **values):
    """Fill in and submit an expense as the employee does; return its reference."""
    employee.open("ipai_expense.ipai_expense_action").new()
    employee.fill(category_id="Travel", date="2026-03-02", **values)
    employee.press("action_submit")
    return employee.value("name")


def approve(person, reference):
    """Approve an expense out of the list of what waits for a person."""
    person.open("ipai_expense.ipai_expense_action_to_approve").open_row(reference)
    person.press("action_approve")


def test_small_expense_is_approved_by_the_manager_and_posted_by_finance(odoo):
    employee = odoo.login("employee")
    reference = hand_in(employee, description="Taxi to the customer", amount=120)
    employee.expect_state("submitted")

    manager = odoo.login("manager")
    approve(manager, reference)
    manager.expect_state("approved")

    finance = odoo.login("finance")
    finance.open("ipai_expense.ipai_expense_action_to_post").open_row(reference)
    finance.press("action_post").expect_state("posted")

    finance.press("action_open_move").expect_state("posted")
    finance.expect_value("ref", reference)
    shown = [(row["debit"], row["credit"]) for row in finance.rows()]
    assert sorted(shown) == [("$ 0.00", "$ 120.00"), ("$ 120.00", "$ 0.00")]

    (expense,) = odoo.admin.search(
        "ipai.expense", [["name", "=", reference]], "state", "move_id"
    )
    move = expense["move_id"][0]
    lines = odoo.admin.search(
        "account.move.line", [["move_id", "=", move]], "balance", "account_id"
    )
    assert sorted(line["balance"] for line in lines) == [-120.0, 120.0]
    assert sum(line["balance"] for line in lines) == 0
    accounts = {line["balance"]: line["account_id"][1] for line in lines}
    assert accounts == {120.0: "Travel", -120.0: "Owed to employees"}


def test_large_expense_needs_the_cfo_as_well(odoo):
    employee = odoo.login("employee")
    reference = hand_in(employee, description="Fair stand", amount=2500)

    manager = odoo.login("manager")
    approve(manager, reference)
    manager.expect_state("cfo")
    assert "action_approve" not in manager.buttons()

    cfo = odoo.login("cfo")
    approve(cfo, reference)
    cfo.expect_state("approved")


def test_rejected_expense_comes_back_with_the_reason(odoo, new_expenses):
    (expense,) = new_expenses("Minibar")
    odoo.rpc("employee").call("ipai.expense", "action_submit", [expense])

    manager = odoo.login("manager")
    manager.open_record("ipai.expense", expense).press("action_reject")
    manager.fill(reason="Nobody pays for that").press("action_confirm")
    manager.expect_state("rejected")

    employee = odoo.login("employee")
    employee.open_record("ipai.expense", expense)
    employee.expect_value("reject_reason", "Nobody pays for that")
    employee.press("action_reset_to_draft").expect_state("draft")


def test_missing_required_field_is_refused(odoo):
    employee = odoo.login("employee")
    employee.open("ipai_expense.ipai_expense_action").new()
    employee.fill(description="Something", amount=10)
    with pytest.raises(Refused, match="Missing required fields") as refused:
        employee.save()
    assert refused.value.fields == ("category_id",)
    found = odoo.admin.search("ipai.expense", [["description", "=", "Something"]])
    assert found == []


def test_amount_has_to_be_positive(odoo):
    employee = odoo.login("employee")
    employee.open("ipai_expense.ipai_expense_action").new()
    employee.fill(description="Nothing", category_id="Travel", amount=0)
    with pytest.raises(Refused, match="must be positive"):
        employee.save()


@pytest.mark.usefixtures("pound")
def test_foreign_currency_shows_the_converted_amount(odoo):
    employee = odoo.login("employee")
    employee.open("ipai_expense.ipai_expense_action").new()
    employee.fill(description="Hotel", category_id="Travel", date="2026-03-02")
    assert not employee.shows("company_amount")
    employee.fill(currency_id="QGP", amount=200)
    employee.expect_value("company_amount", "$ 100.00")
    employee.save().expect_value("company_amount", "$ 100.00")
