"""What has to be fast for a user whose browser is warm."""

from qgate.e2e import stopwatch

LIST_MILLISECONDS = 2000


def test_expense_list_opens_in_time(odoo, new_expenses):
    new_expenses(*(f"Ticket {number}" for number in range(80)))
    employee = odoo.login("employee")
    employee.open("ipai_expense.ipai_expense_action_analysis")
    with stopwatch() as watch:
        employee.menu("ipai_expense.menu_expenses")
        rows = employee.rows()
    assert len(rows) == 80
    assert watch.milliseconds < LIST_MILLISECONDS
