"""What a person must still write: methods that are marked, and say so when called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.escaping import Escaped, docstring, python
from generator.render import naming
from generator.spec.names import slug

if TYPE_CHECKING:
    from generator.render.plan import EntityPlan, ModulePlan


@dataclass(frozen=True)
class Hook:
    """A method that nobody but a person can fill."""

    method: str
    doc: Escaped
    message: Escaped
    told: str


def hooks(plan: ModulePlan, entity: EntityPlan) -> list[Hook]:
    """Return the hooks of an entity: integrations belong to the first one with a workflow."""
    if entity is not home(plan):
        return []
    found: dict[str, Hook] = {}
    for number, integration in enumerate(plan.spec.integrations, 1):
        name = slug(integration.name, longest=40) or f"system_{number}"
        method = naming.short(f"_exchange_with_{name}")
        purpose = integration.purpose or "The ticket does not say what for."
        doc = (
            f"LEFT TO YOU: exchange with {integration.name}.\n\n{purpose}\n\n"
            "Nothing calls this yet: call it where the exchange belongs, give requests a "
            "timeout, keep keys in ``ir.config_parameter``, and test it against a local "
            "server."
        )
        found[method] = Hook(
            method,
            docstring(doc, 8),
            python(f"Write {method} of {entity.model}."),
            f"{integration.name}: write {entity.model}.{method} in "
            f"models/{entity.xmlid}.py. {purpose}",
        )
    return [*found.values()]


def home(plan: ModulePlan) -> EntityPlan:
    """Return the entity that hooks belong to."""
    return next(
        (entity for entity in plan.entities if entity.states),
        next((e for e in plan.entities if e.personal), plan.every[0]),
    )
