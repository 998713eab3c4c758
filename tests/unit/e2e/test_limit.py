from __future__ import annotations

import contextlib
import signal
import time

import pytest

from qgate.e2e.limit import TestTimeLimit, no_time_limit, time_limit


def test_what_takes_too_long_is_ended_even_when_it_catches_exceptions() -> None:
    caught = 0

    def stubborn() -> None:
        nonlocal caught
        with time_limit(0.05, 7):
            while True:
                try:
                    time.sleep(10)
                except Exception:  # noqa: BLE001 - as a spec might
                    caught += 1

    with pytest.raises(TestTimeLimit, match=r"did not end within 7 s\."):
        stubborn()
    assert caught == 0
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_what_is_ready_in_time_goes_on() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with time_limit(30, 30):
        pass
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_the_clock_stands_still_meanwhile() -> None:
    with time_limit(30, 30):
        with no_time_limit():
            assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 20
    with no_time_limit():  # without a limit there is nothing to stop
        pass
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_a_limit_that_is_used_up_ends_at_once() -> None:
    with contextlib.suppress(TestTimeLimit), time_limit(-3, 1):
        time.sleep(10)
        pytest.fail("it went on")
