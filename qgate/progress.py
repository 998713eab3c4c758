"""Where a room says what goes on, for a person who waits."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Where a stage says what it is doing, for a person who waits."""

    def step(self, stage: str, text: str) -> None:
        """Say what *stage* does now, in a few words."""

    def amount(self, stage: str, done: float, total: float | None) -> None:
        """Say how far the current step is; *total* is None when nobody knows."""

    def ended(self, stage: str, verdict: str) -> None:
        """Say that *stage* is over, and with which verdict; a component is `ready`."""


class Silence:
    """Progress that nobody watches."""

    def step(self, stage: str, text: str) -> None:
        """Say nothing."""

    def amount(self, stage: str, done: float, total: float | None) -> None:
        """Say nothing."""

    def ended(self, stage: str, verdict: str) -> None:
        """Say nothing."""
