"""All views of an entity, and the action that opens them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.render.views.boards import Boards
from generator.render.views.form import Form
from generator.render.views.listing import Listing
from generator.render.views.searching import Searching
from generator.spec.model import ViewKind

if TYPE_CHECKING:
    from generator.render.plan import EntityPlan


class EntityView:
    """All views of an entity.

    Args:
        entity: The entity.
    """

    def __init__(self, entity: EntityPlan) -> None:
        self.form = Form(entity)
        self.listing = Listing(entity)
        self.boards = Boards(entity)
        self.searching = Searching(entity)
        self.kanban = ViewKind.KANBAN in entity.views
        self.pivot = ViewKind.PIVOT in entity.views
        self.graph = ViewKind.GRAPH in entity.views
        self.activity = ViewKind.ACTIVITY in entity.views
        self.path = _path(entity)
        self.modes = ",".join(k for k in entity.views if k is not ViewKind.SEARCH)
        self.invitation = f"Add the first {entity.noun}"


def _path(entity: EntityPlan) -> str:
    whole = f"{entity.module.module}-{entity.name}".replace("_", "-")
    # What begins so means something else to the web client.
    return f"x-{whole}" if whole.startswith(("m-", "action-")) else whole
