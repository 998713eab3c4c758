"""Fills a database with expenses before it is put under load."""

from datetime import date, timedelta

from odoo.fields import Command

LOGIN = "perf.expense.{}"
GROUPS = ["group_cfo", *["group_approver"] * 2, *["group_user"] * 7]
STATES = ("draft", "submitted", "approved", "rejected", "posted")
TEXTS = ("Taxi", "Train to the customer", "Hotel", "Dinner", "Screen", "Parking")
QUIET = {"tracking_disable": True, "mail_create_nosubscribe": True}


def seed(env, count):
    """Return *count* expenses of ten employees over a year, made where they are missing."""
    env = env(context={**env.context, **QUIET, "no_reset_password": True})
    employees = _employees(env)
    categories = _categories(env)
    expenses = env["ipai.expense"].search([("employee_id", "in", employees.ids)])
    missing = range(len(expenses), count)
    made = env["ipai.expense"].create(
        [_values(number, employees, categories) for number in missing]
    )
    # Nobody decides on a thousand expenses here; how they look afterwards is what counts.
    for state in STATES[1:]:
        own = made.filtered(lambda expense, state=state: _state(expense) == state)
        own.write({"state": state})
    return expenses | made


def logins(env):
    """Return the users of the load: employees, of whom two approve and one is the CFO."""
    return [LOGIN.format(number) for number in range(len(GROUPS))]


def _state(expense):
    return STATES[expense.id % len(STATES)]


def _values(number, employees, categories):
    return {
        "description": f"{TEXTS[number % len(TEXTS)]} {number}",
        "employee_id": employees[number % len(employees)].id,
        "category_id": categories[number % len(categories)].id,
        "amount": 10.0 + number * 37 % 1500,
        "date": date.today() - timedelta(days=number % 365),
    }


def _employees(env):
    found = env["hr.employee"].search([("user_id.login", "=like", "perf.expense.%")])
    if found:
        return found.sorted("id")
    users = env["res.users"].create(
        [
            {
                "name": f"Expense User {number}",
                "login": LOGIN.format(number),
                "group_ids": [
                    Command.link(env.ref(f"ipai_expense.{group}").id),
                ],
            }
            for number, group in enumerate(GROUPS)
        ]
    )
    employees = env["hr.employee"].create(
        [{"name": user.name, "user_id": user.id} for user in users]
    )
    boss, leads, team = employees[0], employees[1:3], employees[3:]
    leads.parent_id = boss
    for number, employee in enumerate(team):
        employee.parent_id = leads[number % len(leads)]
    return employees


def _categories(env):
    model = env["ipai.expense.category"]
    found = model.search([], limit=5)
    names = ("Travel", "Meals", "Equipment", "Lodging", "Training")
    return found or model.create([{"name": name} for name in names])
