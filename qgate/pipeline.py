"""Runs the stages and keeps what they measured: the only scheduler.

Exceptions of a stage become a row of the frame `executions` here and nowhere else.
"""

from __future__ import annotations

import shutil
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import qgate
from qgate import process, record
from qgate.environment import Environment
from qgate.errors import Interrupted, QgateError, StageFailed, UsageError
from qgate.frames import tables
from qgate.policy.judge import ERROR, PASSED, SKIPPED, evaluate, overall
from qgate.progress import Progress, Silence
from qgate.stages.base import Context
from qgate.stages.registry import STAGES
from qgate.workspace import Selection, Workspace, git_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from qgate.frames import Table
    from qgate.policy.judge import StageVerdict
    from qgate.policy.rules import Policy
    from qgate.record import Record
    from qgate.settings import Settings

MEASURED: Final = "measured"
BLOCKED: Final = "blocked"


@dataclass(frozen=True)
class Plan:
    """What a run is going to do.

    Attributes:
        settings: The configuration.
        workspace: The checkout being judged.
        selection: The modules to judge, and why.
        demanded: Stages that have to pass, in order.
        skipped: Known stages that are not demanded, each with the reason.
    """

    settings: Settings
    workspace: Workspace
    selection: Selection
    demanded: tuple[str, ...]
    skipped: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """What a passage through the gate came to.

    Attributes:
        record: The record, with frames and verdicts.
        verdicts: One per stage.
        verdict: passed, failed or error.
    """

    record: Record
    verdicts: Sequence[StageVerdict]
    verdict: str


def make_plan(
    settings: Settings,
    *,
    stages: Sequence[str] | None = None,
    profile: str = "local",
    changed_since: str | None = None,
) -> Plan:
    """Decide what to run.

    Args:
        settings: The configuration.
        stages: Stages to demand instead of the profile's.
        profile: Name of a profile of the configuration.
        changed_since: Judge what changed since this git ref.

    Raises:
        UsageError: A stage, the profile, a module or the ref does not exist.
    """
    if profile not in settings.profiles:
        message = f"There is no profile {profile}."
        hint = f"There are: {', '.join(settings.profiles)}."
        raise UsageError(message, hint=hint)
    source = f"--stages {','.join(stages)}" if stages else f"profile {profile}"
    wanted = tuple(stages or settings.profiles[profile].stages)
    for name in wanted:
        if name not in STAGES:
            message = f"There is no stage {name}."
            raise UsageError(message, hint=f"There are: {', '.join(STAGES)}.")
    workspace = Workspace.load(settings)
    selection = workspace.select(settings, changed_since)
    demanded = tuple(name for name in STAGES if name in wanted)
    skipped = {
        name: f"Not demanded by {source}." for name in STAGES if name not in wanted
    }
    if not selection.modules:
        skipped |= dict.fromkeys(demanded, selection.note or "There is no module.")
        demanded = ()
    return Plan(settings, workspace, selection, demanded, skipped)


def execute(
    plan: Plan, *, progress: Progress | None = None, fail_fast: bool = False
) -> Outcome:
    """Measure the demanded stages, judge them, and write the record.

    Args:
        plan: What to run.
        progress: Where to say what goes on.
        fail_fast: Start nothing more once a stage has not passed.

    Raises:
        QgateError: The record cannot be written.
        Interrupted: The run was ended from outside; what was measured is in the record.
    """
    progress = progress or Silence()
    settings = plan.settings
    run_id = record.new_run_id()
    folder = record.create(settings.reports, run_id)
    run = _Execution(plan, run_id, folder, progress, fail_fast)
    started = datetime.now(UTC)
    try:
        with Environment(settings, progress) as environment:
            run.measure(environment)
            components = environment.used()
    finally:
        shutil.rmtree(run.scratch, ignore_errors=True)
    frames = {
        **run.frames,
        "modules": _modules_frame(plan),
        "executions": tables.EXECUTIONS.frame(run.executions()),
        "components": components,
    }
    outcome = _judge_and_save(plan, folder, run_id, started, frames)
    record.prune(settings.reports, settings.report.keep_runs)
    if run.interrupted:
        message = f"The run was interrupted; its record is {folder}."
        raise Interrupted(message)
    return outcome


def judge(old: Record, policy: Policy) -> tuple[list[StageVerdict], str]:
    """Judge the record of an old run under *policy*, running nothing."""
    frames = old.frames()
    demanded = tuple(old.data["demanded"])
    verdicts = evaluate(policy, frames, demanded)
    return verdicts, overall(verdicts, demanded)


