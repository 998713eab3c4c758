from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestSettings(ExpenseCommon):
    def test_settings_are_the_companys(self):
        payable = self._new_account("EXPT3", "liability_payable")
        settings = Form(self.env["res.config.settings"])
        self.assertEqual(settings.ipai_expense_journal_id, self.journal)
        settings.ipai_expense_cfo_limit = 250
        settings.ipai_expense_payable_account_id = payable
        settings.save().execute()
        self.assertEqual(self.company.ipai_expense_cfo_limit, 250)
        self.assertEqual(self.company.ipai_expense_payable_account_id, payable)
        self.assertTrue(self.new_expense(251).needs_cfo)

    def test_a_limit_of_zero_sends_everything_to_the_cfo(self):
        self.company.ipai_expense_cfo_limit = 0
        self.assertTrue(self.new_expense(0.01).needs_cfo)

    def test_users_change_no_settings(self):
        for user in (self.user, self.manager, self.cfo, self.finance):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.company.with_user(user).ipai_expense_cfo_limit = 1
