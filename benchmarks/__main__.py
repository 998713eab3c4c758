"""`python -m benchmarks [NAME...]`: static, tests, whole, report, intent, generator; or all."""

from __future__ import annotations

import sys

from benchmarks import generator, intent, report, static, tests_stage, whole
from benchmarks.measure import Ratio, show

_MUTANTS = 30
"""Defects tried in each module; all of them take half an hour."""


def main() -> None:
    """Run the benchmarks that are named and print their figures."""
    wanted = set(sys.argv[1:]) or {
        *("static", "tests", "whole", "report", "intent", "generator"),
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
    if "intent" in wanted:
        intent.measure()
    if "generator" in wanted:
        generator.measure(sample=_MUTANTS)


if __name__ == "__main__":
    main()
