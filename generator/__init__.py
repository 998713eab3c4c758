"""Turns a business ticket into an Odoo module that passes the gate."""
