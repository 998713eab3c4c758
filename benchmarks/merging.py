"""How long it takes to join the records of 50 entries of a plan into one run."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from benchmarks.measure import CONSOLE, seconds
from qgate import merging
from tests.support import shards

SHARDS: Final = 50


def measure() -> None:
    """Print seconds, with what is wanted."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        plan = shards.plan_of(SHARDS, each=2)
        runs = [kept.folder for kept in shards.save(plan, folder / "entries").values()]
        took = seconds(lambda: merging.merge(folder / "whole", runs))
    CONSOLE.print(f"Merging {SHARDS} shards: {took:.2f} s (wanted ≤ 5 s)")
