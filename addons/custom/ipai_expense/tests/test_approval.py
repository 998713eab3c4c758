from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestApproval(ExpenseCommon):
    """Who approves, rejects and takes back what, and who is asked to."""

    def asked(self, expense):
        """Return the users with an open approval activity."""
        return expense.sudo().activity_ids.user_id

    def reject(self, expense, user, reason="No receipt"):
        action = expense.with_user(user).action_reject()
        model = self.env[action["res_model"]].with_user(user)
        wizard = model.with_context(**action["context"]).create({"reason": reason})
        return wizard.action_confirm()

    def to_approve(self, user):
        return (
            self.env["ipai.expense"]
            .with_user(user)
            .search(
                [("can_approve", "=", True), ("employee_id", "=", self.employee.id)]
            )
        )

    def test_manager_is_asked(self):
        expense = self.submitted()
        self.assertEqual(expense.state, "submitted")
        self.assertEqual(self.asked(expense), self.manager)
        activity = expense.sudo().activity_ids
        self.assertIn(expense.name, activity.summary)
        in_two_days = fields.Date.today() + timedelta(days=2)
        self.assertEqual(activity.date_deadline, in_two_days)

    def test_without_a_manager_the_cfo_is_asked(self):
        self.employee.parent_id = False
        expense = self.submitted()
        self.assertEqual(expense.state, "cfo")
        self.assertIn(self.cfo, self.asked(expense))

    def test_a_manager_who_is_no_approver_is_not_asked(self):
        self.manager.group_ids = self.env.ref("ipai_expense.group_user")
        self.assertEqual(self.submitted().state, "cfo")

    def test_small_expense_needs_the_manager_only(self):
        expense = self.submitted(1000)
        expense.with_user(self.manager).action_approve()
        self.assertEqual(expense.state, "approved")
        self.assertFalse(self.asked(expense))

    def test_large_expense_needs_the_cfo(self):
        expense = self.submitted(1500)
        expense.with_user(self.manager).action_approve()
        self.assertEqual(expense.state, "cfo")
        self.assertIn(self.cfo, self.asked(expense))
        self.assertNotIn(self.manager, self.asked(expense))
        with self.assertRaises(AccessError):
            expense.with_user(self.manager).action_approve()
        expense.with_user(self.cfo).action_approve()
        self.assertEqual(expense.state, "approved")
        self.assertFalse(self.asked(expense), "Of all CFOs one is enough.")

    def test_large_foreign_expense_needs_the_cfo(self):
        expense = self.submitted(4001, currency_id=self.foreign.id)
        expense.with_user(self.manager).action_approve()
        self.assertEqual(expense.state, "cfo")

    def test_large_in_a_weak_currency_is_not_large(self):
        expense = self.submitted(4000, currency_id=self.foreign.id)
        expense.with_user(self.manager).action_approve()
        self.assertEqual(expense.state, "approved")

    def test_cfo_approves_at_once(self):
        expense = self.submitted(1500)
        expense.with_user(self.cfo).action_approve()
        self.assertEqual(expense.state, "approved")
        self.assertFalse(self.asked(expense))

    def test_several_are_approved_at_once(self):
        expenses = self.submitted() | self.submitted(1500)
        expenses.with_user(self.manager).action_approve()
        self.assertEqual(expenses.mapped("state"), ["approved", "cfo"])

    def test_nobody_approves_his_own(self):
        self._new_employee(self.cfo, parent=self.employee_manager)
        expense = self.submitted(user=self.cfo)
        self.assertFalse(expense.can_approve)
        with self.assertRaises(AccessError):
            expense.action_approve()
        with self.assertRaises(AccessError):
            expense.action_reject()

    def test_a_manager_without_a_manager_does_not_approve_his_own(self):
        self.employee_manager.parent_id = self.env["hr.employee"].create(
            {"name": "Without a user"}
        )
        expense = self.submitted(user=self.manager)
        self.assertEqual(expense.state, "cfo")
        self.assertNotIn(self.manager, self.asked(expense))
        with self.assertRaises(AccessError):
            expense.action_approve()

    def test_employee_and_colleague_cannot_approve(self):
        expense = self.submitted()
        for user in (self.user, self.other, self.finance):
            with self.subTest(user.login), self.assertRaises(AccessError):
                expense.with_user(user).action_approve()

    def test_only_the_owner_submits(self):
        for user in (self.manager, self.cfo, self.finance):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.new_expense().with_user(user).action_submit()

    def test_no_step_twice(self):
        expense = self.submitted()
        with self.assertRaisesRegex(UserError, "Submitted"):
            expense.action_submit()
        expense.with_user(self.manager).action_approve()
        with self.assertRaisesRegex(UserError, "Approved"):
            expense.with_user(self.manager).action_approve()

    def test_reject_with_reason_and_start_again(self):
        expense = self.submitted()
        self.reject(expense, self.manager)
        self.assertEqual(expense.state, "rejected")
        self.assertEqual(expense.reject_reason, "No receipt")
        self.assertFalse(self.asked(expense))
        with self.assertRaises(AccessError):
            expense.with_user(self.manager).action_reset_to_draft()
        expense.action_reset_to_draft()
        self.assertEqual(expense.reject_reason, "No receipt", "Still to be read.")
        expense.amount = 90
        expense.action_submit()
        self.assertFalse(expense.reject_reason)
        self.assertEqual(self.asked(expense), self.manager)

    def test_reject_needs_a_reason(self):
        expense = self.submitted()
        with self.assertRaises(UserError):
            self.reject(expense, self.manager, "  ")
        self.assertEqual(expense.state, "submitted")

    def test_cfo_rejects(self):
        expense = self.submitted(2000)
        expense.with_user(self.manager).action_approve()
        with self.assertRaises(AccessError):
            expense.with_user(self.manager).action_reject()
        self.reject(expense, self.cfo, "Too much")
        self.assertEqual(expense.state, "rejected")

    def test_finance_sends_back_what_is_approved(self):
        expense = self.submitted()
        with self.assertRaises(AccessError):
            expense.with_user(self.finance).action_reject()
        expense.with_user(self.manager).action_approve()
        self.assertTrue(expense.with_user(self.finance).can_reject)
        with self.assertRaises(AccessError):
            expense.with_user(self.manager).action_reject()
        self.reject(expense, self.finance, "Wrong currency")
        self.assertEqual(expense.state, "rejected")

    def test_the_wizard_checks_again(self):
        expense = self.submitted()
        wizard = (
            self.env["ipai.expense.reject"]
            .with_user(self.manager)
            .create({"expense_ids": expense.ids, "reason": "Late"})
        )
        expense.with_user(self.cfo).action_approve()
        with self.assertRaises(AccessError):
            wizard.action_confirm()
        self.assertEqual(expense.state, "approved")

    def test_drafts_are_not_rejected(self):
        with self.assertRaises(UserError):
            self.new_expense().with_user(self.manager).action_reject()

    def test_owner_takes_back_until_it_is_approved(self):
        expense = self.submitted()
        expense.action_reset_to_draft()
        self.assertEqual(expense.state, "draft")
        self.assertFalse(self.asked(expense))
        expense.action_submit()
        expense.with_user(self.manager).action_approve()
        with self.assertRaises(UserError):
            expense.action_reset_to_draft()

    def test_no_cfo_is_told(self):
        self.env.ref("ipai_expense.group_cfo").user_ids = False
        expense = self.submitted(1500)
        with self.assertRaisesRegex(UserError, "no CFO"):
            expense.with_user(self.manager).action_approve()

    def test_to_approve_is_found(self):
        small, large = self.submitted(), self.submitted(1500)
        self.assertEqual(self.to_approve(self.manager), large | small)
        self.assertEqual(self.to_approve(self.cfo), large | small)
        self.assertFalse(self.to_approve(self.user))
        large.with_user(self.manager).action_approve()
        self.assertEqual(self.to_approve(self.manager), small)
        self.assertEqual(self.to_approve(self.cfo), large | small)
        rest = (
            self.env["ipai.expense"]
            .with_user(self.manager)
            .search([("can_approve", "=", False), ("id", "in", (small | large).ids)])
        )
        self.assertEqual(rest, large)

    def test_chatter_names_who_did_it_and_tells_the_owner(self):
        expense = self.submitted()
        self.cr.flush()  # what is created in a transaction is not tracked within it
        expense.with_user(self.manager).action_approve()
        self.cr.flush()
        subtype = self.env.ref("ipai_expense.mt_expense_approved")
        message = expense.sudo().message_ids.filtered(
            lambda message: message.subtype_id == subtype
        )
        self.assertEqual(message.author_id, self.manager.partner_id)
        self.assertIn(self.user.partner_id, message.notified_partner_ids)
