"""Runs the demanded stages of one run: which may start, which has to end, what each came to.

Exceptions of a stage become a row of the frame `executions` here and nowhere else.
"""

from __future__ import annotations

import contextvars
import os
import time
import traceback
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from qgate import process
from qgate.errors import Interrupted, QgateError, StageFailed
from qgate.frames import rows, tables
from qgate.policy.judge import (
    BLOCKED,
    ERROR,
    MEASURED,
    PASSED,
    REUSED,
    SKIPPED,
    evaluate,
)
from qgate.reuse import find, fingerprint, take_over
from qgate.stages.base import Context
from qgate.turns import Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import pandas as pd

    from qgate.environment import Environment
    from qgate.frames import Table
    from qgate.plan import Plan
    from qgate.process import Scope
    from qgate.progress import Progress
    from qgate.stages.base import Stage

    Compare = Callable[[Mapping[str, pd.DataFrame]], Mapping[str, pd.DataFrame]]

_TICK_SECONDS: Final = 0.25
_MEMORY_SECONDS: Final = 1.0
"""Looking at every process of the machine more often would slow down what is measured."""

COMPARED: Final = frozenset({"tests", "performance", "readiness"})
"""Stages with figures that are compared with those of earlier runs, or of the base branch."""


@dataclass
class _Underway:
    """A stage that runs.

    Attributes:
        scope: Its programs.
        started: When it began.
        clock: The same, on the monotonic clock.
        limit: Seconds it may take.
        peak: Largest resident set of its programs, in bytes.
        late: Whether it was ended at its time limit.
        turn: What it waits for, if it does.
    """

    scope: Scope
    limit: float
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    clock: float = field(default_factory=time.monotonic)
    peak: int = 0
    late: bool = False
    turn: Turn = field(default_factory=lambda: Turn(scheduled=True))

    @property
    def seconds(self) -> float:
        """How long it has been at work, without what it waited for others."""
        return time.monotonic() - self.clock - self.turn.waited

    @property
    def at_work(self) -> bool:
        """Whether it does not wait for others."""
        return self.turn.want is None


