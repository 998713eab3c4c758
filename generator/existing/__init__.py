"""Models that Odoo 19 has already: what tickets call them, and where they can be added to.

What is in `models.toml` is chosen by hand; `facts.json` beside it is read from Odoo's
source by `scripts/generate_existing.py`, and a test holds it to the Odoo at hand.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

HAND: Final = "models.toml"
FACTS: Final = "facts.json"


@dataclass(frozen=True)
class Existing:
    """A model of Odoo's own.

    Attributes:
        model: Its name.
        module: The module that brings it.
        label: What people call a record of it.
        nouns: What tickets call one, in lower case.
        form: XML id of its form view; an inheriting view starts from it.
        list: XML id of its list view, empty where it has none that fits.
        search: XML id of its search view, empty where it has none.
        group: XML id of a group whose members write its records.
        sample: Values of a record of it: literals, or tables with `model`, a record that is
            made before, of the rest of the table.
        fields: Names of fields and methods that it has with any module of Odoo.
        anchor: XPath in the form, and where from there fields are put.
        buttons: Whether the form has a box of buttons.
        currency: Its currency field that its own module brings, or empty.
        mail: Whether it has a chatter, and `tracking` a meaning, where `mail` is there too.
        private: Group that alone reads fields of it which nobody else is named for.
    """

    model: str
    module: str
    label: str
    nouns: tuple[str, ...]
    form: str
    list: str
    search: str
    group: str
    sample: dict[str, Any]
    fields: frozenset[str]
    anchor: tuple[str, str]
    buttons: bool
    currency: str
    mail: bool
    private: str = ""


@cache
def models() -> dict[str, Existing]:
    """Return all models that can be added to, by name."""
    hand = tomllib.loads(read(HAND))
    facts = json.loads(read(FACTS))
    return {
        name: Existing(
            model=name,
            **{**given, "nouns": tuple(given["nouns"])},
            **{
                **facts[name],
                "fields": frozenset(facts[name]["fields"]),
                "anchor": tuple(facts[name]["anchor"]),
            },
        )
        for name, given in hand.items()
    }


def read(name: str) -> str:
    """Return one of the files beside this one."""
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def known(model: str) -> Existing | None:
    """Return what is known of a model, None where it cannot be added to."""
    return models().get(model)


def has(model: str, name: str | None) -> bool:
    """Tell whether a model has a field or method of a name already."""
    found = known(model)
    return found is not None and name in found.fields


def called(noun: str) -> Existing | None:
    """Return the model that a noun in lower case, singular, means."""
    return _by_noun().get(noun)


@cache
def _by_noun() -> dict[str, Existing]:
    return {noun: one for one in models().values() for noun in one.nouns}


def main_of(module: str) -> Existing | None:
    """Return the model that a module is about: the first that it brings."""
    return next((m for m in models().values() if m.module == module), None)
