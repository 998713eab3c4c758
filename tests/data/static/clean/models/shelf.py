from odoo import api, fields, models
from odoo.exceptions import UserError


class Shelf(models.Model):
    _name = "shelf"
    _description = "Shelf"
    _order = "name, id"

    name = fields.Char(required=True)
    size = fields.Integer(default=1)
    parent_id = fields.Many2one("shelf", index=True)
    total = fields.Integer(compute="_compute_total")

    @api.depends("size", "parent_id.size")
    def _compute_total(self):
        for shelf in self:
            shelf.total = shelf.size + shelf.parent_id.size

    def action_empty(self):
        if any(shelf.size < 1 for shelf in self):
            raise UserError(self.env._("There is nothing on this shelf."))
        self.write({"size": 0})
