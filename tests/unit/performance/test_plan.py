"""How long a load takes, by its plan."""

from __future__ import annotations

import pytest

from qgate.performance.plan import Plan


@pytest.mark.parametrize(
    ("users", "spawn_rate", "warm_up", "seconds"),
    [
        (10, 1.0, 15.0, 75.0),  # users come while it warms up
        (10, 0.5, 15.0, 80.0),  # measuring never begins before all are there
        (10, 10.0, 0.0, 61.0),
    ],
)
def test_users_come_while_it_warms_up(
    users: int, spawn_rate: float, warm_up: float, seconds: float
) -> None:
    plan = Plan(
        {}, "", users=users, spawn_rate=spawn_rate, warm_up=warm_up, duration=60.0
    )
    assert plan.seconds == seconds
