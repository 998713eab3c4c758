from odoo import fields, models


class Shelf(models.Model):
    _name = "shelf"
    _description = "Shelf"

    name = fields.Char()

    def action_rename(self, name):
        self.env.cr.execute(f"UPDATE shelf SET name = '{name}'")
