"""When the measured time began, as far as a process of Locust knows."""

from __future__ import annotations

import time
from dataclasses import dataclass

_SPREAD: float = 0.8
"""Part of the measured time in which all users have logged in at the latest."""


@dataclass
class Clock:
    """Says when a user is to log in anew.

    The users have all logged in before the measured time begins, so each does it once more in
    it: one after the other at the rate at which they were started, as the load goes on.

    Attributes:
        held: Whether users keep still before their next task, as the measured time cannot
            begin yet.
        began: When the measured time began, in seconds of the monotonic clock.
        rate: Users that log in a second.
        workers: Processes that share the users.
        worker: Number of this process among them, from 0.
    """

    held: bool = False
    began: float | None = None
    rate: float = 1.0
    workers: int = 1
    worker: int = 0

    def begin(
        self, *, users: int, rate: float, duration: float, workers: int, worker: int
    ) -> None:
        """Begin the measured time.

        Args:
            users: All users of the load.
            rate: Users that are started a second.
            duration: Seconds that are measured.
            workers: Processes that share the users.
            worker: Number of this process among them, from 0.
        """
        self.rate = max(rate, users / (duration * _SPREAD))
        self.workers = workers
        self.worker = worker
        self.began = time.monotonic()
        self.held = False

    def renewal(self, position: int) -> float | None:
        """Return when the user *position* of this process logs in anew, None if not yet known.

        Args:
            position: Its number among the users of this process, from 0.
        """
        if self.began is None:
            return None
        return self.began + (position * self.workers + self.worker) / self.rate


CLOCK = Clock()
"""The clock of this process."""
