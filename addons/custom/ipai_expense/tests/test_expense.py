from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestExpense(ExpenseCommon):
    def test_defaults(self):
        expense = self.new_expense()
        self.assertEqual(expense.state, "draft")
        self.assertEqual(expense.employee_id, self.employee)
        self.assertEqual(expense.manager_user_id, self.manager)
        self.assertEqual(expense.currency_id, self.company.currency_id)
        self.assertRegex(expense.name, r"^EXP/\d{4}/\d{5}$")

    def test_references_differ(self):
        self.assertNotEqual(self.new_expense().name, self.new_expense().name)

    def test_form(self):
        with Form(self.env["ipai.expense"].with_user(self.user)) as form:
            form.description = "Hotel"
            form.category_id = self.category
            form.amount = 80
        self.assertEqual(form.record.company_amount, 80)

    def test_form_needs_a_description(self):
        form = Form(self.env["ipai.expense"].with_user(self.user))
        form.category_id = self.category
        form.amount = 80
        with self.assertRaises(AssertionError):
            form.save()

    def test_amount_must_be_positive(self):
        for amount in (0, -5):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.new_expense(amount)

    def test_foreign_amount_is_converted_at_the_date(self):
        expense = self.new_expense(100, currency_id=self.foreign.id)
        self.assertEqual(expense.company_amount, 25)
        self.foreign.rate_ids.create(
            {
                "name": "2026-02-01",
                "rate": 2.0,
                "currency_id": self.foreign.id,
                "company_id": self.company.id,
            }
        )
        later = self.new_expense(100, currency_id=self.foreign.id)
        self.assertEqual(later.company_amount, 50)

    def test_cfo_limit_is_in_company_currency(self):
        self.assertFalse(self.new_expense(1000).needs_cfo)
        self.assertTrue(self.new_expense(1000.01).needs_cfo)
        foreign = {"currency_id": self.foreign.id}
        self.assertFalse(self.new_expense(4000, **foreign).needs_cfo)
        self.assertTrue(self.new_expense(4001, **foreign).needs_cfo)

    def test_copy_starts_anew(self):
        expense = self.submitted()
        copy = expense.copy()
        self.assertEqual(copy.state, "draft")
        self.assertNotEqual(copy.name, expense.name)

    def test_found_by_reference_and_description(self):
        expense = self.new_expense(description="Ferry to Gotland")
        found = self.env["ipai.expense"].name_search("Gotland")
        self.assertEqual([item[0] for item in found], expense.ids)
        found = self.env["ipai.expense"].name_search(expense.name)
        self.assertIn(expense.id, [item[0] for item in found])

    def test_state_is_not_written_by_hand(self):
        expense = self.new_expense()
        for user in (self.user, self.cfo, self.finance):
            with self.assertRaises(AccessError):
                expense.with_user(user).write({"state": "approved"})
        with self.assertRaises(AccessError):
            self.new_expense(state="approved")
        with self.assertRaises(AccessError):
            self.new_expense(name="EXP/mine")

    def test_frozen_after_handing_in(self):
        expense = self.submitted()
        with self.assertRaises(UserError):
            expense.write({"amount": 5000})
        with self.assertRaises(UserError):
            expense.with_user(self.manager).write({"description": "Other"})
        self.assertEqual(expense.amount, 100)

    def test_only_drafts_are_deleted(self):
        self.new_expense().unlink()
        with self.assertRaises(UserError):
            self.submitted().unlink()

    def test_settings_are_the_companys(self):
        settings = self.env["res.config.settings"].create({})
        settings.ipai_expense_cfo_limit = 250
        settings.execute()
        self.assertEqual(self.company.ipai_expense_cfo_limit, 250)
        self.assertTrue(self.new_expense(251).needs_cfo)

    def test_category_names_are_unique(self):
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.category.copy()
