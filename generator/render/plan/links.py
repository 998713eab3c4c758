"""What of a module an existing record shows and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.render import naming
from generator.spec.fields import Count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.render.plan.entity import EntityPlan
    from generator.spec.fields import EntityField


@dataclass(frozen=True)
class Link:
    """Records of the module that an existing record shows and counts.

    Attributes:
        lines: The one2many field to them.
        count: The field with how many they are.
        target: Their entity.
    """

    lines: EntityField
    count: EntityField
    target: EntityPlan

    @property
    def method(self) -> str:
        """Name of the method that opens them."""
        return naming.short(f"action_view_{self.lines.name.removesuffix('_ids')}")


def links(entity: EntityPlan) -> Iterator[Link]:
    """Yield what leads to an existing model, and is counted there."""
    if not entity.extends:
        return
    counts = {
        f.computed.lines: f
        for f in entity.fields.values()
        if isinstance(f.computed, Count)
    }
    for f in entity.fields.values():
        if f.name in counts and f.relation in entity.module.by_model:
            yield Link(f, counts[f.name], entity.module.by_model[f.relation])
