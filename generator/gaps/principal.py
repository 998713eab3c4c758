"""The model that a module is about, and the form in which people see it.

What an extension of the module would inherit. Odoo says nowhere which model that is; what
its menus open first comes nearest.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.gaps.source import Action, Menu, Source, View

_ASIDE: Final = ("config", "setting", "report", "analysis", "dashboard", "overview")
"""Words of menus that lead to what is set up or looked at, not to what is worked on."""

_CHATTER: Final = ("mail.thread", "mail.activity.mixin", "rating.mixin")

_TECHNICAL: Final = "base."
"""What hangs below a menu of `base` is for administrators."""

_DEEP: Final = 8  # menus below menus; Odoo has four


def principal(source: Source) -> tuple[str, str]:
    """Return the main model of a module and its form, each empty when there is none.

    The main model is the one that most of the module's menus open, of those that the module
    itself defines; menus of configuration, reports and dashboards left aside. Models whose
    records have a chatter come first: they are what people work on. Those without count
    only where the module is an application with a menu of its own. The form is the one with
    most fields, and of several the one that Odoo takes by default.
    """
    forms = _forms(source)
    own = {
        one.name: any(parent.startswith(_CHATTER) for parent in one.inherits)
        for one in source.models
        if one.own and not one.transient and not one.abstract and one.name in forms
    }
    opened = Counter(name for name in _opened(source) if name in own)
    written = [name for name in opened if own[name]]
    at_all = [*opened] if _is_application(source) else []
    known = Counter(one.model for one in source.actions)
    best = max(
        written or at_all,
        key=lambda name: (opened[name], _namesake(name), known[name]),
        default="",
    )
    return (best, forms[best]) if best else ("", "")


def _namesake(model: str) -> bool:
    """Return whether it is called as `survey.survey` is: as what the module is about."""
    parts = model.split(".")
    return len(parts) != len({*parts})


def _is_application(source: Source) -> bool:
    own = f"{source.module}."
    return any(one.id.startswith(own) and not one.parent for one in source.menus)


def _opened(source: Source) -> Iterator[str]:
    """Yield the models that menus open, in the order in which a person meets them."""
    actions = {one.id: one for one in source.actions}
    mine = {one.id for one in source.menus if one.id.startswith(f"{source.module}.")}
    coded = {f"model_{one.name.replace('.', '_')}": one.name for one in source.models}
    below: dict[str, list[Menu]] = {}
    for menu in source.menus:
        if menu.id in mine and not menu.parent.startswith(_TECHNICAL):
            below.setdefault(menu.parent if menu.parent in mine else "", []).append(
                menu
            )

    def walk(parent: str, depth: int) -> Iterator[Menu]:
        for menu in sorted(below.get(parent, ()), key=lambda one: one.sequence):
            if depth < _DEEP and not _aside(f"{menu.name} {menu.id}"):
                yield menu
                yield from walk(menu.id, depth + 1)

    for menu in walk("", 0):
        action = actions.get(menu.action)
        if action is not None and not _aside(action.name):
            yield from _models(action, actions, coded)


def _models(
    action: Action, actions: dict[str, Action], coded: dict[str, str]
) -> Iterator[str]:
    if action.model:
        yield action.model
    elif action.on in coded:
        yield coded[action.on]
    for name in action.names:
        if name in actions and actions[name].model:
            yield actions[name].model


def _aside(name: str) -> bool:
    lowered = name.lower()
    return any(word in lowered for word in _ASIDE)


def _forms(source: Source) -> dict[str, str]:
    """Return the form of each model: the fullest, as others are excerpts for dialogs."""
    found: dict[str, View] = {}
    views = [one for one in source.views if one.root == "form" and not one.inherits]
    for view in sorted(views, key=lambda one: (one.priority, one.name)):
        best = found.get(view.model)
        if best is None or view.fields > best.fields:
            found[view.model] = view
    return {model: view.id for model, view in found.items()}


__all__ = ["principal"]
