"""Parts of specifications, with the labels that their names have."""

from __future__ import annotations

Part = dict[str, object]


def field(name: str, kind: str, label: str = "", **more: object) -> Part:
    """Return a field; its label is made of its name."""
    plain = name.removesuffix("_ids").removesuffix("_id")
    return {
        "name": name,
        "type": kind,
        "label": label or plain.replace("_", " ").title(),
        **more,
    }


def _named(name: str, label: str) -> Part:
    return {"name": name, "label": label or name.replace("_", " ").title()}


def role(name: str, label: str = "", **more: object) -> Part:
    """Return a role; its label is made of its name."""
    return {**_named(name, label), **more}


def state(name: str, label: str = "", **more: object) -> Part:
    """Return a state; its label is made of its name."""
    return {**_named(name, label), **more}


def step(
    name: str, sources: list[str], target: str, label: str = "", **more: object
) -> Part:
    """Return a transition; its label is made of its name."""
    return {**_named(name, label), "sources": sources, "target": target, **more}


def rule(kind: str, name: str, message: str, **more: object) -> Part:
    """Return a constraint."""
    return {"kind": kind, "name": name, "message": message, **more}


def told(name: str, **more: object) -> Part:
    """Return a notification or a reminder."""
    return {"name": name, **more}


def cover(kind: str, entity: str, name: str) -> Part:
    """Return what a criterion is covered by."""
    return {"kind": kind, "entity": entity, "name": name}


def criterion(ident: str, text: str, *covers: Part) -> Part:
    """Return an acceptance criterion."""
    return {"id": ident, "text": text, "covers": [*covers]}
