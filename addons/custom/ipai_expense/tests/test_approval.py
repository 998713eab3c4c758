from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestApproval(ExpenseCommon):
    def asked(self, expense):
        """Return the users with an open approval activity."""
        return expense.sudo().activity_ids.user_id

    def reject(self, expense, user, reason="No receipt"):
        action = expense.with_user(user).action_reject()
        wizard = (
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create({"reason": reason})
        )
        return wizard.action_confirm()

    def test_manager_is_asked(self):
        expense = self.submitted()
        self.assertEqual(expense.state, "submitted")
        self.assertEqual(self.asked(expense), self.manager)

    def test_small_expense_needs_the_manager_only(self):
        expense = self.submitted(1000)
        self.assertTrue(expense.with_user(self.manager).can_approve)
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

    def test_cfo_approves_at_once(self):
        expense = self.submitted(1500)
        expense.with_user(self.cfo).action_approve()
        self.assertEqual(expense.state, "approved")

    def test_nobody_approves_his_own(self):
        self._new_employee(self.cfo, parent=self.employee_manager)
        expense = self.new_expense(user=self.cfo)
        expense.action_submit()
        self.assertTrue(expense.is_owner)
        self.assertFalse(expense.can_approve)
        with self.assertRaises(AccessError):
            expense.action_approve()

    def test_employee_and_colleague_cannot_approve(self):
        expense = self.submitted()
        with self.assertRaises(AccessError):
            expense.action_approve()
        with self.assertRaises(AccessError):
            expense.with_user(self.other).action_approve()

    def test_without_manager_nothing_is_handed_in(self):
        self.employee.parent_id = False
        with self.assertRaises(UserError):
            self.new_expense().action_submit()

    def test_only_the_owner_hands_in(self):
        with self.assertRaises(AccessError):
            self.new_expense().with_user(self.manager).action_submit()

    def test_no_step_twice(self):
        expense = self.submitted()
        with self.assertRaises(UserError):
            expense.action_submit()
        expense.with_user(self.manager).action_approve()
        with self.assertRaises(UserError):
            expense.with_user(self.manager).action_approve()

    def test_reject_with_reason_and_take_up_again(self):
        expense = self.submitted()
        self.reject(expense, self.manager)
        self.assertEqual(expense.state, "rejected")
        self.assertEqual(expense.reject_reason, "No receipt")
        self.assertFalse(self.asked(expense))
        with self.assertRaises(AccessError):
            expense.with_user(self.manager).action_reset_to_draft()
        expense.action_reset_to_draft()
        expense.amount = 90
        expense.action_submit()
        self.assertFalse(expense.reject_reason)

    def test_cfo_rejects(self):
        expense = self.submitted(2000)
        expense.with_user(self.manager).action_approve()
        with self.assertRaises(AccessError):
            expense.with_user(self.manager).action_reject()
        self.reject(expense, self.cfo, "Too much")
        self.assertEqual(expense.state, "rejected")

    def test_drafts_are_not_rejected(self):
        with self.assertRaises(UserError):
            self.new_expense().with_user(self.manager).action_reject()

    def test_no_cfo_is_told(self):
        self.env.ref("ipai_expense.group_cfo").user_ids = False
        expense = self.submitted(1500)
        with self.assertRaises(UserError):
            expense.with_user(self.manager).action_approve()

    def test_chatter_names_who_did_it(self):
        expense = self.approved()
        self.flush_tracking()
        authors = expense.message_ids.author_id
        self.assertIn(self.user.partner_id, authors)
        self.assertIn(self.manager.partner_id, authors)

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.flush()
