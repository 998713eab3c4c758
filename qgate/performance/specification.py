"""What the web client asks for when it shows a view: the fields, and the fields of those."""

from __future__ import annotations

from typing import Any, Final

from lxml import etree

_NEVER: Final = ("True", "1")
_NAMED: Final = ("many2one", "reference")
_LISTS: Final = ("one2many", "many2many")


def specification(views: dict[str, Any], kind: str, model: str) -> dict[str, Any]:
    """Return the specification with which the web client reads *model* in a view.

    As `getFieldsSpec` in web/static/src/model/relational_model/utils.js does for a view whose
    widgets ask for nothing more.

    Args:
        views: The answer to `get_views`.
        kind: Kind of the view, as `list`.
        model: Technical name of the model.

    Raises:
        KeyError: The answer has no such view.
    """
    arch = etree.fromstring(
        views["views"][kind]["arch"].encode(), etree.XMLParser(resolve_entities=False)
    )
    return _fields(arch, views["models"], model)


def _fields(arch: etree._Element, models: dict[str, Any], model: str) -> dict[str, Any]:
    fields = models[model]["fields"]
    found: dict[str, Any] = {}
    for node in _own(arch):
        name = node.get("name")
        if name not in fields:
            continue
        hidden = (node.get("invisible") or node.get("column_invisible")) in _NEVER
        found.setdefault(name, {})
        kind = fields[name]["type"]
        if kind in _NAMED:
            found[name].setdefault("fields", {})
            if not hidden:
                found[name]["fields"]["display_name"] = {}
        elif kind in _LISTS and not hidden and fields[name]["relation"] in models:
            inner = next(
                (view for view in node if view.tag in ("list", "kanban")), None
            )
            if inner is not None:
                relation = fields[name]["relation"]
                found[name]["fields"] = _fields(inner, models, relation)
    return found


def _own(arch: etree._Element) -> list[etree._Element]:
    """Return the fields of a view, those of views within it left out."""
    found = []
    for node in arch:
        if node.tag == "field":
            found.append(node)
        elif isinstance(node.tag, str):
            found += _own(node)
    return found
