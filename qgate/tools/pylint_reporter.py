"""Loaded by pylint: writes messages together with the statements of each Python file."""

from __future__ import annotations

import json
import sys
from typing import Any

from pylint.reporters import BaseReporter


class StatisticsReporter(BaseReporter):
    """One JSON object: `messages`, and `statements` by the path of each file looked at.

    pylint's score is over everything it was given at once; with the statements of each file it
    can be told per Odoo module, so that a good big one does not hide a bad small one. pylint
    itself counts by dotted name, which two files may share (migration scripts do).
    """

    name = "qgate"
    extension = "json"

    def __init__(self) -> None:
        super().__init__()
        self._statements: dict[str, int] = {}
        self._current: tuple[str, str] | None = None

    def on_set_current_module(self, module: str, filepath: str | None) -> None:
        """Note what was counted until here."""
        self._note()
        self._current = (module, filepath) if filepath else None

    def display_reports(self, layout: Any) -> None:  # noqa: ANN401 - pylint's signature
        """Print no report beside the JSON."""

    def _display(self, layout: Any) -> None:  # noqa: ANN401 - pylint's signature
        """Print no report beside the JSON."""

    def on_close(self, stats: Any, previous_stats: Any) -> None:  # noqa: ANN401, ARG002
        """Write everything at the end."""
        self._note()
        messages = [
            {
                "id": message.msg_id,
                "symbol": message.symbol,
                "category": message.category,
                "path": message.abspath,
                "line": message.line,
                "column": message.column + 1,
                "message": message.msg,
            }
            for message in self.messages
        ]
        json.dump({"messages": messages, "statements": self._statements}, sys.stdout)

    def _note(self) -> None:
        # pylint comes by each file twice, to parse and to check; both start counting anew.
        if self._current:
            module, path = self._current
            counted = self.linter.stats.by_module.get(module)
            self._statements.setdefault(path, 0)
            self._statements[path] += counted["statement"] if counted else 0
