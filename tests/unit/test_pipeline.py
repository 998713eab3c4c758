from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from qgate import api, pipeline, process, record
from qgate.errors import (
    EnvironmentProblem,
    Interrupted,
    StageFailed,
    UsageError,
)
from qgate.frames import tables
from qgate.stages.base import Measurement
from tests.support.stages import TinyStage, clean, tools_frame
from tests.support.workspaces import git, make_settings, write_module

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.pipeline import Outcome
    from qgate.stages.base import Context


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_module(tmp_path / "addons", "a")
    write_module(tmp_path / "addons", "b", depends=["a"])
    return tmp_path


def gate(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    *stages: TinyStage,
    fail_fast: bool = False,
    overrides: tuple[str, ...] = (),
) -> Outcome:
    known = {stage.name: stage for stage in stages}
    monkeypatch.setattr(pipeline, "STAGES", known)
    settings = make_settings(root, *overrides)
    plan = pipeline.make_plan(settings, stages=list(known))
    return pipeline.execute(plan, fail_fast=fail_fast)


def test_a_clean_stage_passes_and_is_recorded(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = gate(root, monkeypatch, TinyStage("static", clean))
    assert outcome.verdict == "passed"
    run = api.Run(record.load(root / "reports", "latest"))
    assert (run.verdict, run.reasons) == ("passed", [])
    assert run.modules["module"].tolist() == ["a", "b"]
    assert run.record.data["policy"]["tests"]["min_coverage"] == 70
    assert run.as_json()["modules"] == ["a", "b"]
    assert not (run.folder / "scratch").exists()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (EnvironmentProblem("No Odoo.", hint="Get one."), "No Odoo. Get one."),
        (StageFailed("bandit: crashed."), "bandit: crashed."),
        (ZeroDivisionError("oh"), "qgate itself failed: ZeroDivisionError: oh"),
    ],
)
def test_an_exception_becomes_an_error_row(
    root: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def fail(_: Context) -> Measurement:
        raise error

    outcome = gate(root, monkeypatch, TinyStage("static", fail))
    assert outcome.verdict == "error"
    assert outcome.verdicts[0].reasons[0].startswith(said)


def test_what_was_measured_before_an_error_is_kept_and_told(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = {
        "tool": "ruff",
        "rule": "F401",
        "severity": "error",
        "path": "addons/a/x.py",
        "line": 1,
        "message": "unused",
        "module": "a",
    }

    def fail(_: Context) -> Measurement:
        frames = {
            "tools": tools_frame("a"),
            "findings": tables.FINDINGS.frame([finding]),
        }
        message = "bandit: crashed."
        raise StageFailed(message, frames=frames)

    outcome = gate(root, monkeypatch, TinyStage("static", fail))
    assert outcome.verdict == "error"
    assert outcome.verdicts[0].reasons == (
        "bandit: crashed.",
        "ruff: 1 finding (addons/a/x.py:1 F401 unused).",
    )
    assert len(outcome.record.frames()["findings"]) == 1


def test_a_stage_that_measures_nothing_is_an_error(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = TinyStage("static", lambda _: Measurement({}))
    outcome = gate(root, monkeypatch, stage)
    assert outcome.verdict == "error"
    assert "ruff did not report on a." in outcome.verdicts[0].reasons


def test_a_frame_that_breaks_its_table_is_an_error(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tools_frame("a").assign(files="many")
    stage = TinyStage("static", lambda _: Measurement({"tools": broken}))
    outcome = gate(root, monkeypatch, stage)
    assert outcome.verdict == "error"
    assert "tools.files takes int64" in outcome.verdicts[0].reasons[0]


def test_a_failure_comes_before_an_error_in_the_runs_verdict(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Context) -> Measurement:
        message = "No Odoo."
        raise EnvironmentProblem(message)

    def bad(_: Context) -> Measurement:
        frame = tools_frame("a", "b")
        frame.loc[frame["tool"] == "pylint-odoo", "score"] = 1.0
        return Measurement({"tools": frame, "findings": tables.FINDINGS.empty()})

    outcome = gate(
        root, monkeypatch, TinyStage("static", bad), TinyStage("tests", fail)
    )
    assert [item.verdict for item in outcome.verdicts] == ["failed", "error"]
    assert outcome.verdict == "failed"


def test_fail_fast_stops_what_runs_and_calls_it_blocked(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = threading.Event()

    def slow(context: Context) -> Measurement:
        running.set()
        process.run("sleep", ["sleep", "60"], env={"PATH": "/usr/bin:/bin"})
        return clean(context)

    def fail(_: Context) -> Measurement:
        running.wait(10)
        message = "No."
        raise StageFailed(message)

    outcome = gate(
        root,
        monkeypatch,
        TinyStage("static", fail),
        TinyStage("tests", slow),
        fail_fast=True,
    )
    assert [item.verdict for item in outcome.verdicts] == ["error", "blocked"]
    assert outcome.verdict == "error"
    process.check_interrupted()  # programs may be started again


def test_an_interrupted_run_leaves_a_record(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: Context) -> Measurement:
        raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="The run was interrupted; its record is"):
        gate(root, monkeypatch, TinyStage("static", interrupt))
    assert len(record.run_ids(root / "reports")) == 1


def test_an_old_run_is_judged_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = gate(root, monkeypatch, TinyStage("static", clean))
    run = api.Run(outcome.record)
    verdicts, verdict = api.judge(run)
    assert verdict == "passed"
    verdicts, verdict = api.judge(run, ["static.tools=['ruff', 'eslint']"])
    assert verdict == "error"
    assert "eslint did not report on a." in verdicts[0].reasons


def test_old_runs_go(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        gate(
            root,
            monkeypatch,
            TinyStage("static", clean),
            overrides=("report.keep_runs=2",),
        )
    assert len(record.run_ids(root / "reports")) == 2


def test_unknown_stages_and_profiles_are_told(root: Path) -> None:
    settings = make_settings(root)
    with pytest.raises(UsageError, match="no stage statik.*There are: static, tests"):
        pipeline.make_plan(settings, stages=["statik"])
    with pytest.raises(UsageError, match="no profile nightly.*There are: local"):
        pipeline.make_plan(settings, profile="nightly")


def test_stages_that_are_not_demanded_are_said_to_be_skipped(root: Path) -> None:
    plan = pipeline.make_plan(make_settings(root), stages=["static"])
    assert plan.demanded == ("static",)
    assert plan.skipped["tests"] == "Not demanded by --stages static."
    assert "static" not in plan.skipped


def test_a_commit_made_during_a_run_is_not_the_one_that_was_judged(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / ".gitignore").write_text("reports/\n")
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "first")
    first = git(root, "rev-parse", "HEAD").strip()
    quiet = gate(root, monkeypatch, TinyStage("static", clean))
    assert quiet.record.data["git"]["commit"] == first
    assert quiet.record.data["git"]["dirty"] is False

    def commit(context: Context) -> Measurement:
        git(root, "commit", "--quiet", "--allow-empty", "-m", "second")
        return clean(context)

    moved = gate(root, monkeypatch, TinyStage("static", commit))
    assert moved.record.data["git"]["commit"] == first
    assert moved.record.data["git"]["dirty"] is True
