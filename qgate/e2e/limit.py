"""Ends one test that takes too long, without ending the others.

The signal's exception is raised where the test is; Playwright passes one that comes while its
event loop runs on to the call that the test waits for.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_AGAIN_SECONDS: Final = 2.0
"""The event loop keeps an exception that comes inside a callback; the next one gets out."""


class TestTimeLimit(BaseException):
    """A test took too long; no `except Exception` of a spec catches it."""

    __test__ = False


@contextmanager
def time_limit(seconds: float, limit: float) -> Iterator[None]:
    """End what the block does after *seconds*.

    Args:
        seconds: What is left of the limit.
        limit: The whole limit, for the message.

    Raises:
        TestTimeLimit: It was not ready.
    """

    def late(number: int, frame: FrameType | None) -> None:
        del number, frame
        message = f"The test did not end within {limit:g} s."
        raise TestTimeLimit(message)

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), _AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def no_time_limit() -> Iterator[None]:
    """Let the clock of `time_limit` stand still while the block runs."""
    left, again = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        yield
    finally:
        if left:
            signal.setitimer(signal.ITIMER_REAL, left, again)
