from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.frames import rows, tables
from qgate.policy.tests import judge_tests
from tests.support.workspaces import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from qgate.policy.rules import TestsRules

RULES = SHIPPED.tests

REASON_OF_BODY_COVERAGE = (
    "a: body coverage 20.0 % < 50 % (statements inside functions"
    " that ran while a test ran)."
)

GOOD: dict[str, list[dict[str, object]]] = {
    "modules": [
        {"module": "a", "path": "a", "depends": [], "gated": True, "why": "named"},
        {"module": "b", "path": "b", "depends": [], "gated": False, "why": "needed"},
    ],
    "suites": [
        {
            "suite": "tests",
            "modules": ["a"],
            "ended": "completed",
            "exit_code": 0,
            "last_test": "TestA.test_two",
            "reported_tests": 2,
            "reported_failures": 0,
            "reported_errors": 0,
            "coverage_written": True,
            "regular_shutdown": True,
            "template": "t",
            "template_reused": True,
            "template_seconds": 0.0,
            "time_limit": 120.0,
            "seconds": 5.0,
            "peak_memory": 1,
            "log_tail": "",
        }
    ],
    "census": [
        {
            "module": "a",
            "found": 2,
            "executed": 2,
            "skipped": 0,
            "missing": [],
            "not_imported": [],
            "state": "installed",
            "installed_version": "19.0.1.0.0",
            "log_errors": [],
            "log_warnings": [],
        }
    ],
    "tests": [
        {
            "module": "a",
            "class": "TestA",
            "test": name,
            "outcome": "passed",
            "seconds": 0.1,
        }
        for name in ("test_one", "test_two")
    ],
    "coverage": [
        {
            "module": "a",
            "file": "a/x.py",
            "statements": 100,
            "covered": 90,
            "missing": [],
            "branches": 0,
            "branches_covered": 0,
            "body_statements": 50,
            "body_covered": 40,
            "body_missing": [],
        }
    ],
}


def frames(**changes: Mapping[str, object]) -> dict[str, pd.DataFrame]:
    """Return the frames of a run that passes, with the first row of some tables changed."""
    found = {}
    for name, good in GOOD.items():
        lines = [dict(row) for row in good]
        lines[0] |= changes.get(name, {})
        found[name] = tables.ALL[name].frame(lines)
    return found


def judged(
    rules: TestsRules = RULES, **changes: Mapping[str, object]
) -> tuple[list[str], list[str]]:
    return judge_tests(rules, frames(**changes))


def test_good_evidence_passes() -> None:
    assert judged() == ([], [])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {
                "tests": {
                    "outcome": "failed",
                    "message": "Traceback\nAssertionError: 1 != 2",
                }
            },
            "a: TestA.test_one failed: AssertionError: 1 != 2.",
        ),
        (
            {
                "tests": {
                    "outcome": "error",
                    "test": "setUpClass",
                    "message": "KeyError: 'x'",
                }
            },
            "a: TestA.setUpClass ended in an error: KeyError: 'x'.",
        ),
        (
            {"tests": {"outcome": "unfinished"}},
            "a: TestA.test_one began and never ended.",
        ),
        (
            {"suites": {"ended": "time_limit", "exit_code": None}},
            "The suite of a did not end within 120 s, last test TestA.test_two.",
        ),
        (
            {"suites": {"ended": "early"}},
            "The Odoo process of a ended early with exit code 0, last test TestA.test_two.",
        ),
        (
            {"suites": {"ended": "killed", "exit_code": -9, "last_test": None}},
            "The Odoo process of a was killed by signal 9.",
        ),
        (
            {"suites": {"ended": "install_failed", "cause": "SyntaxError: x (y.py:3)"}},
            "Installing a failed: SyntaxError: x (y.py:3).",
        ),
        (
            {"suites": {"exit_code": 255}},
            "The Odoo process of a ended with exit code 255.",
        ),
        (
            {"suites": {"reported_tests": None}},
            "Odoo's log has no result line, so its own count is unknown.",
        ),
        (
            {"suites": {"reported_tests": 3}},
            "Odoo reports 3 tests, but 2 were seen to run.",
        ),
        (
            {"suites": {"reported_errors": 1}},
            "Odoo reports 1 failure that no test accounts for.",
        ),
        ({"suites": {"coverage_written": False}}, "No coverage data were written."),
        (
            {"census": {"state": "uninstalled", "log_errors": ["odoo.modules: bad"]}},
            "a was not installed, its state is uninstalled (odoo.modules: bad).",
        ),
        (
            {"census": {"state": None}},
            "a was not installed, its state is unknown to Odoo.",
        ),
        (
            {"census": {"executed": 0, "found": 3}},
            "a: no test was executed (3 found in its source).",
        ),
        (
            {"census": {"missing": ["TestA.test_x"]}},
            "a: 1 test did not run to the end (TestA.test_x).",
        ),
        (
            {"census": {"not_imported": ["tests/test_b.py"]}},
            "a: tests/test_b.py is not imported by tests/__init__.py, it did not run.",
        ),
        (
            {"census": {"log_errors": ["odoo.x: no"]}},
            "a: Odoo logged an error (odoo.x: no).",
        ),
        ({"coverage": {"covered": 61}}, "a: coverage 61.0 % < 70 %."),
        (
            {"coverage": {"body_covered": 10}},
            REASON_OF_BODY_COVERAGE,
        ),
    ],
)
def test_what_is_bad_fails_with_a_reason(
    changes: dict[str, Mapping[str, object]], reason: str
) -> None:
    failures, _ = judge_tests(RULES, frames(**changes))
    assert reason in failures


@pytest.mark.parametrize("name", ["suites", "census", "tests", "coverage", "modules"])
def test_no_missing_evidence_passes(name: str) -> None:
    found = frames()
    found[name] = tables.ALL[name].empty()
    failures, errors = judge_tests(RULES, found)
    assert failures or errors


def test_a_module_that_no_suite_had_to_test_could_not_be_judged() -> None:
    _, errors = judged(suites={"modules": ["b"]})
    assert errors == ["a: there is no evidence that its tests ran."]


def test_nothing_gated_is_an_error() -> None:
    _, errors = judged(modules={"gated": False})
    assert errors == ["No module was to be gated."]


def test_options_make_it_stricter() -> None:
    strict = RULES.model_copy(
        update={"allow_skipped": False, "allow_warnings": False, "min_tests": 3}
    )
    failures, _ = judged(
        strict,
        tests={"outcome": "skipped"},
        census={"log_warnings": ["odoo.fields: unknown parameter"]},
    )
    assert failures == [
        "1 test skipped (a: TestA.test_one).",
        "a: 2 tests < 3.",
        "a: Odoo logged a warning (odoo.fields: unknown parameter).",
    ]
    assert judged(tests={"outcome": "skipped"}) == ([], [])


def test_a_module_of_data_alone_has_no_coverage_to_lack() -> None:
    nothing = {"statements": 0, "covered": 0, "body_statements": 0, "body_covered": 0}
    assert judged(coverage=nothing) == ([], [])


def test_the_good_evidence_is_complete() -> None:
    for name, frame in frames().items():
        assert list(rows(frame)), name
