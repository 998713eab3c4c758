from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# What only transitions write, as superuser. Who calls by RPC never is one, whatever
# rights or context he has, so no state can be reached around its guard.
PROTECTED_FIELDS = {"name", "state", "reject_reason", "move_id"}

# What stands when the expense is handed in.
FROZEN_FIELDS = {
    "amount",
    "category_id",
    "company_id",
    "currency_id",
    "date",
    "description",
    "employee_id",
}

APPROVAL_ACTIVITY = "ipai_expense.mail_activity_type_approval"


class IpaiExpense(models.Model):
    """Money that an employee has laid out for the company.

    draft -> submitted -> (cfo, above the company's limit) -> approved -> posted, with
    rejected on the way; each transition is a method that checks role and state.
    """

    _name = "ipai.expense"
    _description = "Expense"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "description"]

    name = fields.Char(
        string="Reference", readonly=True, copy=False, default="New", index="trigram"
    )
    description = fields.Char(required=True, tracking=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("cfo", "CFO Approval"),
            ("approved", "Approved"),
            ("posted", "Posted"),
            ("rejected", "Rejected"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    employee_id = fields.Many2one(
        "hr.employee",
        required=True,
        check_company=True,
        tracking=True,
        default=lambda self: self.env.user.employee_id,
    )
    user_id = fields.Many2one(
        "res.users", string="Owner", compute="_compute_users", store=True
    )
    manager_user_id = fields.Many2one(
        "res.users",
        string="Manager",
        compute="_compute_users",
        store=True,
        help="User of the employee's manager, who approves first.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    category_id = fields.Many2one(
        "ipai.expense.category", required=True, check_company=True
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    amount = fields.Monetary(required=True, tracking=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    company_amount = fields.Monetary(
        string="Amount in Company Currency",
        currency_field="company_currency_id",
        compute="_compute_company_amount",
        store=True,
        help="The amount at the rate of the expense's date.",
    )
    needs_cfo = fields.Boolean(
        string="Needs CFO Approval", compute="_compute_needs_cfo"
    )
    reject_reason = fields.Text(readonly=True, copy=False, tracking=True)
    move_id = fields.Many2one(
        "account.move", string="Accounting Entry", readonly=True, copy=False
    )
    can_approve = fields.Boolean(compute="_compute_can_approve")
    is_owner = fields.Boolean(compute="_compute_can_approve")

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "The amount of an expense must be positive."
    )
    _to_do_idx = models.Index("(state, manager_user_id) WHERE state != 'posted'")

    @api.depends("employee_id.user_id", "employee_id.parent_id.user_id")
    def _compute_users(self):
        for expense in self:
            # The employee's private record is not readable for everybody.
            employee = expense.employee_id.sudo()
            expense.user_id = employee.user_id
            expense.manager_user_id = employee.parent_id.user_id

    @api.depends("amount", "currency_id", "company_id", "date")
    def _compute_company_amount(self):
        for expense in self:
            company = expense.company_id
            expense.company_amount = expense.currency_id._convert(
                expense.amount,
                company.currency_id,
                company,
                expense.date or fields.Date.context_today(expense),
            )

    @api.depends("company_amount", "company_id.ipai_expense_cfo_limit")
    def _compute_needs_cfo(self):
        for expense in self:
            limit = expense.company_id.sudo().ipai_expense_cfo_limit
            expense.needs_cfo = (
                expense.company_currency_id.compare_amounts(
                    expense.company_amount, limit
                )
                > 0
            )

    @api.depends_context("uid")
    @api.depends("state", "user_id", "manager_user_id")
    def _compute_can_approve(self):
        for expense in self:
            expense.is_owner = expense.user_id == self.env.user
            expense.can_approve = expense._may_approve()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_protected(
                {
                    key
                    for key in PROTECTED_FIELDS & set(vals)
                    if not self._is_default(key, vals[key])
                }
            )
        expenses = super().create(vals_list)
        for expense in expenses.sudo().filtered(lambda e: e.name == "New"):
            expense.name = (
                self.env["ir.sequence"]
                .with_company(expense.company_id)
                .next_by_code("ipai.expense")
                or "New"
            )
        return expenses

    def write(self, vals):
        self._check_protected(PROTECTED_FIELDS & set(vals))
        frozen = FROZEN_FIELDS & set(vals)
        if frozen and not self.env.su:
            for expense in self:
                if expense.state != "draft":
                    raise UserError(
                        self.env._(
                            "Expense %(name)s is handed in and can't be changed; "
                            "reset it to draft first.",
                            name=expense.name,
                        )
                    )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_in(self):
        for expense in self:
            if expense.state != "draft":
                raise UserError(
                    self.env._(
                        "Expense %(name)s is handed in and can't be deleted.",
                        name=expense.name,
                    )
                )

    def action_submit(self):
        """Hand the expense in to the employee's manager."""
        for expense in self:
            expense._check_owner()
            expense._check_state("draft")
            if not expense.manager_user_id:
                raise UserError(
                    self.env._(
                        "%(employee)s has no manager with a user who could approve.",
                        employee=expense.employee_id.display_name,
                    )
                )
            expense._move_to("submitted", reject_reason=False)
            expense._ask(expense.manager_user_id)

    def action_approve(self):
        """Approve as the manager, or as the CFO what is above the limit."""
        for expense in self:
            expense._check_state("submitted", "cfo")
            expense._check_approver()
            expense.activity_feedback([APPROVAL_ACTIVITY])
            cfo = self.env.user.has_group("ipai_expense.group_cfo")
            if expense.state == "submitted" and expense.needs_cfo and not cfo:
                expense._move_to("cfo")
                expense._ask(expense._cfo_users())
            else:
                expense._move_to("approved")

    def action_reject(self):
        """Open the wizard that asks for the reason."""
        for expense in self:
            expense._check_state("submitted", "cfo")
            expense._check_approver()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject Expense"),
            "res_model": "ipai.expense.reject",
            "view_mode": "form",
            "target": "new",
            "context": {"default_expense_ids": self.ids},
        }

    def action_reset_to_draft(self):
        """Take a rejected expense up again."""
        for expense in self:
            expense._check_owner()
            expense._check_state("rejected")
            expense._move_to("draft")

    def action_post(self):
        """Post the accounting entry, as finance."""
        if not self.env.user.has_group("ipai_expense.group_finance"):
            raise AccessError(self.env._("Only finance can post expenses."))
        for expense in self:
            expense._check_state("approved")
            # Finance posts expenses without further rights in accounting.
            move = self.env["account.move"].sudo().create(expense._prepare_move())
            move.action_post()
            expense._move_to("posted", move_id=move.id)

    def action_open_move(self):
        """Open the accounting entry."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }

    def _do_reject(self, reason):
        for expense in self:
            expense._check_state("submitted", "cfo")
            expense._check_approver()
            expense.activity_unlink([APPROVAL_ACTIVITY])
            expense._move_to("rejected", reject_reason=reason)

    def _move_to(self, state, **values):
        # sudo() keeps the user, so chatter and tracking name who did it.
        self.sudo().write({"state": state, **values})

    def _ask(self, users):
        for expense in self:
            for user in users:
                expense.activity_schedule(
                    APPROVAL_ACTIVITY,
                    user_id=user.id,
                    summary=self.env._(
                        "Approve %(name)s: %(description)s",
                        name=expense.name,
                        description=expense.description,
                    ),
                )

    def _cfo_users(self):
        self.ensure_one()
        users = self.env.ref("ipai_expense.group_cfo").sudo().all_user_ids
        found = users.filtered(
            lambda user: user.active
            and self.company_id in user.company_ids
            and user != self.user_id
        )
        if not found:
            raise UserError(self.env._("There is no CFO who could approve this."))
        return found

    def _prepare_move(self):
        self.ensure_one()
        company = self.company_id.sudo()
        account = self.category_id.sudo().account_id
        payable = company.ipai_expense_payable_account_id
        journal = company.ipai_expense_journal_id
        if not (account and payable and journal):
            raise UserError(
                self.env._(
                    "Set the expense journal and the payable account in the settings, "
                    "and the account of category %(category)s.",
                    category=self.category_id.name,
                )
            )
        common = {
            "name": f"{self.name}: {self.description}",
            "currency_id": self.currency_id.id,
            "partner_id": self.employee_id.sudo().work_contact_id.id,
        }
        return {
            "move_type": "entry",
            "ref": self.name,
            "date": self.date,
            "journal_id": journal.id,
            "company_id": company.id,
            "line_ids": [
                fields.Command.create(
                    {
                        **common,
                        "account_id": account.id,
                        "amount_currency": self.amount,
                        "balance": self.company_amount,
                    }
                ),
                fields.Command.create(
                    {
                        **common,
                        "account_id": payable.id,
                        "amount_currency": -self.amount,
                        "balance": -self.company_amount,
                    }
                ),
            ],
        }

    @api.model
    def _is_default(self, field, value):
        return value == {"name": "New", "state": "draft"}.get(field, False)

    def _check_protected(self, names):
        if names and not self.env.su:
            raise AccessError(
                self.env._(
                    "Only the workflow changes %(fields)s.",
                    fields=", ".join(sorted(names)),
                )
            )

    def _check_state(self, *states):
        self.ensure_one()
        if self.state not in states:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Expense %(name)s is %(state)s, this needs %(wanted)s.",
                    name=self.name,
                    state=labels[self.state],
                    wanted=" / ".join(labels[state] for state in states),
                )
            )

    def _check_owner(self):
        self.ensure_one()
        if self.user_id != self.env.user and not self.env.su:
            raise AccessError(
                self.env._("Only the employee can do this with his expense.")
            )

    def _may_approve(self):
        self.ensure_one()
        user = self.env.user
        if self.user_id == user:
            return False
        if user.has_group("ipai_expense.group_cfo"):
            return True
        return self.state != "cfo" and self.manager_user_id == user

    def _check_approver(self):
        if not self._may_approve():
            raise AccessError(
                self.env._(
                    "You can't approve or reject expense %(name)s.", name=self.name
                )
            )
