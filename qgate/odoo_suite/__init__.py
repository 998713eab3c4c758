"""Odoo's own tests: run in Odoo's interpreter, proven by independent evidence."""
