"""Shows in a notebook what goes on while somebody waits."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from html import escape
from typing import Final

import ipywidgets

_EVERY: Final = 0.25  # seconds between two pictures; more of them only load the page
_COLOURS: Final = {"passed": "#1a7f37", "ready": "#1a7f37", "failed": "#cf222e"}


@dataclass
class _Line:
    text: str = ""
    share: float | None = None
    verdict: str = ""
    began: float = field(default_factory=time.monotonic)
    seconds: float | None = None


class LiveProgress(ipywidgets.HTML):  # type: ignore[misc] # ipywidgets has no types
    """A line for each stage: what it does, for how long, and how it ended.

    It is a `qgate.progress.Progress`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[str, _Line] = {}
        self._drawn = 0.0

    def step(self, stage: str, text: str) -> None:
        """Show what *stage* does now."""
        line = self._lines.setdefault(stage, _Line())
        line.text, line.share = text, None
        self._draw()

    def amount(self, stage: str, done: float, total: float | None) -> None:
        """Show how far the current step is."""
        line = self._lines.setdefault(stage, _Line())
        line.share = done / total if total else None
        self._draw()

    def ended(self, stage: str, verdict: str) -> None:
        """Show that *stage* is over."""
        line = self._lines.setdefault(stage, _Line())
        line.verdict, line.share = verdict, None
        line.seconds = time.monotonic() - line.began
        self._draw(now=True)

    def clear(self) -> None:
        """Forget everything, for another run."""
        self._lines.clear()
        self._draw(now=True)

    def _draw(self, *, now: bool = False) -> None:
        moment = time.monotonic()
        if not now and moment - self._drawn < _EVERY:
            return
        self._drawn = moment
        self.value = "".join(
            _row(stage, line, moment) for stage, line in self._lines.items()
        )


def _row(stage: str, line: _Line, moment: float) -> str:
    seconds = line.seconds if line.seconds is not None else moment - line.began
    said = line.verdict or line.text
    share = f" {line.share:.0%}" if line.share is not None else ""
    colour = _COLOURS.get(line.verdict, "#9a6700") if line.verdict else "#57606a"
    return (
        '<div style="display:flex;gap:1em;font-variant-numeric:tabular-nums">'
        f'<b style="width:8em">{escape(stage)}</b>'
        f'<span style="width:5em;text-align:right">{seconds:.0f} s</span>'
        f'<span style="color:{colour}">{escape(said)}{share}</span></div>'
    )
