from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from qgate import pipeline, process
from qgate.errors import UsageError
from qgate.frames import rows, tables
from qgate.policy import judge
from qgate.stages.base import Measurement
from tests.support.stages import TinyStage, clean, tools_frame
from tests.support.workspaces import make_settings, write_module

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qgate.pipeline import Outcome
    from qgate.stages.base import Context


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_module(tmp_path / "addons", "a")
    return tmp_path


@pytest.fixture(autouse=True)
def _lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let stages of any name pass: who runs when is the matter here."""
    names = ("one", "two", "three", "four")
    for name in names:
        monkeypatch.setitem(judge.JUDGES, name, lambda _policy, _frames: ([], []))


class Watch:
    """Notes which stages run at the same time."""

    def __init__(self, seconds: float = 0.3) -> None:
        self.together: list[set[str]] = []
        self.order: list[str] = []
        self._running: set[str] = set()
        self._lock = threading.Lock()
        self._seconds = seconds

    def stage(self, name: str) -> Callable[[Context], Measurement]:
        """Return what measures nothing, but takes its time."""

        def measure(_: Context) -> Measurement:
            with self._lock:
                self._running.add(name)
                self.order.append(name)
                self.together.append(set(self._running))
            time.sleep(self._seconds)
            with self._lock:
                self._running.remove(name)
            return Measurement()

        return measure


def gate(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    *stages: TinyStage,
    fail_fast: bool = False,
) -> Outcome:
    known = {stage.name: stage for stage in stages}
    monkeypatch.setattr(pipeline, "STAGES", known)
    plan = pipeline.make_plan(make_settings(root), stages=list(known))
    return pipeline.execute(plan, fail_fast=fail_fast)


def executed(outcome: Outcome) -> dict[str, dict[str, object]]:
    frame = outcome.record.frames()["executions"]
    return {str(row["stage"]): row for row in rows(frame)}


def test_no_more_stages_run_at_once_than_there_are_cores(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    watch = Watch()
    names = ("one", "two", "three", "four")
    outcome = gate(
        root, monkeypatch, *(TinyStage(name, watch.stage(name)) for name in names)
    )
    assert outcome.verdict == "passed"
    assert max(map(len, watch.together)) == 2
    assert sorted(watch.order) == sorted(names)


def test_a_stage_that_wants_to_be_alone_is(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    watch = Watch()
    gate(
        root,
        monkeypatch,
        TinyStage("one", watch.stage("one"), alone=True),
        TinyStage("two", watch.stage("two")),
        TinyStage("three", watch.stage("three")),
    )
    for group in watch.together:
        assert group == {"one"} or "one" not in group
    assert watch.order[-1] == "one"  # the others need not wait for it


def test_a_stage_waits_for_those_it_comes_after(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    seen: dict[str, str] = {}

    def last(context: Context) -> Measurement:
        seen.update(context.verdicts)
        return Measurement()

    gate(
        root,
        monkeypatch,
        TinyStage("one", last, after=frozenset({"two", "not demanded"})),
        TinyStage("two", Watch().stage("two")),
    )
    assert seen == {"two": "passed"}


def test_a_stage_that_takes_too_long_is_ended_and_told(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_: Context) -> Measurement:
        process.run("sleep", ["sleep", "600"], env={"PATH": "/usr/bin:/bin"})
        return Measurement()

    outcome = gate(
        root,
        monkeypatch,
        TinyStage("one", slow, seconds=1.0),
        TinyStage("two", Watch().stage("two")),
    )
    assert [item.verdict for item in outcome.verdicts] == ["error", "passed"]
    assert (
        outcome.verdicts[0]
        .reasons[0]
        .startswith(
            "Stage one did not end within 1 s. sleep was ended because the stage reached"
        )
    )


def test_fail_fast_blocks_what_runs_and_what_waits(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    running = threading.Event()

    def slow(_: Context) -> Measurement:
        running.set()
        process.run("sleep", ["sleep", "600"], env={"PATH": "/usr/bin:/bin"})
        return Measurement()

    def broken(_: Context) -> Measurement:
        running.wait(10)
        raise ZeroDivisionError

    outcome = gate(
        root,
        monkeypatch,
        TinyStage("one", broken),
        TinyStage("two", slow),
        TinyStage("three", Watch().stage("three")),
        fail_fast=True,
    )
    verdicts = {item.stage: item for item in outcome.verdicts}
    assert verdicts["two"].verdict == "blocked"
    (reason,) = verdicts["two"].reasons  # it may not have got as far as starting
    assert reason in {
        f"sleep was {what} because stage one has not passed."
        for what in ("ended", "not started")
    }
    assert verdicts["three"].verdict == "blocked"
    assert verdicts["three"].reasons == ("Stage one has not passed.",)


def test_memory_of_the_programs_is_noted(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hungry(_: Context) -> Measurement:
        process.run("sleep", ["sleep", "1"], env={"PATH": "/usr/bin:/bin"})
        return Measurement()

    outcome = gate(root, monkeypatch, TinyStage("one", hungry))
    peak = executed(outcome)["one"]["peak_memory"]
    assert isinstance(peak, int)
    assert 100_000 < peak < 100_000_000


def measured(times: list[int]) -> Callable[[Context], Measurement]:
    """Return a clean measurement that counts how often it was made and leaves evidence."""

    def measure(context: Context) -> Measurement:
        times.append(1)
        (context.evidence / "proof.txt").write_text(f"{len(times)}")
        return clean(context)

    return measure


def test_what_passed_is_reused_until_something_changes(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[int] = []
    stage = TinyStage("static", measured(times), reusable=True)
    first = gate(root, monkeypatch, stage)
    second = gate(root, monkeypatch, stage)
    third = gate(root, monkeypatch, stage)
    assert len(times) == 1
    for later in (second, third):
        assert later.verdict == "passed"
        row = executed(later)["static"]
        assert row["status"] == "reused"
        assert row["reused_from"] == first.record.run_id
        proof = later.record.folder / "evidence" / "static" / "proof.txt"
        assert proof.read_text() == "1"
        assert later.verdicts[0].reasons == ()
        assert len(later.record.frames()["tools"]) == 8
    assert "static" not in third.record.data["durations"]
    (root / "addons" / "a" / "models.py").write_text("x = 1\n")
    assert executed(gate(root, monkeypatch, stage))["static"]["status"] == "measured"
    assert len(times) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "ruff.toml").write_text("line-length = 100\n"),
        lambda root: (root / "addons" / "a" / "data.xml").write_text("<odoo/>"),
    ],
)
def test_a_change_of_what_it_depends_on_measures_anew(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], object],
) -> None:
    times: list[int] = []
    stage = TinyStage("static", measured(times), reusable=True)
    gate(root, monkeypatch, stage)
    change(root)
    gate(root, monkeypatch, stage)
    assert len(times) == 2


def test_settings_and_a_dependency_in_the_workspace_count(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[int] = []
    stage = TinyStage("static", measured(times), reusable=True)
    write_module(root / "addons", "b", depends=["a"])
    monkeypatch.setattr(pipeline, "STAGES", {"static": stage})

    def run(*overrides: str) -> None:
        settings = make_settings(root, "workspace.modules=['b']", *overrides)
        pipeline.execute(pipeline.make_plan(settings, stages=["static"]))

    run()
    run()
    assert len(times) == 1
    (root / "addons" / "a" / "models.py").write_text("x = 1\n")
    run()
    assert len(times) == 2
    run("static.time_limit=300")
    assert len(times) == 3
    settings = make_settings(
        root, "workspace.modules=['b']", "static.time_limit=300"
    ).model_copy(update={"cache": False})
    pipeline.execute(pipeline.make_plan(settings, stages=["static"]))
    assert len(times) == 4


def test_what_did_not_pass_is_measured_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[int] = []

    def bad(_: Context) -> Measurement:
        times.append(1)
        frame = tools_frame("a")
        frame.loc[frame["tool"] == "pylint-odoo", "score"] = 1.0
        return Measurement({"tools": frame, "findings": tables.FINDINGS.empty()})

    stage = TinyStage("static", bad, reusable=True)
    assert gate(root, monkeypatch, stage).verdict == "failed"
    assert gate(root, monkeypatch, stage).verdict == "failed"
    assert len(times) == 2


def test_a_profile_without_skips_demands_every_stage(root: Path) -> None:
    settings = make_settings(
        root, "profiles.strict={stages=['static', 'tests'], allow_skip=false}"
    )
    plan = pipeline.make_plan(settings, profile="strict")
    assert plan.demanded == ("static", "tests")
    assert plan.settings.tests.allow_skipped is False
    with pytest.raises(
        UsageError, match="strict allows no skip, but tests would be. Leave"
    ):
        pipeline.make_plan(settings, profile="strict", stages=["static"])


def test_the_profiles_that_are_not_replaced_stay(root: Path) -> None:
    settings = make_settings(root, "profiles.local={stages=['static']}")
    assert settings.profiles["local"].stages == ("static",)
    assert settings.profiles["release"].allow_skip is False
