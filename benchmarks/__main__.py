"""`python -m benchmarks [NAME...]`: all of them by default."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from benchmarks import (
    generator,
    history,
    intent,
    merging,
    regressions,
    report,
    static,
    tests_stage,
    whole,
)
from benchmarks.measure import Ratio, show

if TYPE_CHECKING:
    from collections.abc import Callable

_MUTANTS = 30
"""Defects tried in each module; all of them take half an hour."""

_PLAIN: Final[dict[str, Callable[[], object]]] = {
    "report": report.measure,
    "history": history.measure,
    "merge": merging.measure,
    "regressions": regressions.measure,
    "intent": intent.measure,
}


def main() -> None:
    """Run the benchmarks that are named and print their figures."""
    wanted = set(sys.argv[1:]) or {"static", "tests", "whole", "generator", *_PLAIN}
    ratios: list[Ratio] = []
    if "static" in wanted:
        ratios.append(static.measure())
    if "tests" in wanted:
        ratios += tests_stage.measure()
    if "whole" in wanted:
        ratios += whole.measure()
    if ratios:
        show(ratios)
    for name, measure in _PLAIN.items():
        if name in wanted:
            measure()
    if "generator" in wanted:
        generator.measure(sample=_MUTANTS)


if __name__ == "__main__":
    main()
