"""Lets a stage wait in the middle of its work: until it is alone, or until others have ended.

A stage prepares beside others what it can, so that what it has to do alone is short, and what
comes after another stage is only what rests on that one.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from qgate import process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_POLL_SECONDS: Final = 0.1


@dataclass(frozen=True)
class Want:
    """What a stage waits for.

    Attributes:
        after: Stages that have to have ended.
        alone: Whether nothing else may be at work.
    """

    after: frozenset[str] = frozenset()
    alone: bool = False


class Turn:
    """The place of one running stage among the others.

    Args:
        scheduled: Whether somebody gives turns; otherwise there is nobody to wait for.

    Attributes:
        want: What it waits for, None while it is at work.
        alone: Whether nothing else may be at work now.
        kept: Seconds in which nothing else might be, so far.
    """

    def __init__(self, *, scheduled: bool = False) -> None:
        self.want: Want | None = None
        self.alone = False
        self._scheduled = scheduled
        self._given = threading.Event()
        self._verdicts: Mapping[str, str] = {}
        self._since: float | None = None
        self._waited = 0.0
        self._alone_since: float | None = None
        self.kept = 0.0

    @property
    def waited(self) -> float:
        """Seconds it has waited so far."""
        since = self._since
        return self._waited + (time.monotonic() - since if since is not None else 0.0)

    @contextmanager
    def by_itself(self) -> Iterator[None]:
        """Wait until nothing else is at work, and keep it so as long as the block runs.

        Raises:
            Interrupted: The run or the stage was ended meanwhile.
        """
        with self.claimed() as given:
            while not given():
                process.check_interrupted()
                time.sleep(_POLL_SECONDS)
            yield

    @contextmanager
    def claimed(self) -> Iterator[Callable[[], bool]]:
        """Ask that nothing else be at work, and keep it so from then until the block ends.

        Gives what tells whether it is so by now. Until it is, what the stage has running has
        to keep still; that time is not counted as its work.
        """
        self._begin(Want(alone=True))
        try:
            yield self._is_given
        finally:
            self._end()
            self.alone = False
            if self._alone_since is not None:
                self.kept += time.monotonic() - self._alone_since
                self._alone_since = None

    def after(self, *names: str) -> Mapping[str, str]:
        """Wait until stages have ended, where they are demanded; return all verdicts by then.

        Raises:
            Interrupted: The run or the stage was ended meanwhile.
        """
        self._wait(Want(after=frozenset(names)))
        return self._verdicts

    def give(self, verdicts: Mapping[str, str]) -> None:
        """Let the stage go on; called by who gives turns.

        Args:
            verdicts: Those of the stages that have ended, by name.
        """
        self._verdicts = dict(verdicts)
        self.alone = self.want is not None and self.want.alone
        self._alone_since = time.monotonic() if self.alone else None
        self.want = None
        self._given.set()

    def _wait(self, want: Want) -> None:
        self._begin(want)
        try:
            while self._since is not None and not self._given.wait(_POLL_SECONDS):
                process.check_interrupted()
        finally:
            self._end()

    def _begin(self, want: Want) -> None:
        if self._scheduled:
            self._given.clear()
            self._since = time.monotonic()
            self.want = want

    def _is_given(self) -> bool:
        if self._since is not None and self._given.is_set():
            self._end()
        return self._since is None

    def _end(self) -> None:
        self.want = None
        self._waited, self._since = self.waited, None
