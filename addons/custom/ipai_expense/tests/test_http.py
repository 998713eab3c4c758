from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestHttp(ExpenseCommon, HttpCase):
    """What a caller from outside can and cannot do."""

    def call(self, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/ipai.expense/{method}",
            {
                "model": "ipai.expense",
                "method": method,
                "args": args,
                "kwargs": kwargs,
            },
        )

    def test_round_trip(self):
        self.authenticate(self.user.login, self.user.login)
        values = {
            "description": "Train",
            "amount": 12.5,
            "category_id": self.category.id,
        }
        expense_id = self.call("create", [values])[0]
        self.call("action_submit", [expense_id])
        expense = self.env["ipai.expense"].browse(expense_id)
        self.assertEqual(expense.state, "submitted")

    @mute_logger("odoo.http")
    def test_state_is_refused_from_outside(self):
        expense = self.submitted()
        self.authenticate(self.manager.login, self.manager.login)
        with self.assertRaisesRegex(JsonRpcException, "AccessError"):
            self.call("write", [expense.id], {"state": "approved"})
        with self.assertRaisesRegex(JsonRpcException, "AccessError"):
            self.call("web_save", [expense.id], {"state": "posted"}, specification={})
        self.assertEqual(expense.state, "submitted")

    @mute_logger("odoo.http")
    def test_others_expenses_are_hidden(self):
        expense = self.new_expense(user=self.other)
        self.authenticate(self.user.login, self.user.login)
        with self.assertRaisesRegex(JsonRpcException, "AccessError"):
            self.call("read", [expense.id], ["amount"])
