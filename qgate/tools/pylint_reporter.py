"""Loaded by pylint: writes messages together with the counts per Python file."""

from __future__ import annotations

import json
import sys
from typing import Any

from pylint.reporters import BaseReporter


class StatisticsReporter(BaseReporter):
    """One JSON object: `messages`, and `modules` with pylint's own counts of each file.

    pylint's score is over everything it was given at once; with the counts per file it can be
    told per Odoo module, so that a good big one does not hide a bad small one.
    """

    name = "qgate"
    extension = "json"

    def display_reports(self, layout: Any) -> None:  # noqa: ANN401 - pylint's signature
        """Print no report beside the JSON."""

    def _display(self, layout: Any) -> None:  # noqa: ANN401 - pylint's signature
        """Print no report beside the JSON."""

    def on_close(self, stats: Any, previous_stats: Any) -> None:  # noqa: ANN401, ARG002
        """Write everything at the end."""
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
        json.dump({"messages": messages, "modules": dict(stats.by_module)}, sys.stdout)
