from __future__ import annotations

import pytest

from qgate.performance.clock import Clock


def begun(*, users: int, rate: float, duration: float, **place: int) -> Clock:
    clock = Clock()
    clock.begin(
        users=users, rate=rate, duration=duration, **{"workers": 1, "worker": 0} | place
    )
    return clock


def after(clock: Clock, position: int) -> float:
    renewal = clock.renewal(position)
    assert renewal is not None
    assert clock.began is not None
    return renewal - clock.began


def test_nobody_logs_in_anew_before_measuring_begins() -> None:
    assert Clock().renewal(0) is None


def test_users_log_in_anew_at_the_rate_at_which_they_started() -> None:
    clock = begun(users=10, rate=2, duration=60)
    assert [after(clock, n) for n in (0, 1, 9)] == pytest.approx([0, 0.5, 4.5])


def test_all_of_them_do_it_in_the_measured_time() -> None:
    clock = begun(users=100, rate=1, duration=10)
    assert after(clock, 99) < 8


def test_users_of_several_processes_take_turns() -> None:
    clocks = [begun(users=4, rate=1, duration=60, workers=2, worker=n) for n in (0, 1)]
    turns = [after(clock, position) for position in (0, 1) for clock in clocks]
    assert turns == pytest.approx([0, 1, 2, 3])
