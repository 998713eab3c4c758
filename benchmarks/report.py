"""How long the report takes, and how large it is, for a run of the sample module."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import qgate
from benchmarks.measure import CONSOLE, seconds
from qgate.report.notebook import write_report

ROOT: Final = Path(__file__).parents[1]


def measure() -> None:
    """Print seconds and megabytes, with what is wanted."""
    with tempfile.TemporaryDirectory() as scratch:
        run = qgate.run(ROOT / "addons" / "custom", root=scratch, stages=["static"])
        took = seconds(lambda: write_report(run.record))
        size = (run.folder / "report.html").stat().st_size / 1e6
        CONSOLE.print(
            f"Report: {took:.1f} s (wanted ≤ 10 s), {size:.1f} MB (wanted ≤ 8 MB)"
        )
