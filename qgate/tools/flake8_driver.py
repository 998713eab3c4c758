"""`python -m qgate.tools.flake8_driver ARGUMENTS...`: flake8 with its result as JSON.

Its own formats cannot tell which files it looked at, and options of a workspace's configuration
(`show-source`, `statistics`, `count`) would add lines to them.
"""

from __future__ import annotations

import contextlib
import json
import sys
from typing import TYPE_CHECKING, Any

from flake8.formatting.base import BaseFormatter
from flake8.main.application import Application

from qgate.tools.driver import CRASHED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flake8.violation import Violation


class _Collector(BaseFormatter):  # type: ignore[misc] # it has no types
    def after_init(self) -> None:
        self.found: list[dict[str, Any]] = []

    def handle(self, error: Violation) -> None:
        self.found.append(
            {
                "path": error.filename,
                "line": error.line_number,
                "column": error.column_number,
                "code": error.code,
                "message": error.text,
            }
        )

    def show_statistics(self, statistics: object) -> None:
        """Leave them out."""

    def show_benchmarks(self, benchmarks: object) -> None:
        """Leave them out."""


class _Application(Application):  # type: ignore[misc] # it has no types
    def make_formatter(self) -> None:
        assert self.options is not None  # noqa: S101 - as in the method it replaces
        self.options.output_file = None
        self.formatter = _Collector(self.options)


def main(argv: Sequence[str]) -> int:
    """Run flake8; return 0 unless it failed, whatever it found."""
    application = _Application()
    with contextlib.redirect_stdout(sys.stderr):
        application.run(argv)
    collector, manager = application.formatter, application.file_checker_manager
    if application.catastrophic_failure or manager is None:
        return CRASHED
    assert isinstance(collector, _Collector)  # noqa: S101 - made above
    json.dump({"files": manager.filenames, "violations": collector.found}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
