from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user


class ExpenseCommon(TransactionCase):
    """An employee with a manager, a CFO, a finance user, and accounts to post to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "no_reset_password": True})
        cls.company = cls.env.company
        cls.company.ipai_expense_cfo_limit = 1000.0
        cls.user = cls._new_user("exp_user", "group_user")
        cls.other = cls._new_user("exp_other", "group_user")
        cls.manager = cls._new_user("exp_manager", "group_approver")
        cls.cfo = cls._new_user("exp_cfo", "group_cfo")
        cls.finance = cls._new_user("exp_finance", "group_finance")
        cls.employee_manager = cls._new_employee(cls.manager)
        cls.employee = cls._new_employee(cls.user, parent=cls.employee_manager)
        cls.employee_other = cls._new_employee(cls.other, parent=cls.employee_manager)
        cls.account = cls._new_account("EXPT1", "expense")
        cls.payable = cls._new_account("EXPT2", "liability_current")
        cls.journal = cls._create(
            "account.journal", name="Expenses", code="EXPT", type="general"
        )
        cls.company.ipai_expense_journal_id = cls.journal
        cls.company.ipai_expense_payable_account_id = cls.payable
        cls.category = cls._create(
            "ipai.expense.category", name="Test travel", account_id=cls.account.id
        )
        cls.foreign = cls._create(
            "res.currency",
            name="XQG",
            symbol="Q",
            rounding=0.01,
            rate_ids=[Command.create({"name": "2026-01-01", "rate": 4.0})],
        )

    @classmethod
    def _create(cls, model, **values):
        """Create what a test stands on, without the chatter that it is not about."""
        quiet = cls.env[model].with_context(tracking_disable=True)
        return quiet.create(values).with_env(cls.env)

    @classmethod
    def _new_user(cls, login, group):
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,ipai_expense.{group}",
            context={"tracking_disable": True},
            notification_type="inbox",  # no e-mail is rendered
        ).with_env(cls.env)

    @classmethod
    def _new_employee(cls, user, parent=None):
        return cls._create(
            "hr.employee",
            name=user.name,
            user_id=user.id,
            parent_id=parent.id if parent else False,
        )

    @classmethod
    def _new_account(cls, code, kind):
        return cls._create("account.account", name=code, code=code, account_type=kind)

    @classmethod
    def values(cls, **values):
        """Return what a user fills in."""
        return {
            "description": "Taxi",
            "amount": 100.0,
            "category_id": cls.category.id,
            "date": "2026-03-01",
            **values,
        }

    @classmethod
    def new_expense(cls, amount=100.0, user=None, **values):
        """Create a draft expense as the employee himself."""
        model = cls.env["ipai.expense"].with_user(user or cls.user)
        return model.create(cls.values(amount=amount, **values))

    @classmethod
    def submitted(cls, amount=100.0, **values):
        """Create an expense that waits for the manager."""
        expense = cls.new_expense(amount, **values)
        expense.action_submit()
        return expense

    @classmethod
    def approved(cls, amount=100.0, **values):
        """Create an expense that waits for finance."""
        expense = cls.submitted(amount, **values)
        expense.with_user(cls.manager).action_approve()
        if expense.state == "cfo":
            expense.with_user(cls.cfo).action_approve()
        return expense
