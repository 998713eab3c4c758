from odoo import fields, models


class IpaiExpenseCategory(models.Model):
    """What money is spent on, and the account that it is booked to."""

    _name = "ipai.expense.category"
    _description = "Expense Category"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    account_id = fields.Many2one(
        "account.account",
        string="Expense Account",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_direct_cost'))]",
        help="Account that is debited when an expense of this category is posted.",
    )
