from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestAccess(ExpenseCommon):
    """Which role sees and changes which records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.new_expense()
        cls.colleagues = cls.new_expense(user=cls.other)
        cls.both = cls.own.sudo() | cls.colleagues.sudo()

    def visible(self, user, **context):
        model = self.env["ipai.expense"].with_user(user).with_context(**context)
        return model.search([("id", "in", self.both.ids)])

    def test_employees_see_their_own(self):
        self.assertEqual(self.visible(self.user), self.own)
        with self.assertRaises(AccessError):
            self.colleagues.with_user(self.user).read(["amount"])

    def test_manager_sees_his_team(self):
        self.assertEqual(self.visible(self.manager), self.both)
        self.employee_other.parent_id = False
        self.assertEqual(self.visible(self.manager), self.own)

    def test_cfo_and_finance_see_all(self):
        for user in (self.cfo, self.finance):
            self.assertEqual(self.visible(user), self.both)

    def test_internal_users_without_a_role_see_nothing(self):
        self.user.group_ids = self.env.ref("base.group_user")
        with self.assertRaises(AccessError):
            self.visible(self.user)

    def test_nobody_claims_for_others(self):
        for user in (self.other, self.manager, self.cfo, self.finance):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.new_expense(user=user, employee_id=self.employee.id)

    def test_drafts_are_deleted_by_their_owner_only(self):
        for user in (self.other, self.manager, self.cfo, self.finance):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.own.with_user(user).unlink()
        self.own.unlink()

    def test_other_companies_are_hidden(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.cfo.company_ids |= elsewhere
        both = (self.company | elsewhere).ids
        self.assertEqual(self.visible(self.cfo, allowed_company_ids=both), self.both)
        only = elsewhere.ids
        self.assertFalse(self.visible(self.cfo, allowed_company_ids=only))
        categories = self.env["ipai.expense.category"].with_user(self.cfo)
        self.assertNotIn(
            self.category,
            categories.with_context(allowed_company_ids=only).search([], limit=100),
        )

    def test_categories_are_kept_by_finance(self):
        self.category.with_user(self.finance).name = "Travel and lodging"
        for user in (self.user, self.manager, self.cfo):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.category.with_user(user).name = "Mine"

    def test_employees_have_no_reject_wizard(self):
        with self.assertRaises(AccessError):
            self.env["ipai.expense.reject"].with_user(self.user).create(
                {"expense_ids": self.own.ids, "reason": "Mine"}
            )
