from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestRules(ExpenseCommon):
    def visible(self, user):
        domain = [("id", "in", (self.own | self.colleagues).ids)]
        return self.env["ipai.expense"].with_user(user).search(domain)

    def setUp(self):
        super().setUp()
        self.own = self.new_expense()
        self.colleagues = self.new_expense(user=self.other)

    def test_employees_see_their_own(self):
        self.assertEqual(self.visible(self.user), self.own)
        with self.assertRaises(AccessError):
            self.colleagues.with_user(self.user).read(["amount"])

    def test_manager_sees_his_team(self):
        self.assertEqual(self.visible(self.manager), self.own | self.colleagues)
        self.employee_other.parent_id = False
        self.assertEqual(self.visible(self.manager), self.own)

    def test_cfo_and_finance_see_all(self):
        for user in (self.cfo, self.finance):
            self.assertEqual(self.visible(user), self.own | self.colleagues)

    def test_nobody_hands_in_for_others(self):
        with self.assertRaises(AccessError):
            self.new_expense(employee_id=self.employee_other.id)

    def test_finance_deletes_nothing(self):
        with self.assertRaises(AccessError):
            self.own.with_user(self.finance).unlink()

    def test_other_companies_are_hidden(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.cfo.company_ids |= company
        self.assertEqual(
            self.visible(self.cfo.with_company(company)), self.own | self.colleagues
        )
        expenses = (
            self.env["ipai.expense"]
            .with_user(self.cfo)
            .with_context(allowed_company_ids=company.ids)
            .search([("id", "in", self.own.ids)])
        )
        self.assertFalse(expenses)

    def test_categories_are_kept_by_finance(self):
        self.category.with_user(self.finance).name = "Travel and lodging"
        with self.assertRaises(AccessError):
            self.category.with_user(self.manager).name = "Mine"
