from odoo import models


class Shelf(models.Model)
    _name = "shelf"
