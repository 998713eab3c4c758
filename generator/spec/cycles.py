"""Whether a specification runs in circles, where Odoo or a person would be stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.spec.fields import FieldType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from generator.spec.model import Entity, Spec


def cycles(spec: Spec) -> Iterator[str]:
    """Yield one sentence for each circle."""
    lines = {e.name: [e.lines_of] for e in spec.entities if e.lines_of}
    for circle in _circles(lines):
        yield f"Entities are lines of each other: {_drawn(circle)}"
    for circle in _circles({r.name: r.implies for r in spec.roles}):
        yield f"Roles have each other's rights: {_drawn(circle)}"
    for circle in _circles(_needed(spec)):
        yield (
            "Records need each other, so that none could be made first:"
            f" {_drawn(circle)}"
        )
    for entity in spec.entities:
        for circle in _circles(_computed(entity)):
            yield (
                f"Entity {entity.name}: fields are computed of each other:"
                f" {_drawn(circle)}"
            )


def _drawn(circle: Sequence[str]) -> str:
    return " -> ".join(circle)


def _needed(spec: Spec) -> dict[str, list[str]]:
    """Return by entity those that a record of it cannot be without."""
    # Records of Odoo's own are there without what is added to them.
    by_model = {entity.model: entity.name for entity in spec.own}
    return {
        entity.name: [
            by_model[field.relation]
            for field in entity.fields
            if field.type is FieldType.MANY2ONE
            and field.required
            and field.relation in by_model
        ]
        for entity in spec.entities
    }


def _computed(entity: Entity) -> dict[str, list[str]]:
    """Return by computed field those of the same record that it is made of."""
    found: dict[str, list[str]] = {}
    for field in entity.fields:
        for part, value in dict(field.computed or ()).items():
            # What is summed up is a field of the lines, and a path leads elsewhere.
            if part in {"kind", "field", "path"}:
                continue
            names = value if isinstance(value, tuple) else (value,)
            found.setdefault(field.name, []).extend(n for n in names if n)
    return found


def _circles(edges: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Yield each circle once, begun where it is entered first."""
    done: set[str] = set()
    for start in edges:
        trail: list[str] = []
        yield from _followed(start, edges, trail, done)


def _followed(
    name: str,
    edges: Mapping[str, Sequence[str]],
    trail: list[str],
    done: set[str],
) -> Iterator[tuple[str, ...]]:
    if name in trail:
        yield (*trail[trail.index(name) :], name)
        return
    if name in done:
        return
    trail.append(name)
    for following in edges.get(name, ()):
        yield from _followed(following, edges, trail, done)
    trail.pop()
    done.add(name)
