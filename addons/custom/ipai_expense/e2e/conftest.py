"""Who takes part in an expense, and what finance has set up before the first one."""

import pytest
from qgate.e2e import Role

CFO_LIMIT = 1000.0


@pytest.fixture(scope="session")
def roles():
    """Return the people of the process."""
    return {
        "employee": Role("Erin Employee", ("ipai_expense.group_user",)),
        "manager": Role("Max Manager", ("ipai_expense.group_approver",)),
        "cfo": Role("Carla Chief", ("ipai_expense.group_cfo",)),
        "finance": Role(
            "Fred Finance",
            ("ipai_expense.group_finance", "account.group_account_readonly"),
        ),
    }


@pytest.fixture(scope="session", autouse=True)
def company(server, roles):
    """Let the employee report to the manager, and say where expenses are posted."""
    admin, users = server.admin, server.users(roles)
    manager = admin.create(
        "hr.employee", name="Max Manager", user_id=users["manager"].id
    )
    admin.create(
        "hr.employee",
        name="Erin Employee",
        user_id=users["employee"].id,
        parent_id=manager,
    )
    expense = admin.create(
        "account.account", name="Travel", code="E2E1", account_type="expense"
    )
    payable = admin.create(
        "account.account",
        name="Owed to employees",
        code="E2E2",
        account_type="liability_current",
    )
    journal = admin.create(
        "account.journal", name="Expenses", code="E2E", type="general"
    )
    admin.create("ipai.expense.category", name="Travel", account_id=expense)
    admin.write(
        "res.company",
        server.ref("base.main_company"),
        ipai_expense_cfo_limit=CFO_LIMIT,
        ipai_expense_journal_id=journal,
        ipai_expense_payable_account_id=payable,
    )


@pytest.fixture(scope="session")
def pound(server):
    """Return a currency of which one is worth half a unit of the company's."""
    return server.admin.create(
        "res.currency",
        name="QGP",
        symbol="Q",
        rate_ids=[[0, 0, {"name": "2026-01-01", "rate": 2.0}]],
    )


@pytest.fixture
def new_expenses(odoo):
    """Return what makes drafts of the employee, for tests that begin later."""

    def make(*descriptions):
        (category,) = odoo.admin.search(
            "ipai.expense.category", [["name", "=", "Travel"]]
        )
        values = {"amount": 100.0, "category_id": category["id"], "date": "2026-03-02"}
        return odoo.rpc("employee").call(
            "ipai.expense",
            "create",
            [{"description": words, **values} for words in descriptions],
        )

    return make
