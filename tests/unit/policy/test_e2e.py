from __future__ import annotations

from typing import Any

import pytest

from qgate import settings
from qgate.frames import tables
from qgate.policy.e2e import judge_e2e

MESSAGE = "test_a.py:3: in test_a\nE   AssertionError: assert 1 == 2\nE     +1"


def spec(**values: object) -> dict[str, object]:
    row = {"module": "a", "spec": "a/e2e/test_a.py", "found": 2, "executed": 2}
    return {**row, "missing": [], **values}


def test(**values: object) -> dict[str, object]:
    row = {"module": "a", "spec": "a/e2e/test_a.py", "test": "test_a"}
    more = {"browser": "chromium", "outcome": "passed", "retries": 0, "artifacts": []}
    return {**row, **more, "seconds": 1.0, **values}


test.__test__ = False  # type: ignore[attr-defined]


def judged(
    specs: list[dict[str, object]],
    tests: list[dict[str, object]],
    *overrides: str,
    gated: tuple[str, ...] = ("a",),
) -> tuple[list[str], list[str]]:
    modules: list[dict[str, Any]] = [
        {"module": name, "path": name, "depends": [], "gated": True, "why": "named"}
        for name in gated
    ]
    frames = {
        "modules": tables.MODULES.frame(modules),
        "specs": tables.SPECS.frame(specs),
        "e2e": tables.E2E.frame(tests),
    }
    rules = settings.load(overrides=overrides, environ={}).policy.e2e
    return judge_e2e(rules, frames)


def test_specs_that_all_ran_and_passed_are_fine() -> None:
    assert judged([spec()], [test(), test(test="test_b")]) == ([], [])


def test_without_gated_modules_nothing_is_judged() -> None:
    assert judged([], [], gated=()) == ([], ["No module was to be gated."])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            test(outcome="failed", retries=1, message=MESSAGE),
            "a: test_a failed 2 times: AssertionError: assert 1 == 2.",
        ),
        (test(outcome="error", message="E       no x"), "ended in an error: no x."),
        (test(outcome="unfinished"), "a: test_a began and never ended."),
        (test(outcome="flaky", retries=1), "1 test passed only when tried again"),
        (test(outcome="skipped"), "1 test skipped (a: test_a)."),
        (
            test(outcome="failed", message="E   X: " + "y" * 900),
            f"a: test_a failed: X: {'y' * 197}.",
        ),
    ],
)
def test_each_outcome_but_passed_fails(row: dict[str, object], reason: str) -> None:
    failures, errors = judged([spec()], [row])
    assert errors == []
    (failure,) = failures
    assert reason in failure


def test_an_unknown_outcome_cannot_be_judged() -> None:
    failures, errors = judged([spec()], [test(outcome="splendid")])
    assert failures == []
    assert errors == ["a: test_a has the unknown outcome splendid."]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            spec(executed=1, missing=["test_b"]),
            "a: 1 test of a/e2e/test_a.py did not run (test_b).",
        ),
        (spec(found=0), "a: a/e2e/test_a.py has no test."),
        (
            spec(found=0, executed=1, cause="SyntaxError: invalid syntax"),
            "a: a/e2e/test_a.py has no test that can be seen in its source.",
        ),
    ],
)
def test_what_did_not_run_is_named(row: dict[str, object], reason: str) -> None:
    assert judged([row], [test()])[0] == [reason]


def test_a_module_without_specs_fails_whatever_others_have() -> None:
    failures, _ = judged([spec()], [test()], gated=("a", "b"))
    assert failures == ["b: 0 end-to-end tests < 1."]


def test_thresholds_can_be_changed() -> None:
    rows = [test(outcome="flaky"), test(test="test_b", outcome="skipped")]
    wanted = ("e2e.max_flaky=1", "e2e.allow_skipped=true", "e2e.min_specs=2")
    assert judged([spec()], rows, *wanted) == ([], [])
    more = [*rows, test(test="test_c", outcome="flaky")]
    failures, _ = judged([spec()], more, "e2e.max_flaky=1", "e2e.allow_skipped=true")
    assert failures[0].startswith("2 tests passed only when tried again > 1 allowed")


def test_the_browser_is_named_where_there_are_several() -> None:
    rows = [test(), test(browser="firefox", outcome="failed")]
    assert judged([spec()], rows)[0] == ["a: test_a failed in firefox."]