class Execution:
    """One run while it measures.

    Args:
        plan: What to run.
        stages: Every known stage, by name, in order.
        run_id: Identifier of the run.
        folder: Folder of its record.
        progress: Where to say what goes on.
        fail_fast: End what still runs at the first stage that does not pass.
        likely: Seconds that each stage is likely to be at work beside others; the longest
            begins first.
        compare: Says, of all frames, how they compare with what was before the run.
    """

    def __init__(
        self,
        plan: Plan,
        stages: Mapping[str, Stage],
        *,
        run_id: str,
        folder: Path,
        progress: Progress,
        fail_fast: bool,
        likely: Mapping[str, float] | None = None,
        compare: Compare | None = None,
    ) -> None:
        self.plan = plan
        self._compare = compare
        self.run_id = run_id
        self.folder = folder
        self.scratch = folder / "scratch"
        self.frames: dict[str, pd.DataFrame] = {}
        self.fingerprints: dict[str, str] = {}
        self.alone: dict[str, float] = {}
        self._inherited: dict[str, dict[str, Any]] = {}
        self.interrupted = False
        self._stages = stages
        self._progress = progress
        self._fail_fast = fail_fast
        # Who waits for the first failure wants to hear of the quick ones first.
        self._likely = {} if fail_fast else dict(likely or {})
        self._stopped_by: str | None = None
        self._verdicts: dict[str, str] = {}
        self._looked = 0.0
        self._underway: dict[str, _Underway] = {}
        self._rows: dict[str, dict[str, Any]] = {
            name: _row(name, SKIPPED, why) for name, why in plan.skipped.items()
        }

    def executions(self) -> list[dict[str, Any]]:
        """Return one row per stage, in the order of the stages."""
        return [self._rows[name] for name in self._stages if name in self._rows]

    def components(self, used: pd.DataFrame) -> pd.DataFrame:
        """Return the components that this run *used*, and those its results came with."""
        known = {row["component"]: row for row in rows(used)}
        return tables.COMPONENTS.frame((self._inherited | known).values())

    def measure(self, environment: Environment) -> None:
        """Measure all demanded stages, at once where cores and their needs allow."""
        waiting = [name for name in self.plan.demanded if name not in self._rows]
        running: dict[Future[None], str] = {}
        with ThreadPoolExecutor(max_workers=max(1, len(waiting))) as pool:
            try:
                while waiting or running:
                    for name in self._startable(waiting):
                        waiting.remove(name)
                        running[self._start(pool, name, environment)] = name
                    self._give_turns(waiting)
                    done, _ = wait(running, _TICK_SECONDS, FIRST_COMPLETED)
                    for future in done:
                        self._finish(running.pop(future), future)
                    self._tick()
                    if self._stopped_by and waiting:
                        self._block(waiting)
            except KeyboardInterrupt:
                self.interrupted = True
                process.stop_all()
                for future, name in running.items():
                    self._finish(name, future)
                self._block(waiting)
        process.resume()

    def _startable(self, waiting: list[str]) -> list[str]:
        """Return the stages that may start now, in order."""
        busy = self._busy()
        free = max(0, (os.cpu_count() or 1) - len(busy))
        if self._stopped_by or self._somebody_alone():
            return []
        here = {*waiting, *self._underway}
        ready = [name for name in waiting if not self._stages[name].after & here]
        # What can run beside others goes first; then nobody waits for what runs alone.
        shared = [name for name in ready if not self._stages[name].alone]
        if self._likely:
            shared.sort(key=lambda name: -self._likely.get(name, 0))
        return shared[:free] if shared or busy else ready[:1]

    def _give_turns(self, waiting: list[str]) -> None:
        """Let those go on that have waited for what is so now."""
        for underway in self._underway.values():
            want, busy = underway.turn.want, self._busy()
            if want is None or self._stopped_by or self._somebody_alone():
                continue
            if want.alone:
                may = not busy and not self._startable(waiting)
            else:
                may = not want.after & {*waiting, *self._underway} and len(busy) < (
                    os.cpu_count() or 1
                )
            if may:
                underway.turn.give(self._verdicts)

    def _busy(self) -> list[str]:
        return [name for name, one in self._underway.items() if one.at_work]

    def _somebody_alone(self) -> bool:
        return any(
            one.turn.alone or (one.at_work and self._stages[name].alone)
            for name, one in self._underway.items()
        )

    def _start(
        self, pool: ThreadPoolExecutor, name: str, environment: Environment
    ) -> Future[None]:
        stage = self._stages[name]
        limit = stage.time_limit(self.plan.settings)
        self._underway[name] = _Underway(process.Scope(process.ALL), limit)
        self._progress.step(name, "starting")
        return pool.submit(
            contextvars.copy_context().run, self._stage, name, environment
        )

    def _stage(self, name: str, environment: Environment) -> None:
        with self._underway[name].scope.entered():
            stage = self._stages[name]
            context = self._context(name, environment)
            if stage.reusable and self._reuse(stage, context):
                return
            self._keep(stage.tables, stage.measure(context).frames)

    def _finish(self, name: str, future: Future[None]) -> None:
        """Turn how a stage ended into its row, and judge it."""
        underway = self._underway.pop(name)
        status, cause = self._ended(name, future)
        if underway.late:
            status = ERROR
            cause = f"Stage {name} did not end within {underway.limit:.0f} s." + (
                f" {cause}" if cause else ""
            )
        elif underway.scope.stopped and status == ERROR:
            # What was ended from outside fails in its own way; that is not its fault.
            status, cause = BLOCKED, f"It was ended because {underway.scope.stopped}."
        row = _row(name, status, cause, underway.started, underway.seconds)
        row["peak_memory"] = underway.peak or None
        if underway.turn.kept:
            self.alone[name] = underway.turn.kept
        if name not in self._rows:  # else its result was taken over
            self._rows[name] = row
        verdict = self._judge(name)
        self._verdicts[name] = verdict
        self._progress.ended(name, verdict)
        if self._fail_fast and verdict != PASSED and not self._stopped_by:
            self._stopped_by = name
            for other in self._underway.values():
                other.scope.stop(f"stage {name} has not passed")

    def _ended(self, name: str, future: Future[None]) -> tuple[str, str | None]:
        """Return status and cause of a stage, after it has come to its end."""
        try:
            future.result()
        except Interrupted as error:
            return BLOCKED, str(error)
        except StageFailed as error:
            self._keep(self._stages[name].tables, error.frames)
            return ERROR, str(error)
        except QgateError as error:
            return ERROR, str(error)
        except Exception as error:  # noqa: BLE001 - the one boundary; a bug is an error too
            return ERROR, self._bug(name, error)
        return MEASURED, None

    def _bug(self, name: str, error: Exception) -> str:
        trace = self.folder / "evidence" / name / "traceback.txt"
        trace.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(traceback.format_exception(error))
        trace.write_text(process.mask(text, self.plan.settings.secrets))
        return f"qgate itself failed: {type(error).__name__}: {error} (see {trace})."

    def _tick(self) -> None:
        """End the stages that take too long, and note how much memory each takes."""
        looks = time.monotonic() - self._looked >= _MEMORY_SECONDS
        if looks:
            self._looked = time.monotonic()
        for underway in self._underway.values():
            if looks:
                underway.peak = max(underway.peak, underway.scope.memory())
            if underway.seconds > underway.limit and not underway.late:
                underway.late = True
                underway.scope.stop("the stage reached its time limit")

    def _block(self, waiting: list[str]) -> None:
        why = (
            f"Stage {self._stopped_by} has not passed."
            if self._stopped_by
            else "The run was interrupted."
        )
        for name in waiting:
            self._rows[name] = _row(name, BLOCKED, why)
        waiting.clear()

    def _context(self, name: str, environment: Environment) -> Context:
        evidence = self.folder / "evidence" / name
        scratch = self.scratch / name
        evidence.mkdir(parents=True)
        scratch.mkdir(parents=True)
        return Context(
            run_id=self.run_id,
            settings=self.plan.settings,
            workspace=self.plan.workspace,
            modules=self.plan.selection.modules,
            environment=environment,
            evidence=evidence,
            scratch=scratch,
            progress=self._progress,
            verdicts=dict(self._verdicts),
            turn=self._underway[name].turn,
            elsewhere=self.plan.elsewhere,
            neighbours=self.plan.neighbours,
        )

    def _reuse(self, stage: Stage, context: Context) -> bool:
        """Take over what an earlier run measured, when nothing it depends on has changed."""
        began = time.monotonic()
        mark = fingerprint(stage, context)
        self.fingerprints[stage.name] = mark
        if not context.settings.cache:
            return False
        old = find(context.settings.reports, stage, mark)
        if old is None:
            return False
        frames, origin = take_over(old, stage, context.evidence)
        self._keep(stage.tables, frames)
        for component in rows(frames["components"]):
            self._inherited.setdefault(component["component"], component)
        underway = self._underway[stage.name]
        row = _row(
            stage.name,
            REUSED,
            f"Nothing has changed since run {origin}.",
            underway.started,
            time.monotonic() - began,
        )
        self._rows[stage.name] = row | {"reused_from": origin}
        return True

    def _keep(
        self, allowed: Iterable[Table], frames: Mapping[str, pd.DataFrame]
    ) -> None:
        for table in allowed:
            if table.name in frames:
                self.frames[table.name] = table.check(frames[table.name])

    def _judge(self, name: str) -> str:
        frames = {
            **{table.name: table.empty() for table in tables.ALL.values()},
            **self.frames,
            "modules": self.plan.modules_frame(),
            # A verdict may rest on that of a stage before, and on when it began.
            "executions": tables.EXECUTIONS.frame(self._rows.values()),
        }
        if self._compare and name in COMPARED:
            try:
                found = self._compare(frames)
            except Exception as error:  # noqa: BLE001 - the policy knows what it demands
                self._progress.step(name, self._bug(name, error))
            else:
                self.frames |= found
                frames |= found
        verdicts = evaluate(self.plan.settings.policy, frames, ())
        return next(item.verdict for item in verdicts if item.stage == name)


def _row(
    stage: str,
    status: str,
    cause: str | None,
    started: datetime | None = None,
    seconds: float = 0.0,
) -> dict[str, Any]:
    return {
        "stage": stage,
        "status": status,
        "cause": cause,
        "started": started,
        "seconds": seconds,
    }
