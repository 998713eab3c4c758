"""Records every request as it was, and brings the records of workers to the one who writes.

Locust keeps its times rounded to two significant digits; percentiles of those would be its
rounding. It is attached to Locust by being imported, also on other machines.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

from locust import events
from locust.runners import WorkerRunner

from qgate.performance.clock import CLOCK
from qgate.performance.journal import EXCEPTION, SAMPLE
from qgate.performance.rpc import short

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO

    from locust.env import Environment
    from locust.rpc import Message
    from locust.runners import Runner

HOLD: Final = "qgate_hold"
"""Message to the workers: users keep still before their next task."""

BEGIN: Final = "qgate_begin"
"""Message to the workers: the measured time begins."""

FINISH: Final = "qgate_finish"
"""Message to the workers: stop the users, and report."""

FINISHED: Final = "qgate_finished"
"""Answer of a worker whose users have stopped and whose records are on their way."""

_HEADER: Final = "X-Odoo-Queries"
_REPORT: Final = "qgate_samples"
_SAID: Final = "qgate_said"
_ENTERING: Final = "qgate_entering"
_SENT: Final = "qgate_sent"

_SAME_CLOCK_SECONDS: Final = 0.5
"""Clocks that differ by less are one clock, and the rest is the way of the message."""


class Recorder:
    """Keeps the records of this process until they are written or sent.

    Attributes:
        pending: Samples that are neither written nor sent yet.
        failures: Exceptions of tasks, likewise.
        requests: Requests so far, those of workers included once they are sent.
        entering: Users of this process that are about to log in for the first time.
        elsewhere: The same of each worker, as it said last.
    """

    def __init__(self) -> None:
        self.pending: list[list[Any]] = []
        self.failures: list[str] = []
        self.requests = 0
        self.entering = 0
        self.elsewhere: dict[str, int] = {}
        self._file: TextIO | None = None
        self._offsets: dict[str, float] = {}

    def open(self, path: Path) -> None:
        """Write to *path* from now on."""
        self._file = path.open("a", encoding="utf-8")

    def write(self, event: str, **values: object) -> None:
        """Write an event, at once; nothing where this process is not the one who writes."""
        if self._file is not None:
            self._file.write(json.dumps({"event": event, **values}) + "\n")
            self._file.flush()

    def close(self) -> None:
        """Write what is left, and no more."""
        self.flush()
        if self._file is not None:
            self._file.close()
            self._file = None

    def detach(self) -> None:
        """Write nothing any more: this process has forked from the one who writes."""
        self._file = None

    def flush(self) -> None:
        """Write the records of this process."""
        rows, self.pending = self.pending, []
        said, self.failures = self.failures, []
        if self._file is not None and (rows or said):
            lines = [{"event": SAMPLE, "row": row} for row in rows]
            lines += [{"event": EXCEPTION, "message": text} for text in said]
            self._file.write("".join(f"{json.dumps(line)}\n" for line in lines))
            self._file.flush()

    def take(self, worker: str, data: dict[str, Any]) -> None:
        """Take over what *worker* has sent."""
        rows = data.pop(_REPORT, [])
        # What a message is late by is the way it took and what the clocks differ by; the
        # smallest is nearest to the difference of the clocks.
        late = time.time() - data.pop(_SENT, time.time())
        offset = self._offsets[worker] = min(self._offsets.get(worker, late), late)
        if abs(offset) > _SAME_CLOCK_SECONDS:
            for row in rows:
                row[0] += offset
        self.requests += len(rows)
        self.pending += rows
        self.failures += data.pop(_SAID, [])
        self.elsewhere[worker] = data.pop(_ENTERING, 0)


RECORDER: Final = Recorder()
"""The recorder of this process."""


@events.request.add_listener
def _requested(
    name: str,
    response_time: float,
    response_length: int | None,
    exception: BaseException | None = None,
    response: Any = None,  # noqa: ANN401 - that of any of locust's clients
    start_time: float | None = None,
    **_more: object,
) -> None:
    headers = getattr(response, "headers", None)
    queries = headers.get(_HEADER) if headers else None
    began = time.time() - response_time / 1000 if start_time is None else start_time
    failure = short(str(exception) or type(exception).__name__) if exception else None
    count = int(queries) if queries is not None else None
    row = [began, name, response_time, response_length or 0, failure, count]
    RECORDER.pending.append(row)
    RECORDER.requests += 1


@events.user_error.add_listener
def _raised(exception: BaseException, **_more: object) -> None:
    RECORDER.failures.append(short(f"{type(exception).__name__}: {exception}"))


@events.report_to_master.add_listener
def _report(data: dict[str, Any], **_more: object) -> None:
    data[_REPORT], RECORDER.pending = RECORDER.pending, []
    data[_SAID], RECORDER.failures = RECORDER.failures, []
    data[_ENTERING] = RECORDER.entering
    data[_SENT] = time.time()


@events.worker_report.add_listener
def _reported(client_id: str, data: dict[str, Any]) -> None:
    RECORDER.take(client_id, data)


@events.init.add_listener
def _prepare(environment: Environment, runner: Runner, **_more: object) -> None:
    if isinstance(runner, WorkerRunner):
        RECORDER.detach()
        environment.runner = runner
        runner.register_message(HOLD, _hold)
        runner.register_message(BEGIN, _begin)
        runner.register_message(FINISH, _finish, concurrent=True)


def _hold(environment: Environment, msg: Message) -> None:
    del environment, msg
    CLOCK.held = True


def _begin(environment: Environment, msg: Message) -> None:
    runner: Any = environment.runner
    CLOCK.begin(**msg.data, worker=max(0, runner.worker_index))


def _finish(environment: Environment, msg: Message) -> None:
    """Stop the users of this worker when they have their answers, and report."""
    del msg
    runner: Any = environment.runner
    before = time.monotonic()
    runner.stop()
    runner._send_stats()  # noqa: SLF001 - as locust does on its own way out
    cut = (
        environment.stop_timeout
        and time.monotonic() - before > environment.stop_timeout
    )
    runner.send_message(FINISHED, {"cut": bool(cut)})
