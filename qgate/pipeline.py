"""One passage through the gate: plan, measure, judge, keep the record."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import qgate
from qgate import comparison, machine, plan, record
from qgate.environment import Environment
from qgate.errors import Interrupted
from qgate.execution import Execution
from qgate.frames import tables
from qgate.history import appending
from qgate.history.digest import configuration_of
from qgate.policy.judge import MEASURED, evaluate, overall
from qgate.progress import Progress, Silence
from qgate.stages.registry import STAGES
from qgate.workspace import git_state

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from qgate.plan import Plan
    from qgate.policy.judge import StageVerdict
    from qgate.policy.rules import Policy
    from qgate.record import Record
    from qgate.settings import Settings


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
    """Decide what to run, of the stages there are.

    Args:
        settings: The configuration.
        stages: Stages to demand instead of the profile's.
        profile: Name of a profile of the configuration.
        changed_since: Judge what changed since this git ref.

    Raises:
        UsageError: A stage, the profile, a module or the ref does not exist, or stages are
            left out of a profile that allows no skip.
    """
    return plan.make_plan(
        settings, STAGES, stages=stages, profile=profile, changed_since=changed_since
    )


def execute(
    chosen: Plan, *, progress: Progress | None = None, fail_fast: bool = False
) -> Outcome:
    """Measure the demanded stages, judge them, and write the record.

    Args:
        chosen: What to run.
        progress: Where to say what goes on.
        fail_fast: End what still runs once a stage has not passed.

    Raises:
        QgateError: The record cannot be written.
        Interrupted: The run was ended from outside; what was measured is in the record.
    """
    progress = progress or Silence()
    settings = chosen.settings
    run_id = record.new_run_id()
    state = git_state(settings)
    likely = chosen.likely.beside
    folder = record.create(settings.reports, run_id)
    started = datetime.now(UTC)
    about = {
        "run_id": run_id,
        "started": started.isoformat(),
        "git": state,
        "machine": machine.fingerprint(),
    }
    run = Execution(
        chosen,
        STAGES,
        run_id=run_id,
        folder=folder,
        progress=progress,
        fail_fast=fail_fast,
        likely=likely,
        compare=lambda frames: comparison.compared(
            settings, frames, about, changed_since=chosen.changed_since
        ),
    )
    try:
        with Environment(settings, progress) as environment:
            run.measure(environment)
            components = run.components(environment.used())
    finally:
        shutil.rmtree(run.scratch, ignore_errors=True)
    frames = {
        **run.frames,
        "modules": chosen.modules_frame(),
        "executions": tables.EXECUTIONS.frame(run.executions()),
        "components": components,
    }
    outcome = _judge_and_save(run, started, frames, state)
    if not chosen.entry:  # of a part of a run nothing is judged, and the whole comes in
        appending.remember(settings, outcome.record)
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


def _judge_and_save(
    run: Execution,
    started: datetime,
    frames: Mapping[str, pd.DataFrame],
    state: Mapping[str, object],
) -> Outcome:
    chosen = run.plan
    complete = {name: table.empty() for name, table in tables.ALL.items()} | dict(
        frames
    )
    policy = chosen.settings.policy
    verdicts = evaluate(policy, complete, chosen.demanded)
    verdict = overall(verdicts, chosen.demanded)
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
        "run_id": run.run_id,
        "qgate": qgate.__version__,
        "started": started.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - started).total_seconds(), 1),
        "verdict": verdict,
        "profile": chosen.profile,
        "demanded": list(chosen.demanded),
        "modules": [module.name for module in chosen.selection.modules],
        "note": chosen.selection.note,
        "git": _throughout(state, git_state(chosen.settings)),
        "machine": machine.fingerprint(),
        "configuration": configuration_of(chosen.settings.model_dump(mode="json")),
        "policy": policy.model_dump(mode="json"),
        "verdicts": {item.stage: item.verdict for item in verdicts},
        "fingerprints": run.fingerprints,
        "durations": {
            row["stage"]: round(row["seconds"], 1)
            for row in run.executions()
            if row["status"] == MEASURED
        },
        "alone": {name: round(seconds, 1) for name, seconds in run.alone.items()},
    }
    if chosen.entry:
        data["entry"] = chosen.entry
    kept = record.save(run.folder, data, {**frames, "stages": stages})
    return Outcome(kept, verdicts, verdict)


def _throughout(
    before: Mapping[str, object], after: Mapping[str, object]
) -> dict[str, object]:
    """Return the state of the checkout that was judged; dirty when it changed meanwhile.

    What was measured after a commit was not what the run began with.
    """
    if not before:
        return {}
    moved = before["commit"] != after.get("commit")
    return {**before, "dirty": moved or before["dirty"] or after["dirty"]}
