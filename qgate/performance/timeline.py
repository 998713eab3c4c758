"""The course of a load: users start, warm up, are measured, and stop when they are answered."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import gevent
from locust import events
from locust.runners import MasterRunner

from qgate.performance.clock import CLOCK
from qgate.performance.journal import (
    ENDED,
    HELD,
    MEASURED,
    MEASURING,
    PROBLEM,
    SPAWNED,
    STARTED,
    TICK,
)
from qgate.performance.plan import ANSWER_SECONDS
from qgate.performance.recorder import BEGIN, FINISH, FINISHED, HOLD, RECORDER

if TYPE_CHECKING:
    from locust.env import Environment
    from locust.rpc import Message

    from qgate.performance.plan import Plan

_TICK_SECONDS: Final = 1.0
_LOOK_SECONDS: Final = 0.05
_FINISH_SECONDS: Final = 15.0
"""What workers may take beyond the time that users have to stop."""


class Timeline:
    """Drives the load in the process that writes the journal.

    Args:
        plan: What the load is to be.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._runner: Any = None  # until locust has made it
        self._finished: set[str] = set()
        self._workers = 0
        self._cut = 0
        self._over = False
        self._started = 0.0

    def attach(self) -> None:
        """Follow Locust's events."""
        events.init.add_listener(self._prepare)
        events.test_start.add_listener(self._start)
        events.spawning_complete.add_listener(self._spawned)
        events.test_stopping.add_listener(self._stopping)
        events.quitting.add_listener(self._end)

    def _mine(self) -> bool:
        """Tell whether this process drives; with several, the others only have users."""
        return self._runner is not None

    def _prepare(
        self, environment: Environment, runner: object, **_more: object
    ) -> None:
        # After a fork each worker has this object too.
        if type(runner).__name__ in ("LocalRunner", "MasterRunner"):
            self._runner = runner
        if isinstance(runner, MasterRunner):
            runner.register_message(FINISHED, self._one_finished)
            # With --processes locust would wait for those of this machine alone.
            vars(environment.parsed_options)["expect_workers"] = self._plan.workers

    def _start(self, **_more: object) -> None:
        if self._mine():
            if isinstance(self._runner, MasterRunner):
                self._workers = self._runner.worker_count
            self._started = time.monotonic()
            RECORDER.write(STARTED, time=time.time())
            self._spawn(self._watch)

    def _spawned(self, user_count: int, **_more: object) -> None:
        del user_count  # what was asked for, whether or not they are there
        if self._mine() and CLOCK.began is None:
            self._spawn(self._pass)

    def _spawn(self, work: Any) -> None:  # noqa: ANN401 - a method
        gevent.spawn(work).link_exception(self._broken)

    def _broken(self, greenlet: gevent.Greenlet) -> None:
        self._give_up(f"qgate's own timeline failed: {greenlet.exception!r}")

    def _pass(self) -> None:
        plan, runner = self._plan, self._runner
        self._settle()
        RECORDER.write(SPAWNED, time=time.time(), users=runner.user_count)
        # Those who came first have been warming the server up while the others came.
        gevent.sleep(max(0.0, self._started + plan.warm_up - time.monotonic()))
        if plan.begin and not Path(plan.begin).exists():
            self._hold(Path(plan.begin))
        self._begin()
        RECORDER.write(MEASURING, time=time.time())
        before, used = time.monotonic(), time.process_time()
        gevent.sleep(plan.duration)
        share = (time.process_time() - used) / (time.monotonic() - before)
        now, remaining = time.time(), runner.user_count
        self._finish()
        RECORDER.write(
            MEASURED,
            time=now,
            remaining=remaining,
            cpu=max(100 * share, self._workers_cpu()),
        )
        runner.quit()

    def _settle(self) -> None:
        """Wait until everybody has come to the end of his first login."""
        RECORDER.elsewhere.clear()  # what workers said before they had all their users
        until = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < until:
            told = RECORDER.elsewhere
            entering = RECORDER.entering + sum(told.values())
            if not entering and len(told) >= self._workers:
                return
            gevent.sleep(0.05)

    def _hold(self, sign: Path) -> None:
        """Let the users keep still until *sign* is there."""
        CLOCK.held = True
        RECORDER.write(HELD, time=time.time())
        if isinstance(self._runner, MasterRunner):
            self._runner.send_message(HOLD)
        while not sign.exists():
            gevent.sleep(_LOOK_SECONDS)

    def _begin(self) -> None:
        values: dict[str, Any] = {
            "users": self._plan.users,
            "rate": self._plan.spawn_rate,
            "duration": self._plan.duration,
            "workers": max(1, self._workers),
        }
        CLOCK.begin(**values, worker=0)
        if isinstance(self._runner, MasterRunner):
            self._runner.send_message(BEGIN, values)

    def _finish(self) -> None:
        """Let every user have its last answer, so that the slowest are not left out."""
        self._over = True
        limit = self._runner.environment.stop_timeout
        before = time.monotonic()
        if not isinstance(self._runner, MasterRunner):
            self._runner.stop()
            self._cut = int(time.monotonic() - before > limit)
            return
        self._runner.send_message(FINISH)
        while len(self._finished) < self._workers:
            if time.monotonic() - before > limit + _FINISH_SECONDS:
                missing = self._workers - len(self._finished)
                self._give_up(
                    f"{missing} of {self._workers} Locust workers never ended"
                )
                return
            gevent.sleep(0.05)

    def _one_finished(self, environment: Environment, msg: Message) -> None:
        del environment
        self._cut += int(msg.data["cut"])
        self._finished.add(msg.node_id)

    def _watch(self) -> None:
        """Write down every second how it goes, and end it when a worker is lost."""
        while True:
            gevent.sleep(_TICK_SECONDS)
            RECORDER.flush()
            RECORDER.write(
                TICK,
                time=time.time(),
                users=self._runner.user_count,
                requests=RECORDER.requests,
            )
            if isinstance(self._runner, MasterRunner) and not self._finished:
                present = self._runner.worker_count
                if present < self._workers:
                    lost = self._workers - present
                    self._give_up(f"{lost} of {self._workers} Locust workers went away")
                    return

    def _workers_cpu(self) -> float:
        if not isinstance(self._runner, MasterRunner):
            return 0.0
        return max(
            (float(worker.cpu_usage) for worker in self._runner.clients.all),
            default=0.0,
        )

    def _give_up(self, why: str) -> None:
        RECORDER.write(PROBLEM, message=why)
        self._runner.environment.process_exit_code = 1
        gevent.spawn(self._runner.quit)

    def _stopping(self, **_more: object) -> None:
        if self._mine() and not self._over:
            RECORDER.write(PROBLEM, message="something stopped Locust before its time")

    def _end(self, environment: Environment, **_more: object) -> None:
        if self._mine():
            RECORDER.flush()
            counted = sum(
                entry.num_requests for entry in environment.stats.entries.values()
            )
            RECORDER.write(ENDED, requests=counted, cut=self._cut)
            RECORDER.close()
