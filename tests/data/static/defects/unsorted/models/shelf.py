from odoo import fields, models
from dateutil.relativedelta import relativedelta
import logging

_logger = logging.getLogger(__name__)


class Shelf(models.Model):
    _name = "shelf"
    _description = "Shelf"

    until = fields.Date()

    def action_extend(self):
        for shelf in self:
            shelf.until += relativedelta(days=1)
