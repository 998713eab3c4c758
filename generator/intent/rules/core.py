"""Names that Odoo 19 has already, so that no generated module takes one of them."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def _names() -> frozenset[str]:
    """Return lines such as `module sale` and `model sale.order` (Odoo 19.0 Community)."""
    text = resources.files(__package__).joinpath("core_names.txt").read_text("utf-8")
    return frozenset(text.split("\n"))


def is_module(name: str) -> bool:
    """Tell whether Odoo has a module of this name."""
    return f"module {name}" in _names()


def is_model(name: str) -> bool:
    """Tell whether Odoo has a model of this name."""
    return f"model {name}" in _names()
