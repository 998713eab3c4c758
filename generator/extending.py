"""What the gap analysis says is to be extended, as part of a specification.

A module builds on one of Odoo's own by its main model: records of the ticket lead to it,
and it shows, counts and opens them to whoever may see them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator import existing
from generator.render import naming
from generator.spec import Spec
from generator.spec.fields import FieldType
from generator.spec.names import slug
from qgate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.existing import Existing
    from generator.gaps import Gap
    from generator.spec.fields import EntityField
    from generator.spec.model import Entity

_MOST: Final = 2
"""Modules that are built on when nobody chooses."""

_LONGEST: Final = 50
"""Characters of an entity's name in the names of fields."""

_NEAR: Final = {"product.template": {"product.product"}}
"""Models of which records already are what those of another are, in all but their name."""


@dataclass(frozen=True)
class Extension:
    """A module that another one can build on.

    Attributes:
        module: Its name.
        existing: The model of it that is added to.
        field: The field of the ticket's records that leads there, None where it is new.
        told: What building on it does, one sentence.
    """

    module: str
    existing: Existing
    field: EntityField | None
    told: str

    def as_json(self) -> dict[str, Any]:
        """Return what `--json` writes."""
        return {
            "module": self.module,
            "model": self.existing.model,
            "field": self.field.name if self.field else None,
            "told": self.told,
        }


def possible(spec: Spec, module: str, model: str = "") -> Extension | None:
    """Return how the module that a ticket asks for can build on one of Odoo's own.

    Args:
        spec: What the ticket asks for.
        module: The module to build on.
        model: Its main model, where that is known.

    Returns:
        None where nothing is known of it that could be added to, or nothing would be won.
    """
    found = existing.known(model) if model else existing.main_of(module)
    entity = _main(spec)
    if found is None or entity is None:
        return None
    near = {found.model} | _NEAR.get(found.model, set())
    links = [f for f in entity.fields if f.relation in near]
    field = next(
        (f for f in links if f.type is FieldType.MANY2ONE and not f.computed), None
    )
    # Who a record belongs to is no record that it could be looked up from.
    owned = field is not None and field.default is not None
    if (links and field is None) or owned or (field and field.relation != found.model):
        return None
    there = next(
        (e for e in spec.entities if e.extends and e.model == found.model), None
    )
    if there is not None and any(f.relation == entity.model for f in there.fields):
        return None
    return Extension(module, found, field, _told(module, found, entity, field))


def _told(
    module: str, found: Existing, entity: Entity, field: EntityField | None
) -> str:
    many = naming.lowered(naming.plural(entity.label))
    one = naming.article(naming.lowered(found.label))
    told = f"It builds on {module}: {one} shows and counts the {many} that lead to it"
    return f"{told}." if field else f"{told}, as each of them may."


def recommended(spec: Spec, gaps: Sequence[Gap]) -> tuple[Extension, ...]:
    """Return what the gap analysis says is to be extended, and can be.

    A ticket that names the model itself is certain to mean it, and who builds a module
    although another could be configured builds on that. Of the others the best alone is
    taken.
    """
    named: dict[str, Extension] = {}
    likely: list[Extension] = []
    for gap in gaps:
        if gap.source != "core" or gap.recommendation == "build":
            continue
        extension = possible(spec, gap.module, gap.model)
        if extension is None:
            continue
        if extension.field is not None:
            named.setdefault(extension.existing.model, extension)
        elif gap.recommendation == "extend":
            likely.append(extension)
    return (*named.values(), *(() if named else likely[:1]))[:_MOST]


def offered(spec: Spec, gaps: Sequence[Gap]) -> tuple[Extension, ...]:
    """Return what could be built on of what was found, the best first."""
    found = [
        possible(spec, gap.module, gap.model) for gap in gaps if gap.source == "core"
    ]
    made = {one.existing.model: one for one in reversed(found) if one is not None}
    return tuple(reversed(made.values()))


def chosen(
    spec: Spec, gaps: Sequence[Gap], modules: Sequence[str]
) -> tuple[Extension, ...]:
    """Return what somebody has chosen to build on.

    Raises:
        UsageError: Nothing is known of one of the modules that could be added to.
    """
    models = {gap.module: gap.model for gap in gaps}
    made = []
    for module in dict.fromkeys(modules):
        extension = possible(spec, module, models.get(module, ""))
        extension = extension or possible(spec, module)
        if extension is None:
            message = f"Nothing is won by building on the module {module}."
            known = sorted({m.module for m in existing.models().values()} - {"base"})
            hint = f"Leave it out, or name one of {', '.join(known)}."
            raise UsageError(message, hint=hint)
        made.append(extension)
    return tuple(made)


def applied(spec: Spec, extensions: Iterable[Extension]) -> Spec:
    """Return a specification whose module builds on others."""
    for extension in extensions:
        spec = _applied(spec, extension)
    return spec


def _main(spec: Spec) -> Entity | None:
    """Return the entity that a ticket is about."""
    shown = [e for e in spec.own if e.lines_of is None and not e.configuration]
    return next((e for e in shown if e.states), next(iter(shown), None))


def _applied(spec: Spec, extension: Extension) -> Spec:
    entity, found = _main(spec), extension.existing
    if entity is None:
        return spec
    data = spec.model_dump(mode="json")
    mine = next(e for e in data["entities"] if e["name"] == entity.name)
    if extension.field is None:
        back = _free(f"{slug(found.label)}_id", {f.name for f in entity.fields})
        mine["fields"].append(
            {
                "name": back,
                "label": found.label,
                "type": "many2one",
                "relation": found.model,
            }
        )
    else:
        back = extension.field.name
    there = next(
        (e for e in data["entities"] if e["extends"] and e["model"] == found.model),
        None,
    )
    if there is None:
        names = {e["name"] for e in data["entities"]}
        there = {
            "name": _free(slug(found.label), names),
            "label": found.label,
            "model": found.model,
            "extends": True,
            "views": ["form"],
            "fields": [],
        }
        data["entities"].append(there)
    there["fields"] += _counting(spec, entity, found, back)
    data["depends"] = [*dict.fromkeys([*data["depends"], extension.module])]
    data["assumptions"].append(extension.told)
    return Spec.model_validate(data)


def _counting(
    spec: Spec, entity: Entity, found: Existing, back: str
) -> list[dict[str, Any]]:
    """Return the fields that show and count records where they lead."""
    names = {role.name for role in spec.roles}
    # Who has another role's rights has this field with them.
    least = [r.name for r in spec.roles if not names & {*r.implies}]
    base = entity.name[:_LONGEST]
    if {f"{base}_ids", f"{base}_count"} & found.fields:
        base = f"{spec.module}_{base}"[:_LONGEST].rstrip("_")
    return [
        {
            "name": f"{base}_ids",
            "label": entity.label,
            "type": "one2many",
            "relation": entity.model,
            "inverse": back,
            "roles": least,
        },
        {
            "name": f"{base}_count",
            "label": f"{entity.label} Count"[:200],
            "type": "integer",
            "computed": {"kind": "count", "lines": f"{base}_ids"},
            "roles": least,
        },
    ]


def _free(name: str, taken: set[str]) -> str:
    return name if name not in taken else f"related_{name}"
