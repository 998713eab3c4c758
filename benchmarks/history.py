"""What 10,000 runs with 10 operations and 50 modules each take: loading, page, appending."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.measure import CONSOLE, seconds
from qgate import settings
from qgate.history.store import History
from qgate.report.trends.writing import write_page
from tests.support import records
from tests.support.histories import START, write_history

RUNS: Final = 10_000
_APPENDS: Final = 9
_FRESH: Final = 1000
_LOAD: Final = """
import resource, sys, time
import qgate
from qgate.history.overview import overview
begun = time.perf_counter()
seen = overview(qgate.history(sys.argv[1]))
took = time.perf_counter() - begun
begun = time.perf_counter()
seen.changes
looked = time.perf_counter() - begun
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
print(len(seen.runs), took, peak, looked)
"""


def measure() -> None:
    """Print seconds and megabytes, with what is wanted."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        large = folder / "large"
        write_history(
            large, RUNS, modules=50, operations=10, every=timedelta(minutes=40)
        )
        _loading("compacted", large)
        page = folder / "trends.html"
        chosen = settings.load(root=folder)
        took = seconds(lambda: write_page(chosen, page, url=str(large)))
        size = page.stat().st_size / 1e6
        CONSOLE.print(
            f"Trends, page of {RUNS:,} runs: {took:.1f} s (wanted ≤ 20 s), "
            f"{size:.1f} MB (wanted ≤ 12 MB)"
        )
        for words, place in (
            ("an empty history", folder / "empty"),
            (f"one of {RUNS:,} runs", large),
            (f"one with {_FRESH:,} runs in files of their own", folder / "fresh"),
        ):
            if place.name == "fresh":
                write_history(
                    place, _FRESH, modules=50, operations=10,
                    every=timedelta(minutes=40), merged=False,
                )  # fmt: skip
            _appending(words, place, folder / place.name / "records")
        _loading(f"{_FRESH:,} runs not compacted", folder / "fresh")


def _loading(words: str, place: Path) -> None:
    answers = [
        subprocess.run(
            [sys.executable, "-c", _LOAD, str(place)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        for _ in range(3)
    ]
    took = statistics.median(float(answer[1]) for answer in answers)
    peak = statistics.median(float(answer[2]) for answer in answers)
    looked = statistics.median(float(answer[3]) for answer in answers)
    CONSOLE.print(
        f"Trends, data of {int(answers[0][0]):,} runs ({words}): {took:.2f} s "
        f"(wanted ≤ 2 s), {peak:.0f} MB at most (wanted ≤ 600 MB); "
        f"then {looked:.2f} s to look for changes"
    )


def _appending(words: str, place: Path, reports: Path) -> None:
    history = History(str(place))
    story = records.story(tuple(f"acme_module_{n:02d}" for n in range(50)), tests=10)
    begun = START + timedelta(days=20)
    times = []
    for number in range(_APPENDS):
        at = begun + timedelta(seconds=number)
        story.data["started"] = at.isoformat()
        record = story.save(reports, f"{at:%Y%m%dT%H%M%S}-abc{number:03d}")
        times.append(seconds(partial(history.append, record)))
    CONSOLE.print(
        f"History, appending a run to {words}: {statistics.median(times):.3f} s, "
        f"{max(times):.3f} s at most (wanted ≤ 0.2 s)"
    )


__all__ = ["measure"]
