"""Times things in alternation and prints the medians and their ratio."""

from __future__ import annotations

import statistics
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

CONSOLE = Console(width=120)


@dataclass
class Ratio:
    """One comparison.

    Attributes:
        what: What is compared.
        ours: Seconds of qgate, one per round.
        raw: Seconds of the raw way, one per round.
        limit: Largest ratio that is wanted.
    """

    what: str
    ours: list[float]
    raw: list[float]
    limit: float

    @property
    def value(self) -> float:
        """Ratio of the medians."""
        return statistics.median(self.ours) / statistics.median(self.raw)


def alternate(
    what: str,
    ours: Callable[[], object],
    raw: Callable[[], object],
    *,
    rounds: int,
    limit: float,
) -> Ratio:
    """Time *ours* and *raw* in turns, so that a drift of the machine hits both."""
    ratio = Ratio(what, [], [], limit)
    for number in range(rounds):
        CONSOLE.print(f"{what}: round {number + 1} of {rounds}", style="dim")
        ratio.ours.append(seconds(ours))
        ratio.raw.append(seconds(raw))
    return ratio


def seconds(work: Callable[[], object]) -> float:
    """Return how long *work* takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def command(
    argv: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str],
    found: Sequence[int] = (0, 1),
) -> None:
    """Run a raw command to its end.

    Raises:
        RuntimeError: It ended with an exit code that is not in *found*.
    """
    done = subprocess.run(
        [str(word) for word in argv],
        cwd=cwd,
        env=dict(env),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in found:
        message = f"{argv[:3]} ended with {done.returncode}: {(done.stderr or done.stdout)[-2000:]}"
        raise RuntimeError(message)


def show(ratios: Sequence[Ratio]) -> None:
    """Print the comparisons."""
    table = Table(title="Against the raw commands (medians)", title_justify="left")
    for name in ("What", "qgate", "raw", "ratio", "wanted"):
        table.add_column(name, justify="left" if name == "What" else "right")
    for ratio in ratios:
        table.add_row(
            ratio.what,
            f"{statistics.median(ratio.ours):.1f} s",
            f"{statistics.median(ratio.raw):.1f} s",
            f"{ratio.value:.2f}",
            f"≤ {ratio.limit:.2f}",
        )
    CONSOLE.print(table)
