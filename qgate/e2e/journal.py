"""The journal of a run of specs: written an event a line, so that a crash loses nothing.

Events: `collected` (a test), `refused` (a file that cannot be collected), `warmed` and
`broken_view` (warming up), `start` and `stop` (one try of a test), `crash`, `end`. The last is
written when pytest has come to its regular end.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

PASSED: Final = "passed"
FLAKY: Final = "flaky"
FAILED: Final = "failed"
ERROR: Final = "error"
SKIPPED: Final = "skipped"
UNFINISHED: Final = "unfinished"


class Key(NamedTuple):
    """What tells one test from another.

    Attributes:
        spec: Absolute path of the file.
        test: Function, with its class and parameters.
        browser: chromium, firefox or webkit.
    """

    spec: str
    test: str
    browser: str


@dataclass
class Try:
    """One try of a test.

    Attributes:
        started: When it began, seconds since 1970.
        outcome: passed, failed, error, skipped or unfinished.
        seconds: Wall time, warming up not counted.
        message: Traceback or reason.
        artifacts: Absolute paths of what was kept of it.
    """

    started: float
    outcome: str = UNFINISHED
    seconds: float | None = None
    message: str | None = None
    artifacts: list[str] = field(default_factory=list)


@dataclass
class Journal:
    """What the plugin wrote until it ended.

    Attributes:
        collected: Every test that pytest found, with the function it is of.
        tries: For each test that began, its tries.
        refused: For each file that cannot be collected, why.
        broken_views: For each view that did not open while warming up, browser and why.
        warm_up: Seconds that warming up took, all browsers together.
        crash: What broke down, None when nothing did.
        last: The test that began last.
        ended: Whether pytest came to its regular end.
    """

    collected: dict[Key, str] = field(default_factory=dict)
    tries: dict[Key, list[Try]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    broken_views: list[tuple[str, str, str]] = field(default_factory=list)
    warm_up: float = 0.0
    crash: str | None = None
    last: Key | None = None
    ended: bool = False

    @property
    def running(self) -> Key | None:
        """The test that began and has not ended, None between tests."""
        if self.last and self.tries[self.last][-1].outcome == UNFINISHED:
            return self.last
        return None


class Writer:
    """Appends one line an event, unbuffered.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def write(self, event: str, **values: object) -> None:
        """Append one event."""
        line = json.dumps({"event": event, "at": time.time(), **values})
        os.write(self._file, line.encode() + b"\n")


def read(path: Path) -> Journal:
    """Read the journal at *path*; what is missing in it did not happen."""
    if not path.exists():
        return Journal()
    text = path.read_text(encoding="utf-8", errors="replace")
    return build(_events(text.splitlines()))


def build(events: Iterable[Mapping[str, Any]]) -> Journal:
    """Put the journal together from its *events*."""
    journal = Journal()
    for event in events:
        kind = event["event"]
        if kind == "collected":
            journal.collected[_key(event)] = str(event["function"])
        elif kind == "refused":
            journal.refused[str(event["spec"])] = str(event["message"])
        elif kind == "warmed":
            journal.warm_up += float(event["seconds"])
        elif kind == "broken_view":
            journal.broken_views.append(
                (str(event["browser"]), str(event["view"]), str(event["message"]))
            )
        elif kind == "start":
            journal.last = _key(event)
            tries = journal.tries.setdefault(journal.last, [])
            tries.append(Try(float(event["at"])))
        elif kind == "stop":
            _stop(journal, event)
        elif kind == "crash":
            # What breaks first brings the rest down with it.
            journal.crash = journal.crash or str(event["message"])
        elif kind == "end":
            journal.ended = True
    return journal


def _stop(journal: Journal, event: Mapping[str, Any]) -> None:
    tries = journal.tries.get(_key(event))
    if not tries:
        return
    last = tries[-1]
    last.outcome = str(event["outcome"])
    last.seconds = float(event["seconds"])
    # What does not count as its time, as warming up, comes before its own work.
    last.started = float(event["at"]) - last.seconds
    last.message = event.get("message")
    last.artifacts = [str(path) for path in event.get("artifacts", ())]


def _key(event: Mapping[str, Any]) -> Key:
    return Key(str(event["spec"]), str(event["test"]), str(event["browser"]))


def _events(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:  # the process ended in the middle of this line
            continue
        if isinstance(event, dict) and "event" in event:
            yield event
