"""`python -m benchmarks [NAME...]`: all of them by default."""

from __future__ import annotations

import sys

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

_MUTANTS = 30
"""Defects tried in each module; all of them take half an hour."""


def main() -> None:
    """Run the benchmarks that are named and print their figures."""
    wanted = set(sys.argv[1:]) or {
        *("static", "tests", "whole", "report", "history", "merge", "regressions"),
        "generator",
        "intent",
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
    if "report" in wanted:
        report.measure()
    if "history" in wanted:
        history.measure()
    if "merge" in wanted:
        merging.measure()
    if "regressions" in wanted:
        regressions.measure()
    if "intent" in wanted:
        intent.measure()
    if "generator" in wanted:
        generator.measure(sample=_MUTANTS)


if __name__ == "__main__":
    main()
