from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestGuards(ExpenseCommon):
    """There is no way round the transitions, through whatever the ORM offers."""

    def set_default(self, field, value):
        """Set a personal default, as every user may."""
        self.env["ir.default"].with_user(self.user).set(
            "ipai.expense", field, value, user_id=True
        )

    def test_workflow_fields_are_not_written(self):
        expense = self.new_expense()
        for user in (self.user, self.manager, self.cfo, self.finance):
            for values in (
                {"state": "approved"},
                {"name": "EXP/mine"},
                {"move_id": False},
                {"reject_reason": "None"},
            ):
                with (
                    self.subTest(user.login, **values),
                    self.assertRaises(AccessError),
                ):
                    expense.with_user(user).write(values)

    def test_workflow_fields_are_not_created(self):
        for values in ({"state": "approved"}, {"name": "EXP/mine"}):
            with self.subTest(**values), self.assertRaises(AccessError):
                self.new_expense(**values)
        expense = self.new_expense(state="draft", name="New", move_id=False)
        self.assertEqual(expense.state, "draft")
        with self.assertRaises(AccessError):
            expense.copy({"state": "approved"})

    def test_context_makes_no_approved_expense(self):
        model = self.env["ipai.expense"].with_user(self.user)
        model = model.with_context(
            default_state="approved", default_name="EXP/mine", default_company_amount=1
        )
        expense = model.create(self.values(amount=5000))
        self.assertEqual(expense.state, "draft")
        self.assertEqual(expense.company_amount, 5000)
        self.assertNotEqual(expense.name, "EXP/mine")
        self.assertEqual(model.default_get(["state", "amount"])["state"], "draft")

    def test_personal_defaults_make_no_approved_expense(self):
        self.set_default("state", "approved")
        self.set_default("manager_user_id", self.user.id)
        self.set_default("description", "Taxi as usual")
        values = self.values()
        del values["description"]
        expense = self.env["ipai.expense"].with_user(self.user).create(values)
        self.assertEqual(expense.description, "Taxi as usual")
        self.assertEqual(expense.state, "draft")
        self.assertEqual(expense.manager_user_id, self.manager)

    def test_nobody_lowers_the_amount_that_the_limit_is_held_against(self):
        expense = self.new_expense(5000)
        with self.assertRaises(AccessError):
            expense.write({"company_amount": 1})
        with self.assertRaises(AccessError):
            self.new_expense(5000, company_amount=1)
        self.assertTrue(expense.needs_cfo)

    def test_nobody_makes_himself_the_manager(self):
        approver = self.env.ref("ipai_expense.group_approver")
        self.user.group_ids |= approver
        expense = self.new_expense()
        with self.assertRaises(AccessError):
            expense.write({"manager_user_id": self.user.id, "user_id": self.other.id})
        with self.assertRaises(AccessError):
            self.new_expense(manager_user_id=self.user.id)

    def test_nobody_gives_his_expense_away(self):
        for user, employee in (
            (self.user, self.employee_other),
            (self.manager, self.employee),
        ):
            expense = self.new_expense(user=user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                expense.employee_id = employee

    def test_an_expense_stays_in_the_company_of_its_employee(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(UserError):
            self.new_expense().company_id = elsewhere

    def test_drafts_are_changed_by_their_owner_only(self):
        expense = self.new_expense()
        expense.amount = 90
        for user in (self.manager, self.cfo, self.finance):
            with self.subTest(user.login), self.assertRaises(AccessError):
                expense.with_user(user).amount = 1

    def test_submitted_expenses_are_frozen(self):
        expense = self.submitted()
        for values in (
            {"amount": 5000},
            {"date": "2026-01-01"},
            {"currency_id": self.foreign.id},
            {"description": "Other"},
        ):
            with self.subTest(**values), self.assertRaises(UserError):
                expense.write(values)
        self.assertEqual(expense.amount, 100)

    def test_only_drafts_are_deleted(self):
        expense = self.submitted()
        with self.assertRaises(UserError):
            expense.unlink()
        with self.assertRaises(UserError):
            expense.sudo().unlink()
