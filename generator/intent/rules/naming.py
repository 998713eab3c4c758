"""Identifiers that the types of a specification take, whatever word they are made of."""

from __future__ import annotations

import keyword

from generator.intent.rules import core
from generator.spec.names import BOOTSTRAP, RESERVED_FIELDS, slug

_LONGEST = 45
_LONGEST_MODEL = 40  # lines and lists get longer names of it


def safe(text: str, besides: str = "value") -> str:
    """Return an identifier for a text; one that is a word of Python or Odoo gets *besides*."""
    name = slug(text, longest=_LONGEST)
    if not name:
        return besides
    taken = keyword.iskeyword(name) or name in RESERVED_FIELDS
    return f"{name}_{besides}" if taken else name


def module(phrase: str) -> str:
    """Return a module's name that Odoo does not have, for a module or for styles."""
    name = safe(phrase, "records")
    if len(name) < 2:
        name = f"{name}_records"
    taken = core.is_module(name) or name in BOOTSTRAP
    return f"{name}_management" if taken else name


def model(name: str) -> str:
    """Return the model of an entity, which Odoo does not have.

    One of a single word is named as Odoo names its own: `donation.donation`.
    """
    made = name[:_LONGEST_MODEL].strip("_").replace("_", ".")
    if "." not in made:
        made = f"{made[: _LONGEST_MODEL // 2]}.{made[: _LONGEST_MODEL // 2]}"
    if core.is_model(made):
        made = f"{made}.{'case' if made.endswith('request') else 'request'}"
    # A part of a model may not begin with a digit.
    return ".".join(p if p[:1].isalpha() else f"x{p}" for p in made.split("."))
