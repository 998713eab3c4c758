from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

# What only transitions write, as superuser, and what a new expense has. Who calls by
# RPC is never superuser, whatever rights he has and whatever context he sends.
WORKFLOW_DEFAULTS = {
    "name": "New",
    "state": "draft",
    "reject_reason": False,
    "move_id": False,
}

# What the server computes and stores, and what decisions rest on: who approves, and
# whether the CFO has to. A stored computed field is writable by RPC if nobody objects.
DERIVED_FIELDS = {"company_amount", "manager_user_id", "user_id"}

PROTECTED_FIELDS = DERIVED_FIELDS | WORKFLOW_DEFAULTS.keys()

# What the owner fills in, and what stands from when he submits.
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

GROUP_APPROVER = "ipai_expense.group_approver"
GROUP_CFO = "ipai_expense.group_cfo"
GROUP_FINANCE = "ipai_expense.group_finance"


class IpaiExpense(models.Model):
    """Money that an employee has laid out for the company.

    draft -> submitted -> (cfo, above the company's limit) -> approved -> posted, with
    rejected on the way. Each transition is a public method that checks role and state
    for itself; see ``write`` and ``default_get`` for why there is no other way.
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
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
        group_expand=True,
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
        "res.users", string="Owner", compute="_compute_users", store=True, index=True
    )
    manager_user_id = fields.Many2one(
        "res.users",
        string="Manager",
        compute="_compute_users",
        store=True,
        index="btree_not_null",
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
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
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
        string="Needs CFO Approval",
        compute="_compute_needs_cfo",
        help="The amount in company currency is above the limit in the settings.",
    )
    reject_reason = fields.Text(readonly=True, copy=False, tracking=True)
    move_id = fields.Many2one(
        "account.move",
        string="Accounting Entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    is_owner = fields.Boolean(compute="_compute_is_owner")
    can_approve = fields.Boolean(
        compute="_compute_can_approve", search="_search_can_approve"
    )
    can_reject = fields.Boolean(compute="_compute_can_approve")

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "The amount of an expense must be positive."
    )

    @api.depends("employee_id.user_id", "employee_id.parent_id.user_id")
    def _compute_users(self):
        for expense in self:
            # The employee's private record is not readable for everybody.
            employee = expense.employee_id.sudo()
            expense.user_id = employee.user_id
            expense.manager_user_id = employee.parent_id.user_id

    @api.depends("company_id")
    def _compute_currency_id(self):
        for expense in self:
            expense.currency_id = expense.company_id.currency_id

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
            currency = expense.company_currency_id
            expense.needs_cfo = (
                currency.compare_amounts(expense.company_amount, limit) > 0
            )

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_is_owner(self):
        for expense in self:
            expense.is_owner = expense.user_id == self.env.user

    @api.depends_context("uid")
    @api.depends("state", "user_id", "manager_user_id")
    def _compute_can_approve(self):
        for expense in self:
            expense.can_approve = expense._may_approve()
            expense.can_reject = expense._may_reject()

    @api.model
    def _search_can_approve(self, operator, value):
        # Odoo rewrites `= True` to this form, and negates it for the others.
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        user = self.env.user
        others = Domain("user_id", "!=", user.id)
        if user.has_group(GROUP_CFO):
            return others & Domain("state", "in", ("submitted", "cfo"))
        if user.has_group(GROUP_APPROVER):
            mine = Domain("manager_user_id", "=", user.id)
            return others & mine & Domain("state", "=", "submitted")
        return Domain.FALSE

    @api.model
    def default_get(self, fields):
        """Return the defaults of a new expense.

        What the workflow keeps for itself never comes from the caller's context or
        from his personal defaults, so nobody can create an approved expense.
        """
        fixed = {f: value for f, value in WORKFLOW_DEFAULTS.items() if f in fields}
        return {**super().default_get(fields), **fixed}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_protected(
                {
                    name
                    for name in PROTECTED_FIELDS & vals.keys()
                    if name in DERIVED_FIELDS or vals[name] != WORKFLOW_DEFAULTS[name]
                }
            )
        expenses = super().create(vals_list)
        for expense in expenses.sudo().filtered(lambda e: e.name == "New"):
            expense.name = (
                self.env["ir.sequence"]
                .with_company(expense.company_id)
                .next_by_code("ipai.expense", sequence_date=expense.date)
                or "New"
            )
        return expenses

    def write(self, vals):
        """Write what the workflow does not keep for itself, while in draft.

        Transitions write as superuser. A key in the context would be no guard, as who
        calls by RPC chooses the context.
        """
        self._check_protected(PROTECTED_FIELDS & vals.keys())
        if self.env.su or not FROZEN_FIELDS & vals.keys():
            return super().write(vals)
        self._check_owner()
        for expense in self:
            if expense.state != "draft":
                raise UserError(
                    self.env._(
                        "Expense %(name)s is submitted and can't be changed; "
                        "reset it to draft first.",
                        name=expense.name,
                    )
                )
        result = super().write(vals)
        self._check_owner()  # nobody gives his expense away
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        for expense in self:
            if expense.state != "draft":
                raise UserError(
                    self.env._(
                        "Expense %(name)s is not a draft and can't be deleted.",
                        name=expense.name,
                    )
                )

    def action_submit(self):
        """Ask the employee's manager, or the CFO where there is none, to approve."""
        self._check_owner()
        for expense in self:
            expense._check_state("draft")
            manager = expense.manager_user_id.sudo()
            if manager.active and manager.has_group(GROUP_APPROVER):
                expense._move_to("submitted", reject_reason=False)
                expense._ask(manager)
            else:
                expense._move_to("cfo", reject_reason=False)
                expense._ask(expense._cfo_users())

    def action_approve(self):
        """Approve as the manager, or as the CFO what is above the limit."""
        for expense in self:
            expense._check_state("submitted", "cfo")
            expense._check_decider(expense._may_approve())
            expense._close_activities()
            if expense.needs_cfo and not self.env.user.has_group(GROUP_CFO):
                expense._move_to("cfo")
                expense._ask(expense._cfo_users())
            else:
                expense._move_to("approved")

    def action_reject(self):
        """Open the wizard that asks for the reason."""
        self._check_rejectable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject Expense"),
            "res_model": "ipai.expense.reject",
            "view_mode": "form",
            "target": "new",
            "context": {"default_expense_ids": self.ids},
        }

    def action_reset_to_draft(self):
        """Take back what is not approved yet, or start again after a rejection."""
        self._check_owner()
        for expense in self:
            expense._check_state("submitted", "cfo", "rejected")
            expense._drop_activities()
            expense._move_to("draft")

    def action_post(self):
        """Post a balanced accounting entry for each approved expense, as finance."""
        if not self.env.user.has_group(GROUP_FINANCE):
            raise AccessError(self.env._("Only finance can post expenses."))
        for expense in self:
            expense._check_state("approved")
            if expense.user_id == self.env.user:
                raise AccessError(self.env._("Nobody posts his own expense."))
            # Finance posts expenses without further rights in accounting.
            moves = self.env["account.move"].sudo().with_company(expense.company_id)
            move = moves.create(expense._prepare_move())
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
        self._check_rejectable()
        if not (reason or "").strip():
            raise UserError(self.env._("Give the employee a reason."))
        for expense in self:
            expense._drop_activities()
            expense._move_to("rejected", reject_reason=reason)

    def _move_to(self, state, **values):
        # sudo() keeps the user, so chatter and tracking name who did it.
        self.sudo().write({"state": state, **values})

    def _track_subtype(self, init_values):
        self.ensure_one()
        if "state" in init_values and self.state in ("approved", "posted", "rejected"):
            return self.env.ref(f"ipai_expense.mt_expense_{self.state}")
        return super()._track_subtype(init_values)

    def _ask(self, users):
        self.ensure_one()
        activity_type = self.env.ref(APPROVAL_ACTIVITY)
        for user in users:
            self.activity_schedule(
                APPROVAL_ACTIVITY,
                date_deadline=activity_type._get_date_deadline(),
                user_id=user.id,
                summary=self.env._(
                    "Approve %(name)s: %(description)s",
                    name=self.name,
                    description=self.description,
                ),
            )

    def _close_activities(self):
        # Mine is done; who was asked besides me need not do it any more.
        self.activity_feedback([APPROVAL_ACTIVITY], user_id=self.env.uid)
        self._drop_activities()

    def _drop_activities(self):
        self.sudo().activity_unlink([APPROVAL_ACTIVITY])

    def _cfo_users(self):
        self.ensure_one()
        users = self.env.ref(GROUP_CFO).sudo().all_user_ids
        found = users.filtered(
            lambda user: user.active
            and self.company_id in user.company_ids
            and user != self.user_id
        )
        if not found:
            raise UserError(
                self.env._(
                    "There is no CFO who could approve %(name)s.", name=self.name
                )
            )
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
        return {
            "move_type": "entry",
            "ref": self.name,
            "date": self.date,
            "journal_id": journal.id,
            "line_ids": [
                Command.create(self._prepare_move_line(account, 1)),
                Command.create(self._prepare_move_line(payable, -1)),
            ],
        }

    def _prepare_move_line(self, account, sign):
        self.ensure_one()
        return {
            "name": f"{self.name}: {self.description}",
            "account_id": account.id,
            "partner_id": self.employee_id.sudo().work_contact_id.id,
            "currency_id": self.currency_id.id,
            "amount_currency": sign * self.amount,
            "balance": sign * self.company_amount,
        }

    def _may_approve(self):
        self.ensure_one()
        user = self.env.user
        if self.user_id == user or self.state not in ("submitted", "cfo"):
            return False
        if user.has_group(GROUP_CFO):
            return True
        return (
            self.state == "submitted"
            and self.manager_user_id == user
            and user.has_group(GROUP_APPROVER)
        )

    def _may_reject(self):
        self.ensure_one()
        if self.state != "approved":
            return self._may_approve()
        user = self.env.user
        return self.user_id != user and user.has_group(GROUP_FINANCE)

    @api.model
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
        if not self.env.su and self.user_id != self.env.user:
            raise AccessError(
                self.env._("Only the employee can do this with his expense.")
            )

    def _check_rejectable(self):
        for expense in self:
            expense._check_state("submitted", "cfo", "approved")
            expense._check_decider(expense._may_reject())

    def _check_decider(self, allowed):
        if not allowed:
            raise AccessError(
                self.env._(
                    "You can't approve or reject expense %(name)s.", name=self.name
                )
            )
