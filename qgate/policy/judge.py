"""Thresholds and frames become verdicts: one pure function, the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qgate.frames import rows
from qgate.policy.base_coverage import judge_base_coverage
from qgate.policy.deployment import judge_deployment
from qgate.policy.e2e import judge_e2e
from qgate.policy.performance import judge_performance
from qgate.policy.readiness import judge_readiness
from qgate.policy.security import judge_security
from qgate.policy.slowdowns import not_compared
from qgate.policy.static import judge_static
from qgate.policy.tests import judge_tests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

    from qgate.policy.rules import Policy

PASSED: Final = "passed"
FAILED: Final = "failed"
ERROR: Final = "error"
SKIPPED: Final = "skipped"
BLOCKED: Final = "blocked"

MEASURED: Final = "measured"
REUSED: Final = "reused"

JUDGES: Final[
    dict[
        str,
        Callable[[Policy, Mapping[str, pd.DataFrame]], tuple[list[str], list[str]]],
    ]
] = {
    "static": lambda policy, frames: judge_static(policy.static, frames),
    "tests": lambda policy, frames: judge_tests(policy.tests, frames),
    "e2e": lambda policy, frames: judge_e2e(policy.e2e, frames),
    "security": lambda policy, frames: judge_security(policy.security, frames),
    "performance": lambda policy, frames: judge_performance(policy.performance, frames),
    "readiness": lambda policy, frames: judge_readiness(policy, frames, JUDGES),
    "deployment": lambda policy, frames: judge_deployment(policy.deployment, frames),
}
"""For each stage the function that returns its failures and what could not be judged."""

NOTES: Final[
    dict[str, Callable[[Policy, Mapping[str, pd.DataFrame]], Iterable[str]]]
] = {
    "tests": lambda policy, frames: judge_base_coverage(policy.tests, frames)[2],
    "performance": lambda _, frames: not_compared(frames),
}
"""For some stages what a person should know, which turns no verdict."""


@dataclass(frozen=True)
class StageVerdict:
    """The verdict on one stage.

    Attributes:
        stage: Its name.
        verdict: passed, failed, error, skipped or blocked.
        seconds: How long measuring took.
        reasons: Why, one sentence each; empty when it passed without remark.
    """

    stage: str
    verdict: str
    seconds: float
    reasons: tuple[str, ...]


def evaluate(
    policy: Policy, frames: Mapping[str, pd.DataFrame], demanded: Sequence[str]
) -> list[StageVerdict]:
    """Judge every stage in `frames["executions"]`, and every demanded one that is not there.

    Runs nothing and reads nothing else: the same frames and policy give the same verdicts.

    Args:
        policy: The thresholds.
        frames: The frames of a run, by name; one that is missing counts as not measured.
        demanded: Stages that must have passed for the gate to pass.
    """
    executions = frames["executions"]
    verdicts = [_verdict(policy, frames, row) for row in rows(executions)]
    measured = set(executions["stage"])
    verdicts += [
        StageVerdict(stage, ERROR, 0.0, (f"Stage {stage} did not run.",))
        for stage in demanded
        if stage not in measured
    ]
    return verdicts


def overall(verdicts: Sequence[StageVerdict], demanded: Sequence[str]) -> str:
    """Return the verdict of the run: passed only when every demanded stage has passed.

    A failure is certain whatever could not be judged beside it, so `failed` comes before
    `error`. A demanded stage that was skipped has not passed.
    """
    found = {verdict.stage: verdict.verdict for verdict in verdicts}
    if FAILED in found.values():
        return FAILED
    if any(found.get(stage) != PASSED for stage in demanded):
        return ERROR
    return PASSED if set(found.values()) <= {PASSED, SKIPPED} else ERROR


def _verdict(
    policy: Policy, frames: Mapping[str, pd.DataFrame], row: Mapping[str, Any]
) -> StageVerdict:
    stage, seconds = row["stage"], row["seconds"]
    status, cause = row["status"], str(row["cause"])
    if status in (SKIPPED, BLOCKED):
        return StageVerdict(stage, status, seconds, (cause,))
    failures, errors = JUDGES[stage](policy, frames)
    if status == ERROR:
        # What was measured before the error may already show a failure; it is told too.
        return StageVerdict(stage, ERROR, seconds, (cause, *failures))
    verdict = FAILED if failures else ERROR if errors else PASSED
    notes = NOTES[stage](policy, frames) if stage in NOTES else ()
    return StageVerdict(stage, verdict, seconds, (*failures, *errors, *notes))
