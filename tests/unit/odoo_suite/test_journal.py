from __future__ import annotations

import json
from typing import TYPE_CHECKING

from qgate.odoo_suite.journal import build, read

if TYPE_CHECKING:
    from pathlib import Path


def event(kind: str, test: str = "test_one", **values: object) -> dict[str, object]:
    names = {"module": "odoo.addons.thing.tests.test_a", "class": "TestA", "test": test}
    return {"event": kind, "at": 0.0, **names, **values}


def stop(test: str = "test_one") -> dict[str, object]:
    return event("stop", test, seconds=0.5, queries=7)


def test_a_run_to_its_end() -> None:
    journal = build(
        [
            {"event": "suite", "phase": "at_install", "tests": 2},
            event("start"),
            event("success"),
            stop(),
            event("start", "test_two"),
            event("failure", "test_two", message="Traceback\nAssertionError: 1 != 2"),
            stop("test_two"),
            {"event": "shutdown", "code": 1},
            {"event": "coverage", "files": 3},
        ]
    )
    assert [(t.name, t.outcome, t.seconds, t.queries) for t in journal.tests] == [
        ("TestA.test_one", "passed", 0.5, 7),
        ("TestA.test_two", "failed", 0.5, 7),
    ]
    assert {t.module for t in journal.tests} == {"thing"}
    assert {t.file for t in journal.tests} == {"tests.test_a"}
    assert {t.phase for t in journal.tests} == {"at_install"}
    assert (journal.code, journal.coverage_files, journal.expected) == (1, 3, 2)
    assert journal.last == "TestA.test_two"


def test_a_test_that_never_ended_is_unfinished() -> None:
    journal = build([event("start")])
    assert journal.tests[0].outcome == "unfinished"
    assert (journal.code, journal.coverage_files) == (None, None)


def test_a_test_that_left_without_an_outcome_is_unfinished() -> None:
    assert build([event("start"), stop()]).tests[0].outcome == "unfinished"


def test_a_failure_is_not_taken_back_by_what_comes_after() -> None:
    events = [event("start"), event("failure", message="a"), event("success"), stop()]
    assert build(events).tests[0].outcome == "failed"
    events = [
        event("start"),
        event("failure", message="a"),
        event("error", message="b"),
    ]
    test = build(events).tests[0]
    assert (test.outcome, test.messages) == ("failed", ["a", "b"])


def test_an_error_after_success_counts() -> None:
    events = [event("start"), event("success"), event("error", message="in cleanup")]
    assert build(events).tests[0].outcome == "error"


def test_a_skipped_test_has_its_reason() -> None:
    test = build([event("start"), event("skip", message="later"), stop()]).tests[0]
    assert (test.outcome, test.messages) == ("skipped", ["later"])


def test_a_broken_class_set_up_has_a_row_of_its_own() -> None:
    journal = build([event("error", "setUpClass", message="no fixture")])
    assert [(t.name, t.outcome) for t in journal.tests] == [
        ("TestA.setUpClass", "error")
    ]


def test_a_try_that_odoo_repeats_does_not_count() -> None:
    events = [
        event("start"),
        event("retried", message="x"),
        event("start"),
        event("success"),
    ]
    assert [t.outcome for t in build(events).tests] == ["passed"]


def test_half_a_line_and_other_noise_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    lines = [
        json.dumps(event("start")),
        "[]",
        "not json",
        json.dumps(event("success"))[:20],
    ]
    path.write_text("\n".join(lines))
    assert [t.outcome for t in read(path).tests] == ["unfinished"]


def test_no_journal_means_that_nothing_happened(tmp_path: Path) -> None:
    assert read(tmp_path / "none").tests == []