class _Execution:
    """One run while it measures."""

    def __init__(
        self,
        plan: Plan,
        run_id: str,
        folder: Path,
        progress: Progress,
        fail_fast: bool,  # noqa: FBT001 - private
    ) -> None:
        self.plan = plan
        self.run_id = run_id
        self.folder = folder
        self.scratch = folder / "scratch"
        self.progress = progress
        self.fail_fast = fail_fast
        self.frames: dict[str, pd.DataFrame] = {}
        self.interrupted = False
        self._rows: dict[str, dict[str, Any]] = {
            name: _row(name, SKIPPED, why) for name, why in plan.skipped.items()
        }
        self._stop = threading.Event()

    def executions(self) -> list[dict[str, Any]]:
        """Return one row per stage, in the order of the stages."""
        return [self._rows[name] for name in STAGES if name in self._rows]

    def measure(self, environment: Environment) -> None:
        """Measure all demanded stages, at once where nothing forbids it."""
        with ThreadPoolExecutor(max_workers=max(1, len(self.plan.demanded))) as pool:
            futures = [
                pool.submit(self._stage, name, environment)
                for name in self.plan.demanded
            ]
            try:
                for future in futures:
                    future.result()
            except KeyboardInterrupt:
                self.interrupted = True
                self._stop.set()
                process.stop_all()
        process.resume()

    def _stage(self, name: str, environment: Environment) -> None:
        stage = STAGES[name]
        started = datetime.now(UTC)
        clock = time.monotonic()
        if self._stop.is_set():
            self._rows[name] = _row(name, BLOCKED, "An earlier stage stopped the run.")
            return
        status, cause = MEASURED, None
        try:
            frames = stage.measure(self._context(name, environment)).frames
            self._keep(stage.tables, frames)
        except StageFailed as error:
            status, cause = ERROR, str(error)
            self._keep(stage.tables, error.frames)
        except Interrupted as error:
            status, cause = BLOCKED, str(error)
        except QgateError as error:
            status, cause = ERROR, str(error)
        except Exception as error:  # noqa: BLE001 - the one boundary; a bug is an error too
            trace = self.folder / "evidence" / name / "traceback.txt"
            trace.parent.mkdir(parents=True, exist_ok=True)
            trace.write_text(traceback.format_exc(), encoding="utf-8")
            status = ERROR
            cause = (
                f"qgate itself failed: {type(error).__name__}: {error} (see {trace})."
            )
        self._rows[name] = _row(name, status, cause, started, time.monotonic() - clock)
        if self.fail_fast and not self._passed(name):
            self._stop.set()
            process.stop_all()

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
            progress=self.progress,
        )

    def _keep(
        self, allowed: Iterable[Table], frames: Mapping[str, pd.DataFrame]
    ) -> None:
        for table in allowed:
            if table.name in frames:
                self.frames[table.name] = table.check(frames[table.name])

    def _passed(self, name: str) -> bool:
        frames = {
            **{table.name: table.empty() for table in tables.ALL.values()},
            **self.frames,
            "modules": _modules_frame(self.plan),
            "executions": tables.EXECUTIONS.frame([self._rows[name]]),
        }
        return evaluate(self.plan.settings.policy, frames, ())[0].verdict == PASSED


def _judge_and_save(
    plan: Plan,
    folder: Path,
    run_id: str,
    started: datetime,
    frames: Mapping[str, pd.DataFrame],
) -> Outcome:
    complete = {name: table.empty() for name, table in tables.ALL.items()} | dict(
        frames
    )
    policy = plan.settings.policy
    verdicts = evaluate(policy, complete, plan.demanded)
    verdict = overall(verdicts, plan.demanded)
    stages = tables.STAGES.frame(
        {
            "stage": item.stage,
            "verdict": item.verdict,
            "seconds": item.seconds,
            "reasons": list(item.reasons),
        }
        for item in verdicts
    )
    data = {
        "run_id": run_id,
        "qgate": qgate.__version__,
        "started": started.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - started).total_seconds(), 1),
        "verdict": verdict,
        "demanded": list(plan.demanded),
        "modules": [module.name for module in plan.selection.modules],
        "note": plan.selection.note,
        "git": git_state(plan.settings),
        "policy": policy.model_dump(mode="json"),
    }
    kept = record.save(folder, data, {**frames, "stages": stages})
    return Outcome(kept, verdicts, verdict)


def _modules_frame(plan: Plan) -> pd.DataFrame:
    gated = {module.name for module in plan.selection.modules}
    others = plan.workspace.dependencies(plan.selection.modules)
    return tables.MODULES.frame(
        {
            "module": module.name,
            "path": plan.workspace.relative(module.path),
            "version": module.version,
            "depends": list(module.depends),
            "gated": module.name in gated,
            "why": plan.selection.why.get(module.name, "a gated module depends on it"),
        }
        for module in (*others, *plan.selection.modules)
    )


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
