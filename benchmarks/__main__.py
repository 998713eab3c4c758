"""`python -m benchmarks [NAME...]`: all of them by default."""

from __future__ import annotations

import sys

from benchmarks import (
    gaps,
    generator,
    history,
    merging,
    regressions,
    report,
    static,
    tests_stage,
    whole,
)
from benchmarks.measure import Ratio, show

_MUTANTS = 30
"""Defects tried in each module; all of them take half an hour."""

_TOLD = {
    "report": report.measure,
    "history": history.measure,
    "merge": merging.measure,
    "regressions": regressions.measure,
    "gaps": gaps.measure,
}
"""Benchmarks that print their figures themselves."""


def main() -> None:
    """Run the benchmarks that are named and print their figures."""
    wanted = set(sys.argv[1:]) or {
        *("static", "tests", "whole", "report", "history", "merge", "regressions"),
        *("gaps", "generator"),
    }
    ratios: list[Ratio] = []
    if "static" in wanted:
        ratios.append(static.measure())
    if "tests" in wanted:
        ratios += tests_stage.measure()
    if "whole" in wanted:
        ratios += whole.measure()
    if ratios:
        show(ratios)
    for name, room in _TOLD.items():
        if name in wanted:
            room()
    if "generator" in wanted:
        generator.measure(sample=_MUTANTS)


if __name__ == "__main__":
    main()
