"""A stage that waits in the middle of its work: it goes on when it may, and not before."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from qgate import pipeline, process, record
from qgate.errors import Interrupted
from qgate.frames import rows
from qgate.policy import judge
from qgate.stages.base import Measurement
from qgate.turns import Turn
from tests.support.stages import TinyStage
from tests.support.workspaces import make_settings, write_module

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qgate.pipeline import Outcome
    from qgate.stages.base import Context

    Measure = Callable[[Context], Measurement]


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Run tiny stages on a machine with four cores."""
    write_module(tmp_path / "addons", "a")
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    for name in ("one", "two", "three"):
        monkeypatch.setitem(judge.JUDGES, name, lambda _policy, _frames: ([], []))

    def run(*stages: TinyStage, fail_fast: bool = False) -> Outcome:
        known = {stage.name: stage for stage in stages}
        monkeypatch.setattr(pipeline, "STAGES", known)
        plan = pipeline.make_plan(make_settings(tmp_path), stages=list(known))
        return pipeline.execute(plan, fail_fast=fail_fast)

    return run


def _statuses(outcome: Outcome) -> dict[str, str]:
    frame = outcome.record.frames()["executions"]
    return {str(row["stage"]): str(row["status"]) for row in rows(frame)}


def test_where_nobody_gives_turns_nobody_waits() -> None:
    turn = Turn()
    with turn.by_itself():
        assert turn.want is None
    assert turn.after("another") == {}
    assert turn.waited == 0


def test_who_claims_to_be_alone_goes_on_meanwhile() -> None:
    turn = Turn(scheduled=True)
    with turn.claimed() as given:
        assert not given()
        time.sleep(0.05)
        turn.give({"one": "passed"})
        assert given()
        kept_alone = turn.alone
        waited = turn.waited
        assert waited >= 0.05
        time.sleep(0.05)
        assert turn.waited == waited
    assert (kept_alone, turn.alone) == (True, False)
    assert turn.kept >= 0.05


def test_who_claims_in_vain_keeps_nothing() -> None:
    turn = Turn(scheduled=True)
    with turn.claimed() as given:
        assert not given()
    assert turn.want is None
    assert (turn.alone, turn.kept) == (False, 0.0)


def test_who_waits_is_told_when_the_run_is_ended() -> None:
    turn, scope = Turn(scheduled=True), process.Scope()
    scope.stop("the test says so")
    with scope.entered(), pytest.raises(Interrupted), turn.by_itself():
        pytest.fail("it went on")
    assert turn.want is None
    assert not turn.alone


def test_a_stage_prepares_beside_others_and_works_alone(
    gate: Callable[..., Outcome],
) -> None:
    log: list[str] = []
    prepared, begun = threading.Event(), threading.Event()

    def load(context: Context) -> Measurement:
        assert begun.wait(10)  # the other one runs meanwhile
        prepared.set()
        with context.turn.by_itself():
            log.append("load begins")
            time.sleep(0.6)
            log.append("load ends")
        return Measurement()

    def other(name: str) -> Measure:
        def measure(_: Context) -> Measurement:
            log.append(f"{name} begins")
            begun.set()
            assert prepared.wait(10)
            time.sleep(0.3)
            log.append(f"{name} ends")
            return Measurement()

        return measure

    outcome = gate(
        TinyStage("one", load),
        TinyStage("two", other("two")),
        TinyStage("three", other("three"), after=frozenset({"two"})),
    )
    assert outcome.verdict == "passed"
    assert log == [
        *("two begins", "two ends", "three begins", "three ends"),
        *("load begins", "load ends"),
    ]


def test_a_stage_looks_at_the_verdicts_of_others_at_its_end(
    gate: Callable[..., Outcome],
) -> None:
    seen: dict[str, str] = {}
    ready = threading.Event()

    def last(context: Context) -> Measurement:
        ready.set()
        seen.update(context.turn.after("two", "not demanded"))
        return Measurement()

    def load(context: Context) -> Measurement:
        assert ready.wait(10)
        with context.turn.by_itself():  # who waits for it is in nobody's way
            return Measurement()

    outcome = gate(TinyStage("one", last), TinyStage("two", load))
    assert seen == {"two": "passed"}
    assert _statuses(outcome) == {"one": "measured", "two": "measured"}


def test_what_a_stage_waits_does_not_count_against_its_limit(
    gate: Callable[..., Outcome],
) -> None:
    def quick(context: Context) -> Measurement:
        context.turn.after("two")
        return Measurement()

    def slow(_: Context) -> Measurement:
        time.sleep(2)
        return Measurement()

    outcome = gate(TinyStage("one", quick, seconds=1.0), TinyStage("two", slow))
    assert _statuses(outcome) == {"one": "measured", "two": "measured"}


def test_time_alone_is_known_apart(gate: Callable[..., Outcome]) -> None:
    def load(context: Context) -> Measurement:
        with context.turn.by_itself():
            time.sleep(0.5)
        return Measurement()

    folder = gate(TinyStage("one", load)).record.folder
    reports = folder.parent.parent
    known = record.durations(reports, ["a"])
    assert known.whole["one"] >= 0.5
    assert known.beside["one"] < known.whole["one"] - 0.3


def test_a_failure_ends_who_waits(gate: Callable[..., Outcome]) -> None:
    ready = threading.Event()

    def waits(context: Context) -> Measurement:
        ready.set()
        with context.turn.by_itself():
            return Measurement()

    def fails(_: Context) -> Measurement:
        assert ready.wait(10)
        raise RuntimeError

    outcome = gate(TinyStage("one", waits), TinyStage("two", fails), fail_fast=True)
    assert _statuses(outcome) == {"one": "blocked", "two": "error"}


def test_the_longest_stage_begins_first(
    gate: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    likely = record.Durations({}, {"one": 1.0, "three": 30.0})
    monkeypatch.setattr(record, "durations", lambda *_: likely)
    order: list[str] = []

    def note(name: str) -> Measure:
        def measure(_: Context) -> Measurement:
            order.append(name)
            return Measurement()

        return measure

    names = ("one", "two", "three")
    gate(*(TinyStage(name, note(name)) for name in names))
    assert order == ["three", "one", "two"]
    order.clear()
    gate(*(TinyStage(name, note(name)) for name in names), fail_fast=True)
    assert order == ["one", "two", "three"]
