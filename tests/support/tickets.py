"""Tickets of the tests, with what a person expects of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from generator.intent.rules import Rules
from generator.sources import files
from generator.ticket import Ticket

if TYPE_CHECKING:
    from generator.spec import Spec

ROOT: Final = Path(__file__).parents[1] / "data" / "tickets"
Kind = Literal[
    "development", "held_out", "strangers", "second", "fourth", "kept", "unseen"
]


def names(kind: Kind = "development") -> list[str]:
    """Return the names of the tickets that the rules were, or were not, tuned on."""
    found = (ROOT / kind).glob("*.expected.json")
    return sorted(path.name.removesuffix(".expected.json") for path in found)


def path(name: str, kind: Kind = "development") -> Path:
    """Return the file of a ticket."""
    found = ROOT / kind / f"{name}.json"
    return found if found.exists() else found.with_suffix(".txt")


def ticket(name: str, kind: Kind = "development") -> Ticket:
    """Return a ticket."""
    file = path(name, kind)
    return files.read_json(file) if file.suffix == ".json" else files.read_text(file)


def expected(name: str, kind: Kind = "development") -> dict[str, Any]:
    """Return what a person expects of a ticket."""
    file = ROOT / kind / f"{name}.expected.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def spec(name: str, kind: Kind = "development") -> Spec:
    """Return what the rules make of a ticket."""
    found = Rules().extract(ticket(name, kind)).spec
    assert found is not None, f"{name} is too vague for the rules"
    return found


def understood(title: str, body: str, *criteria: str) -> Spec:
    """Return what the rules make of a few sentences, with a criterion when none is given."""
    given = Ticket(title=title, body=body, criteria=criteria or ("It can be used",))
    found = Rules().extract(given).spec
    assert found is not None, f"{title} is too vague for the rules"
    return found
