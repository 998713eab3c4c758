"""What Odoo's log and end say of an upgrade."""

from __future__ import annotations

from typing import Any

import pytest

from qgate.errors import EnvironmentProblem
from qgate.process import Completed
from qgate.readiness.upgrade import Upgrade, at_work, scripts

HEAD = "2026-11-25 01:43:28,867 25658 INFO db odoo.modules."
LOG = (
    f"{HEAD}loading: Loading module base (1/3) \n"
    f"{HEAD}loading: Loading module shop_a (2/3) \n"
    f"{HEAD}migration: module shop_a: Running migration [>19.0.1.1.0] pre-one \n"
    f"{HEAD}migration: module shop_b: Running migration [19.0.1.1.0>] post-two \n"
)


def test_the_module_at_work_and_its_scripts_are_read_from_the_log() -> None:
    assert at_work(LOG) == "shop_b"
    assert at_work(LOG.rpartition("\n2026")[0]) == "shop_a"
    assert at_work("nothing") is None
    assert scripts(LOG, "shop_a") == ["[>19.0.1.1.0] pre-one"]
    assert scripts(LOG, "base") == []


def completed(**values: Any) -> Completed:  # noqa: ANN401
    plain: dict[str, Any] = {
        "argv": ("odoo",),
        "returncode": 0,
        "seconds": 1.0,
        "output": "",
        "errors": "",
        "timed_out": False,
        "peak_memory": 0,
    }
    return Completed(**{**plain, **values})


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (completed(timed_out=True), "did not end within readiness.time_limit"),
        (completed(returncode=-9), "Upgrading a was killed by signal 9"),
        (
            completed(
                returncode=255, output="server closed the connection unexpectedly"
            ),
            "PostgreSQL went away: upgrading a was cut short",
        ),
    ],
)
def test_an_upgrade_that_did_not_come_to_an_end_is_no_failure_of_the_module(
    monkeypatch: pytest.MonkeyPatch, done: Completed, said: str
) -> None:
    upgrade = Upgrade(context=None, database=None, deadline=0.0)  # type: ignore[arg-type]
    monkeypatch.setattr(upgrade, "_run", lambda *_args, **_more: done)
    with pytest.raises(EnvironmentProblem, match=said):
        upgrade.upgrade(["a"], ())
    with pytest.raises(EnvironmentProblem):
        upgrade.install(["a"], ())


def test_an_upgrade_that_ended_is_judged_later_an_install_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    upgrade = Upgrade(context=None, database=None, deadline=0.0)  # type: ignore[arg-type]
    trace = (
        'Traceback (most recent call last):\n  File "x.py", line 3\nValueError: no\n'
    )
    done = completed(returncode=255, output=trace)
    monkeypatch.setattr(upgrade, "_run", lambda *_args, **_more: done)
    assert upgrade.upgrade(["a"], ()) is done
    with pytest.raises(
        EnvironmentProblem, match="in production failed: ValueError: no"
    ):
        upgrade.install(["a"], ())
