from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.frames import tables
from qgate.policy.judge import StageVerdict, evaluate, overall
from tests.support.stages import tools_frame
from tests.support.workspaces import SHIPPED

if TYPE_CHECKING:
    import pandas as pd

POLICY = SHIPPED


def frames(
    status: str = "measured", cause: str | None = None
) -> dict[str, pd.DataFrame]:
    return {
        **{name: table.empty() for name, table in tables.ALL.items()},
        "modules": tables.MODULES.frame(
            [{"module": "a", "path": "a", "depends": [], "gated": True, "why": "named"}]
        ),
        "tools": tools_frame("a"),
        "executions": tables.EXECUTIONS.frame(
            [{"stage": "static", "status": status, "cause": cause, "seconds": 1.0}]
        ),
    }


def test_the_same_evidence_gives_the_same_verdict() -> None:
    evidence = frames()
    first = evaluate(POLICY, evidence, ["static"])
    assert first == evaluate(POLICY, evidence, ["static"])
    assert first == [StageVerdict("static", "passed", 1.0, ())]


def test_a_demanded_stage_that_is_not_there_is_an_error() -> None:
    verdicts = evaluate(POLICY, frames(), ["static", "tests"])
    assert verdicts[1] == StageVerdict(
        "tests", "error", 0.0, ("Stage tests did not run.",)
    )
    assert overall(verdicts, ["static", "tests"]) == "error"


@pytest.mark.parametrize("status", ["skipped", "blocked"])
def test_what_did_not_run_keeps_its_cause(status: str) -> None:
    verdicts = evaluate(POLICY, frames(status, "Because."), [])
    assert (verdicts[0].verdict, verdicts[0].reasons) == (status, ("Because.",))


def verdict(stage: str, value: str) -> StageVerdict:
    return StageVerdict(stage, value, 0.0, ())


@pytest.mark.parametrize(
    ("found", "demanded", "expected"),
    [
        (["passed", "passed"], "ab", "passed"),
        (["passed", "skipped"], "a", "passed"),
        (["passed", "skipped"], "ab", "error"),
        (["skipped", "skipped"], "", "passed"),
        (["failed", "error"], "ab", "failed"),
        (["passed", "error"], "ab", "error"),
        (["passed", "error"], "a", "error"),
        (["passed", "blocked"], "ab", "error"),
        (["failed", "blocked"], "ab", "failed"),
    ],
)
def test_the_runs_verdict(found: list[str], demanded: str, expected: str) -> None:
    verdicts = [verdict(stage, value) for stage, value in zip("ab", found, strict=True)]
    assert overall(verdicts, list(demanded)) == expected
