import subprocess

from odoo import fields, models


class Shelf(models.Model):
    _name = "shelf"
    _description = "Shelf"

    name = fields.Char()

    def action_label(self):
        subprocess.run(f"lpr {self.name}", shell=True, check=True)
