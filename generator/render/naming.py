"""Names of Python and PostgreSQL that are made of the specification's names."""

from __future__ import annotations

import hashlib
from typing import Final

from generator.intent.rules import english

LONGEST: Final = 63
"""Bytes that PostgreSQL keeps of the name of a table or column."""

_ALREADY: Final = frozenset({"goods", "news", "premises", "series", "data", "staff"})
"""Words that are their own plural."""

_SPOKEN: Final = frozenset("AEFHILMNORSX")
"""Letters whose names begin with a vowel."""

_CONSONANT: Final = ("uni", "use", "usu", "uti", "eu", "one", "once")
"""How words begin that are written with a vowel and not spoken with one."""


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
    word = last.lower()
    made = last
    known = word in _ALREADY or english.is_plural(word)
    if word.isascii() and word.isalpha() and not known:
        made = english.plural(word)
        made = made[:1].upper() + made[1:] if last[:1].isupper() else made
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
    first = label.partition(" ")[0]
    if first.isupper() and len(first) > 1:  # spelled letter by letter
        vowel = first[0] in _SPOKEN
    else:
        vowel = first[:1].lower() in "aeiou" and not first.lower().startswith(
            _CONSONANT
        )
    return f"{'an' if vowel else 'a'} {label}"
