"""The whole module: its entities, how they belong together, and who may do what."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from generator.render import relations
from generator.render.plan.entity import EntityPlan
from generator.spec.fields import FieldType
from generator.spec.model import Scope, ViewKind

if TYPE_CHECKING:
    from generator.spec.model import Role, Spec


class ModulePlan:
    """The whole module.

    Args:
        spec: What the ticket asks for.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.module = spec.module
        self.entities = [EntityPlan(entity, self) for entity in spec.own]
        self.extensions = [EntityPlan(e, self) for e in spec.entities if e.extends]
        self.by_model = {entity.model: entity for entity in self.entities}
        by_name = {entity.name: entity for entity in self.entities}
        for entity in self.entities:
            if entity.spec.lines_of in by_name:
                self._join(by_name[entity.spec.lines_of], entity)

    def _join(self, parent: EntityPlan, lines: EntityPlan) -> None:
        lines.parent = parent
        given = [
            f
            for f in parent.spec.fields
            if f.type is FieldType.ONE2MANY and f.relation == lines.model
        ]
        back = [
            f.name
            for f in lines.spec.fields
            if f.type is FieldType.MANY2ONE and f.relation == parent.model
        ]
        inverse = (given[0].inverse if given else None) or (
            back[0] if back else f"{parent.name[:50]}_id"
        )
        lines.parent_field = inverse
        name = given[0].name if given else f"{lines.name[:50]}_ids"
        parent.children[name] = lines

    @property
    def every(self) -> list[EntityPlan]:
        """Its entities, and after them what it adds to models of Odoo's own."""
        return [*self.entities, *self.extensions]

    @property
    def roles(self) -> tuple[Role, ...]:
        """Its roles."""
        return self.spec.roles

    @cached_property
    def depends(self) -> tuple[str, ...]:
        """Modules that it stands on, those that others bring left out."""
        found = {"mail", *self.spec.depends}
        found |= {e.existing.module for e in self.extensions if e.existing}
        for entity in self.every:
            if entity.managed:
                found.add("hr")
            for f in entity.fields.values():
                found.add(relations.module_of(f.relation or "") or "mail")
        if any(ViewKind.CALENDAR in entity.views for entity in self.entities):
            found.add("web")
        found -= {"base", "web", self.module}
        return tuple(sorted(found))

    @cached_property
    def covering(self) -> dict[str, frozenset[str]]:
        """For each role the roles whose rights it has, itself among them."""
        direct = {role.name: set(role.implies) for role in self.roles}
        found: dict[str, frozenset[str]] = {}
        for name in direct:
            reached, waiting = {name}, [name]
            while waiting:
                for other in direct.get(waiting.pop(), ()):
                    if other not in reached and other in direct:
                        reached.add(other)
                        waiting.append(other)
            found[name] = frozenset(reached)
        return found

    @cached_property
    def managers(self) -> tuple[Role, ...]:
        """The roles that keep the module's lists; all where none is named."""
        return tuple(role for role in self.roles if role.manages)

    @cached_property
    def team_roles(self) -> tuple[Role, ...]:
        """The roles that see what those have who report to them.

        A manager who is told of something has to see it, even where no role is said to
        see its team.
        """
        team = tuple(role for role in self.roles if role.scope is Scope.TEAM)
        told = any(n.manager for e in self.entities for n in e.notifications)
        if team or not told:
            return team
        return tuple(role for role in self.roles if role.scope is Scope.OWN)

    def role(self, name: str) -> Role:
        """Return a role by its name."""
        return next(role for role in self.roles if role.name == name)
