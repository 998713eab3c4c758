from odoo import fields, models


class IpaiExpenseReject(models.TransientModel):
    """Ask for the reason before expenses are rejected."""

    _name = "ipai.expense.reject"
    _description = "Reject Expenses"

    expense_ids = fields.Many2many("ipai.expense", required=True)
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Reject the expenses, which check for themselves who may do so."""
        self.ensure_one()
        self.expense_ids._do_reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
