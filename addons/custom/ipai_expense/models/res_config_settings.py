from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ipai_expense_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Expense Limit Currency"
    )
    ipai_expense_cfo_limit = fields.Monetary(
        related="company_id.ipai_expense_cfo_limit",
        readonly=False,
        currency_field="ipai_expense_currency_id",
    )
    ipai_expense_journal_id = fields.Many2one(
        related="company_id.ipai_expense_journal_id",
        readonly=False,
        check_company=True,
        domain="[('type', '=', 'general')]",
    )
    ipai_expense_payable_account_id = fields.Many2one(
        related="company_id.ipai_expense_payable_account_id",
        readonly=False,
        check_company=True,
        domain="[('account_type', 'in', ('liability_payable', 'liability_current'))]",
    )
