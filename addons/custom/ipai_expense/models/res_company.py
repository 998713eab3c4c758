from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    ipai_expense_cfo_limit = fields.Monetary(
        string="CFO Approval Above",
        default=1000.0,
        help="Expenses above this amount also need the approval of the CFO.",
    )
    ipai_expense_journal_id = fields.Many2one(
        "account.journal",
        string="Expense Journal",
        check_company=True,
        domain="[('type', '=', 'general')]",
        help="Journal in which finance posts approved expenses.",
    )
    ipai_expense_payable_account_id = fields.Many2one(
        "account.account",
        string="Employee Payable Account",
        check_company=True,
        domain="[('account_type', 'in', ('liability_payable', 'liability_current'))]",
        help="Account that is credited until the employee is paid back.",
    )
