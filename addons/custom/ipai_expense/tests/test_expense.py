from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestExpense(ExpenseCommon):
    """Fields, defaults, amounts and constraints."""

    def test_defaults(self):
        expense = self.new_expense()
        self.assertEqual(expense.state, "draft")
        self.assertEqual(expense.employee_id, self.employee)
        self.assertEqual(expense.user_id, self.user)
        self.assertTrue(expense.is_owner)
        self.assertEqual(expense.manager_user_id, self.manager)
        self.assertEqual(expense.currency_id, self.company.currency_id)

    def test_references_are_numbered_in_the_year_of_the_expense(self):
        first, second = self.new_expense(), self.new_expense()
        self.assertRegex(first.name, r"^EXP/2026/\d{5}$")
        self.assertNotEqual(first.name, second.name)

    def test_without_the_sequence_an_expense_is_new(self):
        self.env.ref("ipai_expense.sequence_expense").code = "elsewhere"
        self.assertEqual(self.new_expense().name, "New")

    def test_form(self):
        with Form(self.env["ipai.expense"].with_user(self.user)) as form:
            form.description = "Hotel"
            form.category_id = self.category
            form.amount = 80
        self.assertEqual(form.record.company_amount, 80)
        self.assertEqual(form.record.employee_id, self.employee)

    def test_form_needs_description_and_category(self):
        form = Form(self.env["ipai.expense"].with_user(self.user))
        form.amount = 80
        with self.assertRaisesRegex(AssertionError, "description"):
            form.save()
        form.description = "Hotel"
        with self.assertRaisesRegex(AssertionError, "category_id"):
            form.save()

    def test_form_of_a_submitted_expense_is_readonly(self):
        form = Form(self.submitted())
        for name in ("description", "amount", "currency_id", "employee_id", "date"):
            with self.subTest(name), self.assertRaisesRegex(AssertionError, "readonly"):
                form[name] = form[name]

    def test_amount_must_be_positive(self):
        for amount in (0, -5, 0.001):
            with (
                self.subTest(amount),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.new_expense(amount)

    def test_category_belongs_to_the_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.category.copy({"company_id": company.id, "account_id": False})
        with self.assertRaises(UserError):
            self.new_expense(category_id=foreign.id)

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
        self.assertEqual(expense.company_amount, 25, "A stored amount stands.")
        expense.date = "2026-02-02"
        self.assertEqual(expense.company_amount, 50)

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
        self.assertEqual(copy.amount, expense.amount)
        self.assertNotEqual(copy.name, expense.name)

    def test_found_by_reference_and_description(self):
        expense = self.new_expense(description="Ferry to Gotland")
        model = self.env["ipai.expense"].with_user(self.user)
        for text in ("Gotland", expense.name):
            found = [item[0] for item in model.name_search(text)]
            self.assertEqual(found, expense.ids)
