"""`python -m benchmarks [NAME...]`: all of them by default."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from benchmarks import (
    gaps,
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
    from collections.abc import Callable, Iterable

_MUTANTS: Final = 30
"""Defects tried in each module; all of them take half an hour."""


COMPARED: Final[dict[str, Callable[[], Iterable[Ratio]]]] = {
    "static": lambda: [static.measure()],
    "tests": tests_stage.measure,
    "whole": whole.measure,
}
"""What is measured against the raw tools."""

ALONE: Final[dict[str, Callable[[], object]]] = {
    "report": report.measure,
    "history": history.measure,
    "merge": merging.measure,
    "regressions": regressions.measure,
    "gaps": gaps.measure,
    "intent": intent.measure,
    "generator": lambda: generator.measure(sample=_MUTANTS),
}
"""What is measured by itself."""


def main() -> None:
    """Run the benchmarks that are named and print their figures."""
    wanted = set(sys.argv[1:]) or {*COMPARED, *ALONE}
    if unknown := sorted(wanted - {*COMPARED, *ALONE}):
        known = ", ".join([*COMPARED, *ALONE])
        sys.exit(f"There is no benchmark {unknown[0]}; there are {known}.")
    ratios = [
        ratio for name, run in COMPARED.items() if name in wanted for ratio in run()
    ]
    if ratios:
        show(ratios)
    for name, run in ALONE.items():
        if name in wanted:
            run()


if __name__ == "__main__":
    main()
