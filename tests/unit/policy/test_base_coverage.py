from __future__ import annotations

from typing import Any

import pytest

from qgate import settings
from qgate.frames import tables
from qgate.policy.base_coverage import judge_base_coverage
from qgate.policy.tests import judge_tests

MODULE = {"module": "a", "path": "a", "depends": [], "gated": True, "why": "named"}
FILE = {
    "module": "a",
    "file": "a/models/a.py",
    "statements": 100,
    "covered": 80,
    "missing": [],
    "branches": 0,
    "branches_covered": 0,
    "body_statements": 0,
    "body_covered": 0,
    "body_missing": [],
}
READY = [
    {"kind": kind, "status": "ready", "ref": "main", "commit": "c" * 40}
    for kind in ("diff", "coverage")
]
NO_WORSE = "tests.no_worse_than_base=true"
CHANGED = "tests.min_changed_coverage=80"


def judged(
    *overrides: str,
    baselines: list[dict[str, Any]] | None = None,
    base: dict[str, Any] | None = None,
    changed: dict[str, Any] | None = None,
) -> tuple[list[str], list[str], list[str]]:
    frames = {
        "modules": tables.MODULES.frame([MODULE]),
        "coverage": tables.COVERAGE.frame([FILE]),
        "baselines": tables.BASELINES.frame(READY if baselines is None else baselines),
        "base_coverage": tables.BASE_COVERAGE.frame([base] if base else []),
        "changed_coverage": tables.CHANGED_COVERAGE.frame([changed] if changed else []),
    }
    rules = settings.load(environ={}, overrides=overrides).policy.tests
    return judge_base_coverage(rules, frames)


def base(covered: int, status: str = "measured") -> dict[str, Any]:
    return {
        "module": "a",
        "status": status,
        "statements": 100,
        "covered": covered,
        "run_id": "old",
        "commit": "b" * 40,
    }


def changed(statements: int, missing: list[int]) -> dict[str, Any]:
    return {
        "module": "a",
        "file": "a/models/a.py",
        "statements": statements,
        "covered": statements - len(missing),
        "missing": missing,
    }


def test_nothing_is_demanded_by_default() -> None:
    found = judged(baselines=[], base=base(99), changed=changed(50, [1] * 50))

    assert found == ([], [], [])


def test_worse_than_the_base_fails() -> None:
    failures, errors, _ = judged(NO_WORSE, base=base(85))

    assert failures == [
        "a: coverage 80.0 % is worse than the 85.0 % of the base branch (bbbbbbbbbb)."
    ]
    assert errors == []


@pytest.mark.parametrize("covered", [80, 79])
def test_as_good_as_the_base_passes(covered: int) -> None:
    assert judged(NO_WORSE, base=base(covered)) == ([], [], [])


def test_the_tolerance_is_the_policys() -> None:
    assert judged(NO_WORSE, "tests.coverage_tolerance=5", base=base(85))[0] == []


def test_a_module_that_is_new_is_not_compared() -> None:
    new = {"module": "a", "status": "new"}

    assert judged(NO_WORSE, base=new) == ([], [], [])


def test_a_base_without_a_figure_is_an_error_where_it_is_demanded() -> None:
    for known in (None, {"module": "a", "status": "missing"}):
        failures, errors, _ = judged(NO_WORSE, base=known)
        assert failures == []
        assert errors == [
            "a: the base branch has it, but no run of it says how much of it is covered."
        ]


def test_absent_evidence_is_an_error_and_says_why() -> None:
    missing = [
        {
            "kind": kind,
            "status": "missing",
            "ref": "main",
            "detail": "There is no git.",
        }
        for kind in ("diff", "coverage")
    ]

    assert judged(NO_WORSE, CHANGED, baselines=missing)[1] == [
        "Coverage of the base branch is unknown: There is no git.",
        "What changed since the base branch is unknown: There is no git.",
    ]
    assert judged(NO_WORSE, CHANGED, baselines=[])[1] == [
        "Coverage of the base branch is not in the record; run the gate again.",
        "What changed since the base branch is not in the record; run the gate again.",
    ]


def test_changed_statements_have_to_be_covered() -> None:
    failures, errors, notes = judged(CHANGED, changed=changed(20, [3, 5, 8, 9, 12]))

    assert failures == [
        (
            "75.0 % of 20 statements changed since main are covered < 80 % (not run: "
            "a/models/a.py:3, a/models/a.py:5, a/models/a.py:8, a/models/a.py:9, "
            "a/models/a.py:12)."
        )
    ]
    assert (errors, notes) == ([], [])
    assert judged(CHANGED, changed=changed(20, [3, 5, 8, 9]))[0] == []


def test_few_changed_statements_are_not_judged_and_that_is_said() -> None:
    failures, errors, notes = judged(CHANGED, changed=changed(19, [1] * 19))

    assert (failures, errors) == ([], [])
    assert notes == [
        "19 changed statements since main, fewer than 20: their coverage is not judged."
    ]


def test_the_stage_fails_and_errs_by_it() -> None:
    frames = {name: table.empty() for name, table in tables.ALL.items()} | {
        "modules": tables.MODULES.frame([MODULE]),
        "coverage": tables.COVERAGE.frame([FILE]),
        "baselines": tables.BASELINES.frame(READY),
        "base_coverage": tables.BASE_COVERAGE.frame([base(99)]),
    }
    rules = settings.load(environ={}, overrides=[NO_WORSE]).policy.tests
    failures, _ = judge_tests(rules, frames)

    assert any("worse than the 99.0 %" in reason for reason in failures)
