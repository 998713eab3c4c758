from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestAccounting(ExpenseCommon):
    """The entry that finance posts."""

    def posted(self, *args, **values):
        expense = self.approved(*args, **values)
        expense.with_user(self.finance).action_post()
        return expense

    def test_entry_is_balanced_and_posted(self):
        expense = self.posted(120)
        move = expense.sudo().move_id
        self.assertEqual(expense.state, "posted")
        self.assertEqual(move.state, "posted")
        self.assertEqual(move.journal_id, self.journal)
        self.assertEqual(move.company_id, self.company)
        self.assertEqual(move.date, expense.date)
        self.assertEqual(move.ref, expense.name)
        self.assertRecordValues(
            move.line_ids.sorted("debit"),
            [
                {"account_id": self.payable.id, "debit": 0, "credit": 120},
                {"account_id": self.account.id, "debit": 120, "credit": 0},
            ],
        )
        self.assertEqual(move.line_ids.partner_id, self.employee.work_contact_id)

    def test_entry_of_a_foreign_expense_has_both_amounts(self):
        move = self.posted(200, currency_id=self.foreign.id).sudo().move_id
        self.assertRecordValues(
            move.line_ids.sorted("debit"),
            [
                {"debit": 0, "credit": 50, "amount_currency": -200},
                {"debit": 50, "credit": 0, "amount_currency": 200},
            ],
        )
        self.assertEqual(move.line_ids.currency_id, self.foreign)

    def test_several_are_posted_at_once(self):
        expenses = self.approved(10) | self.approved(5000)
        expenses.with_user(self.finance).action_post()
        moves = expenses.sudo().move_id
        self.assertEqual(sorted(moves.mapped("amount_total")), [10, 5000])

    def test_payable_account_may_be_reconciled(self):
        payable = self._new_account("EXPT3", "liability_payable")
        self.company.ipai_expense_payable_account_id = payable
        lines = self.posted().sudo().move_id.line_ids
        self.assertEqual(sum(lines.mapped("balance")), 0)
        self.assertIn(payable, lines.account_id)

    def test_only_finance_posts(self):
        expense = self.approved()
        for user in (self.user, self.manager, self.cfo):
            with self.subTest(user.login), self.assertRaises(AccessError):
                expense.with_user(user).action_post()

    def test_finance_does_not_post_its_own(self):
        self._new_employee(self.finance, parent=self.employee_manager)
        expense = self.approved(user=self.finance)
        with self.assertRaises(AccessError):
            expense.action_post()

    def test_only_approved_expenses_are_posted_and_only_once(self):
        with self.assertRaises(UserError):
            self.submitted().with_user(self.finance).action_post()
        expense = self.posted()
        with self.assertRaises(UserError):
            expense.with_user(self.finance).action_post()

    def test_missing_configuration_is_told(self):
        expense = self.approved()
        self.company.ipai_expense_journal_id = False
        with self.assertRaisesRegex(UserError, "expense journal"):
            expense.with_user(self.finance).action_post()
        self.assertEqual(expense.state, "approved")

    def test_entry_is_opened(self):
        expense = self.posted()
        action = expense.with_user(self.finance).action_open_move()
        self.assertEqual(action["res_id"], expense.sudo().move_id.id)

    def test_entry_of_a_posted_expense_is_not_deleted(self):
        move = self.posted().sudo().move_id
        move.button_draft()
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            move.with_context(force_delete=True).unlink()
