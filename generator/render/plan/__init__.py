"""A specification completed: what Odoo needs beside it, and what the parts are called.

Templates and tests see an entity through ``EntityPlan`` alone; nothing here is text yet.
"""

from generator.render.plan.entity import EntityPlan
from generator.render.plan.links import Link
from generator.render.plan.module import ModulePlan

__all__ = ["EntityPlan", "Link", "ModulePlan"]
