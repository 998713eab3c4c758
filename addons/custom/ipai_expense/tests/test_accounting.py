from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestAccounting(ExpenseCommon):
    def test_entry_is_balanced_and_posted(self):
        expense = self.approved(120)
        expense.with_user(self.finance).action_post()
        move = expense.sudo().move_id
        self.assertEqual(expense.state, "posted")
        self.assertEqual(move.state, "posted")
        self.assertEqual(move.journal_id, self.journal)
        self.assertEqual(move.ref, expense.name)
        self.assertRecordValues(
            move.line_ids.sorted("debit"),
            [
                {"account_id": self.payable.id, "debit": 0, "credit": 120},
                {"account_id": self.account.id, "debit": 120, "credit": 0},
            ],
        )

    def test_entry_of_a_foreign_expense_has_both_amounts(self):
        expense = self.approved(200, currency_id=self.foreign.id)
        expense.with_user(self.finance).action_post()
        lines = expense.sudo().move_id.line_ids.sorted("balance")
        self.assertEqual(lines.mapped("balance"), [-50, 50])
        self.assertEqual(lines.mapped("amount_currency"), [-200, 200])
        self.assertEqual(lines.currency_id, self.foreign)

    def test_large_expense_is_posted_after_the_cfo(self):
        expense = self.approved(5000)
        expense.with_user(self.finance).action_post()
        self.assertEqual(expense.sudo().move_id.amount_total, 5000)

    def test_only_finance_posts(self):
        expense = self.approved()
        for user in (self.user, self.manager, self.cfo):
            with self.assertRaises(AccessError):
                expense.with_user(user).action_post()

    def test_only_approved_expenses_are_posted(self):
        with self.assertRaises(UserError):
            self.submitted().with_user(self.finance).action_post()
        expense = self.approved()
        expense.with_user(self.finance).action_post()
        with self.assertRaises(UserError):
            expense.with_user(self.finance).action_post()

    def test_missing_configuration_is_told(self):
        expense = self.approved()
        self.company.ipai_expense_journal_id = False
        with self.assertRaises(UserError):
            expense.with_user(self.finance).action_post()
        self.assertEqual(expense.state, "approved")

    def test_entry_is_opened(self):
        expense = self.approved()
        expense.with_user(self.finance).action_post()
        action = expense.with_user(self.finance).action_open_move()
        self.assertEqual(action["res_id"], expense.sudo().move_id.id)
