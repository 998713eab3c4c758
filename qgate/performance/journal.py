"""What a load wrote down as it went on: one JSON object a line, at once, by one process.

It is complete when Locust came to its regular end, and says how far it came when not.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

SAMPLE: Final = "sample"
TICK: Final = "tick"
DECLARED: Final = "declared"
STARTED: Final = "started"
SPAWNED: Final = "spawned"
HELD: Final = "held"
MEASURING: Final = "measuring"
MEASURED: Final = "measured"
EXCEPTION: Final = "exception"
PROBLEM: Final = "problem"
ENDED: Final = "ended"

SAMPLE_COLUMNS: Final = {
    "began": "float64",
    "operation": "string",
    "milliseconds": "float64",
    "bytes": "int64",
    "failure": "string",
    "queries": "Int64",
}
"""What is known of a request, and the type of it.

`began` is in seconds since 1970; `failure` is missing where it was answered as it should.
"""


@dataclass
class Journal:
    """What is known of a load.

    Attributes:
        operations: Operations that the locustfiles declare.
        users: Names of their user classes, by module.
        samples: A row for each request, as in `SAMPLE_COLUMNS`.
        ticks: Time, users and requests so far, about every second.
        times: When it began, had started all users, was held as it was not alone yet, and
            measured; seconds since 1970.
        spawned: Users that were there when all should have started.
        remaining: Users that were still there when measuring ended.
        cut: Users that had to be stopped in the middle of a request.
        exceptions: How often a task ended in an exception, by its message.
        problem: Why it did not go on.
        counted: Requests that Locust itself counted, None when it never came to its end.
        cpu: CPU use of the busiest process of Locust, percent of a core.
    """

    operations: list[str] = field(default_factory=list)
    users: dict[str, list[str]] = field(default_factory=dict)
    samples: pd.DataFrame = field(default_factory=lambda: _samples([]))
    ticks: list[tuple[float, int, int]] = field(default_factory=list)
    times: dict[str, float] = field(default_factory=dict)
    spawned: int | None = None
    remaining: int | None = None
    cut: int = 0
    exceptions: Counter[str] = field(default_factory=Counter)
    problem: str | None = None
    counted: int | None = None
    cpu: float = 0.0


def read(path: Path) -> Journal:
    """Return what *path* tells; an empty journal if there is none."""
    journal = Journal()
    rows: list[list[Any]] = []
    for event in _events(path):
        kind = event["event"]
        if kind == SAMPLE:
            rows.append(event["row"])
        elif kind == TICK:
            journal.ticks.append((event["time"], event["users"], event["requests"]))
        elif kind == DECLARED:
            journal.operations, journal.users = event["operations"], event["users"]
        elif kind == EXCEPTION:
            journal.exceptions[event["message"]] += 1
        elif kind == PROBLEM:
            journal.problem = journal.problem or event["message"]
        elif kind == ENDED:
            journal.counted, journal.cut = event["requests"], event["cut"]
        else:
            journal.times[kind] = event["time"]
            journal.spawned = event.get("users", journal.spawned)
            journal.remaining = event.get("remaining", journal.remaining)
            journal.cpu = event.get("cpu", journal.cpu)
    journal.samples = _samples(rows)
    return journal


def tick(line: bytes) -> dict[str, Any]:
    """Return the tick in a line of the journal."""
    return dict(json.loads(line))


def _events(path: Path) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue  # the writer was killed in the middle of its last line
        if isinstance(event, dict) and "event" in event:
            yield event


def _samples(rows: list[list[Any]]) -> pd.DataFrame:
    # Locust's own processes only write, and half of their start would go into this import.
    import pandas as pd  # noqa: PLC0415

    frame = pd.DataFrame(rows, columns=list(SAMPLE_COLUMNS))
    return frame.astype(SAMPLE_COLUMNS)
