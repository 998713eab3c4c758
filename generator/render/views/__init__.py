"""What views show, and where: those of an entity, and what is added to Odoo's own."""

from generator.render.views.entity import EntityView
from generator.render.views.extension import ExtensionView

__all__ = ["EntityView", "ExtensionView"]
