from odoo import fields, models


class Shelf(models.Model):
    _name = "shelf"
    _description = "Shelf"

    name = fields.Char(string="Name")
    size = fields.Integer(string="Size")
    total = fields.Integer(string="Total", compute="total_compute")
