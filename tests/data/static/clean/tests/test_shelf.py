from odoo.tests import TransactionCase


class TestShelf(TransactionCase):
    def test_total(self):
        shelf = self.env["shelf"].create({"name": "A", "size": 2})
        self.assertEqual(shelf.total, 2)
