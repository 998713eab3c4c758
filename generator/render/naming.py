"""Names of Python and PostgreSQL that are made of the specification's names."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import inflect

if TYPE_CHECKING:
    from generator.spec.model import Entity

LONGEST: Final = 63
"""Bytes that PostgreSQL keeps of the name of a table or column."""

_ENGINE: Final = inflect.engine()


def short(name: str, longest: int = LONGEST) -> str:
    """Return *name*, or what is left of it with a digest of the rest."""
    if len(name) <= longest:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"{name[: longest - 7].rstrip('_.')}_{digest}"


def class_name(model: str) -> str:
    """Return the name of a model's class: ``travel.advance`` is ``TravelAdvance``."""
    return "".join(part.title() for part in model.replace("_", ".").split("."))


def xmlid(model: str) -> str:
    """Return the first part of a model's XML ids."""
    return model.replace(".", "_")


def plural(label: str) -> str:
    """Return the plural of a label, in the same case."""
    head, _, last = label.rpartition(" ")
    word = last.lower()  # a word with a capital is taken for somebody's name
    try:
        several = bool(_ENGINE.singular_noun(word))
        made = word if several else str(_ENGINE.plural_noun(word) or word)
    except Exception:  # noqa: BLE001 - whatever it thinks of a word, the label stands
        made = word
    if made == word:
        made = last
    elif last[:1].isupper():
        made = made[:1].upper() + made[1:]
    return f"{head} {made}".strip()


def lowered(label: str) -> str:
    """Return a label as it stands within a sentence."""
    return " ".join(
        word if word.isupper() and len(word) > 1 else word.lower()
        for word in label.split()
    )


def default_label(name: str) -> str:
    """Return the label that Odoo makes of a field's name."""
    for ending in ("_ids", "_id"):
        if name.endswith(ending):
            name = name[: -len(ending)]
            break
    return name.replace("_", " ").title()


def article(label: str) -> str:
    """Return the label with ``a`` or ``an`` before it."""
    try:
        return str(_ENGINE.a(label))
    except Exception:  # noqa: BLE001 - whatever it thinks of a word, the label stands
        return f"a {label}"


def file_name(entity: Entity) -> str:
    """Return the name of the entity's files, without ending."""
    return entity.model.replace(".", "_")
