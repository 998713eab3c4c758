from __future__ import annotations

from pathlib import Path

import pytest

from qgate.e2e import results
from qgate.e2e.census import Spec
from qgate.e2e.journal import Journal, Key, Try
from qgate.e2e.suite import Unit, UnitRun
from qgate.frames import tables
from qgate.workspace import Workspace

ROOT = Path("/w")
SPEC = ROOT / "a/e2e/test_a.py"
WORKSPACE = Workspace(ROOT, (), (), {}, {})


def key(test: str, browser: str = "chromium", spec: Path = SPEC) -> Key:
    return Key(str(spec), test, browser)


def run_of(journal: Journal, *tests: str, cause: str | None = None) -> UnitRun:
    unit = Unit("a", SPEC.parent, (Spec(SPEC, tests),))
    return UnitRun(unit, journal, None, cause, ROOT / "log")


@pytest.mark.parametrize(
    ("tries", "outcome"),
    [
        (["passed"], "passed"),
        (["skipped"], "skipped"),
        (["failed", "passed"], "flaky"),
        (["error", "failed"], "error"),
        (["failed", "unfinished"], "unfinished"),
        (["unfinished", "passed"], "flaky"),
        (["failed", "skipped"], "flaky"),
    ],
)
def test_tries_come_to_one_outcome(tries: list[str], outcome: str) -> None:
    assert results.outcome(tries) == outcome


def test_the_first_failure_is_what_is_told() -> None:
    journal = Journal(
        collected={key("test_a"): "test_a"},
        tries={
            key("test_a"): [
                Try(5.0, "failed", 1.0, "first", ["/e/a/x.png", "/elsewhere/y.png"]),
                Try(7.0, "passed", 0.5),
            ]
        },
    )
    (row,) = results.test_rows(WORKSPACE, run_of(journal, "test_a"), Path("/e"), ())
    assert row["outcome"] == "flaky"
    assert row["message"] == "first"
    assert row["artifacts"] == ["a/x.png"]
    assert (row["seconds"], row["retries"]) == (1.5, 1)
    assert row["spec"] == "a/e2e/test_a.py"
    tables.E2E.frame([row])


def test_secrets_and_endless_messages_are_cut() -> None:
    journal = Journal(
        tries={key("test_a"): [Try(1.0, "failed", 1.0, "hush-hush " + "x" * 90_000)]}
    )
    run = run_of(journal, "test_a")
    (row,) = results.test_rows(WORKSPACE, run, Path("/e"), ("hush-hush",))
    assert "hush" not in row["message"]
    assert len(row["message"]) < 21_000


def test_a_view_that_does_not_open_is_a_failure_of_the_warm_up() -> None:
    journal = Journal(broken_views=[("chromium", "a.act: list", "Oops!")])
    (row,) = results.test_rows(WORKSPACE, run_of(journal), Path("/e"), ())
    assert (row["spec"], row["test"]) == ("warm-up", "open a.act: list")
    assert (row["outcome"], row["message"]) == ("failed", "Oops!")
    tables.E2E.frame([row])


def test_a_test_counts_when_all_of_it_ended_in_every_browser() -> None:
    every = [(key("test_a", browser), "test_a") for browser in ("chromium", "firefox")]
    journal = Journal(
        collected=dict(
            [
                *every,
                (key("test_b[1]"), "test_b"),
                (key("test_b[1]", "firefox"), "test_b"),
                (key("test_b[2]"), "test_b"),
                (key("test_c"), "test_c"),
                *((key("test_d", name), "test_d") for name in ("chromium", "firefox")),
            ]
        ),
        tries={
            **{one: [Try(1.0, "failed", 1.0)] for one, _ in every},
            key("test_b[1]"): [Try(1.0, "passed", 1.0)],
            key("test_b[1]", "firefox"): [Try(1.0, "passed", 1.0)],
            key("test_c"): [Try(1.0, "passed", 1.0)],
            key("test_d"): [Try(1.0, "skipped", 1.0)],
            key("test_d", "firefox"): [Try(1.0, "passed", 1.0)],
        },
    )
    run = run_of(journal, "test_a", "test_b", "test_c", "test_d", "test_e")
    browsers = ("chromium", "firefox")
    (row,) = results.spec_rows(WORKSPACE, [run.unit], [run], browsers)
    assert row["found"] == 5
    assert row["executed"] == 1
    assert row["missing"] == ["test_b", "test_c", "test_e"]
    (alone,) = results.spec_rows(WORKSPACE, [run.unit], [], browsers)
    assert alone["executed"] == 0
    assert len(alone["missing"]) == 5


def test_causes_name_file_and_exception() -> None:
    journal = Journal(refused={str(SPEC): "x\nE   ImportError: No module named 'y'."})
    run = run_of(journal, "test_a", cause="pytest was killed by signal 9.")
    assert results.causes(WORKSPACE, [run]) == [
        "a/e2e/test_a.py cannot be collected: ImportError: No module named 'y'.",
        "pytest was killed by signal 9.",
    ]
    (row,) = results.spec_rows(WORKSPACE, [run.unit], [run], ("chromium",))
    assert row["cause"] == "ImportError: No module named 'y'."


def test_junit_gets_file_class_and_browser() -> None:
    journal = Journal(tries={key("test_a"): [Try(1.0, "passed", 1.0)]})
    rows = list(results.test_rows(WORKSPACE, run_of(journal), Path("/e"), ()))
    (row,) = results.junit_rows(rows)
    assert (row["class"], row["test"]) == ("test_a", "test_a[chromium]")
    assert row["path"] == "a/e2e/test_a.py"
