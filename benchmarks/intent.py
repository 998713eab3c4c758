"""How well the rules understand tickets, and how long they take to files of a module."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Final

from rich.table import Table

from benchmarks.measure import CONSOLE
from generator.intent import scoring
from generator.intent.rules import Rules
from generator.render import render
from qgate.errors import UsageError
from tests.support import tickets

if TYPE_CHECKING:
    from generator.intent.scoring import Score
    from generator.spec import Spec
    from generator.ticket import Ticket

KINDS: Final[tuple[tickets.Kind, ...]] = (
    "development",
    "held_out",
    "strangers",
    "second",
    "fourth",
    "kept",
    "unseen",
)
WANTED: Final = 1.0
"""Seconds from a ticket to the files of its module, at most."""


def measure() -> dict[str, Score]:
    """Print figures of all sets of tickets and the times, and return the scores."""
    scores: dict[str, Score] = {}
    spent: dict[str, float] = {}
    for kind in KINDS:
        total = scoring.Score.empty()
        for name in tickets.names(kind):
            ticket = tickets.ticket(name, kind)
            begun = time.perf_counter()
            spec = _understood(ticket)
            if spec is not None:
                render(spec)
            spent[f"{kind}/{name}"] = time.perf_counter() - begun
            total.add(scoring.score(spec, tickets.expected(name, kind)))
        scores[kind] = total
    _show(scores, spent)
    return scores


def _understood(ticket: Ticket) -> Spec | None:
    """Return what the rules make of a ticket; nothing when they refuse it."""
    try:
        return Rules().extract(ticket).spec
    except UsageError:
        return None


def _show(scores: dict[str, Score], spent: dict[str, float]) -> None:
    table = Table(title="What rules understand of tickets", title_justify="left")
    for name in ("What", *KINDS):
        table.add_column(name, justify="left" if name == "What" else "right")
    rows = [score.row() for score in scores.values()]
    for what in rows[0]:
        table.add_row(
            what.replace("_", " "), *(f"{figures[what]:.1%}" for figures in rows)
        )
    CONSOLE.print(table)
    # Whoever sees what the held-out tickets lack will tune the rules on them.
    for what, tally in scores["development"].tallies.items():
        if tally.missing:
            CONSOLE.print(f"{what} missed: {', '.join(tally.missing)}", style="dim")
    slowest = max(spent, key=lambda name: spent[name])
    CONSOLE.print(
        f"Ticket to files: median {statistics.median(spent.values()):.2f} s, slowest"
        f" {spent[slowest]:.2f} s ({slowest}), wanted ≤ {WANTED:.0f} s"
    )
