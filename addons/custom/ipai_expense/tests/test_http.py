from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestHttp(ExpenseCommon, HttpCase):
    """What a caller from outside can and cannot do."""

    def call(self, method, *args, model="ipai.expense", **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def log_in(self, user):
        self.authenticate(user.login, user.login)

    def test_round_trip(self):
        self.log_in(self.user)
        expense_id = self.call("create", [self.values()])[0]
        self.call("action_submit", [expense_id])
        self.log_in(self.manager)
        action = self.call("action_reject", [expense_id])
        wizard_id = self.call(
            "create",
            [{"reason": "No receipt"}],
            model=action["res_model"],
            context=action["context"],
        )[0]
        self.call("action_confirm", [wizard_id], model=action["res_model"])
        self.log_in(self.user)
        row = self.call("read", [expense_id], ["state", "reject_reason"])[0]
        self.assertEqual(row["state"], "rejected")
        self.assertEqual(row["reject_reason"], "No receipt")

    @mute_logger("odoo.http")
    def test_state_is_refused(self):
        expense = self.submitted()
        self.log_in(self.manager)
        with self.assertRaisesRegex(JsonRpcException, "AccessError"):
            self.call("write", [expense.id], {"state": "approved"})
        with self.assertRaisesRegex(JsonRpcException, "AccessError"):
            self.call("web_save", [expense.id], {"state": "posted"}, specification={})
        self.assertEqual(expense.state, "submitted")

    def test_context_is_no_way_round(self):
        self.log_in(self.user)
        expense_id = self.call(
            "create", [self.values()], context={"default_state": "approved"}
        )[0]
        self.assertEqual(self.env["ipai.expense"].browse(expense_id).state, "draft")

    @mute_logger("odoo.http")
    def test_private_methods_are_refused(self):
        expense = self.submitted()
        self.log_in(self.manager)
        for method in ("_move_to", "_do_reject"):
            with self.subTest(method), self.assertRaises(JsonRpcException):
                self.call(method, [expense.id], "approved")
        self.assertEqual(expense.state, "submitted")

    @mute_logger("odoo.http")
    def test_others_expenses_are_hidden(self):
        expense = self.new_expense(user=self.other)
        self.log_in(self.user)
        with self.assertRaisesRegex(JsonRpcException, "AccessError"):
            self.call("read", [expense.id], ["amount"])
        self.assertEqual(self.call("search_count", [("id", "=", expense.id)]), 0)
