"""How well and how fast the gap analysis finds the modules for sentences of people."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

from rich.table import Table

from benchmarks.measure import CONSOLE
from generator.gaps import search
from generator.gaps.search import Index
from qgate import settings
from qgate.environment import Environment
from tests.support.sentences import names, sentences

ROOT: Final = Path(__file__).parents[1]
WANTED: Final = 0.6
"""Share of the sentences nobody tuned on whose module is among the first five."""

QUERY: Final = 0.1
"""Seconds that a query may take once the index is loaded."""

_DEPTHS: Final = (1, 5, 10, 50)


def measure() -> dict[str, float]:
    """Print how often the right module is found, and the times; return hit@5 by set."""
    with Environment(settings.load(root=ROOT)) as environment:
        addons = environment.odoo().addons
    begun = time.perf_counter()
    built = search.build(addons)
    building = time.perf_counter() - begun
    with tempfile.TemporaryDirectory() as scratch:
        built.save(Path(scratch) / "index")
        begun = time.perf_counter()
        found = Index.load(Path(scratch) / "index")
        loading = time.perf_counter() - begun
    table = Table(title="Modules found for sentences", title_justify="left")
    for name in ("Set", "sentences", *(f"hit@{depth}" for depth in _DEPTHS)):
        table.add_column(name, justify="left" if name == "Set" else "right")
    spent: list[float] = []
    figures: dict[str, float] = {}
    for name in names():
        asked = sentences(name)
        shares = _shares(asked, found, spent)
        figures[name] = shares[1]
        table.add_row(name, str(len(asked)), *(f"{share:.0%}" for share in shares))
    CONSOLE.print(table)
    CONSOLE.print(f"Wanted of sets that nobody tuned on: hit@5 ≥ {WANTED:.0%}")
    CONSOLE.print(
        f"Query: median {statistics.median(spent) * 1000:.0f} ms, slowest"
        f" {max(spent) * 1000:.0f} ms (wanted ≤ {QUERY * 1000:.0f} ms);"
        f" index built in {building:.1f} s, loaded in {loading:.2f} s"
    )
    return figures


def _shares(
    asked: list[tuple[str, set[str]]], found: Index, spent: list[float]
) -> list[float]:
    ranked = []
    for text, wanted in asked:
        begun = time.perf_counter()
        hits = found.search(text, max(_DEPTHS))
        spent.append(time.perf_counter() - begun)
        ranked.append([one.module in wanted for one in hits])
    return [sum(any(own[:depth]) for own in ranked) / len(asked) for depth in _DEPTHS]
