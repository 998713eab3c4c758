import os

from odoo import fields, models


class Shelf(models.Model):
    _name = "shelf"
    _description = "Shelf"

    name = fields.Char()
