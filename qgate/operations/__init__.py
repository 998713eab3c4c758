"""A running Odoo, watched: is it well, how fast, how many errors and connections."""

from qgate.operations.watch import Ended, Watch, watch

__all__ = ["Ended", "Watch", "watch"]
