"""Measures how long something takes, for the few specs whose subject is speed."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Stopwatch:
    """What was measured.

    Attributes:
        milliseconds: Wall time of the block, 0 until it has ended.
    """

    milliseconds: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Measure the wall time of a block."""
    watch = Stopwatch()
    begun = time.monotonic()
    yield watch
    watch.milliseconds = (time.monotonic() - begun) * 1000
