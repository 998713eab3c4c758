from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from qgate.operations.alarms import Alarms, troubles
from qgate.sections import WatchSettings

LIMITS = WatchSettings()


def sample(**values: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "at": datetime.now(UTC),
        "url": "http://odoo",
        "healthy": True,
        "response_time": 12.0,
        "problem": None,
        "requests": 40,
        "errors": 0,
        "error_rate": 0.0,
        "all_connections": 12,
        "max_connections": 100,
    } | values


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        (
            {"healthy": False, "problem": "It is gone."},
            "health",
            "It is gone.",
        ),
        (
            {"response_time": 2500.0},
            "response_time",
            "http://odoo answers its health check in 2,500 ms > 2,000 ms.",
        ),
        (
            {"errors": 4, "error_rate": 10.0},
            "error_rate",
            "http://odoo logged 4 errors in 40 requests, 10.0 % > 1 %.",
        ),
        (
            {"all_connections": 81},
            "connections",
            "81 of 100 database connections are taken, 81 % > 80 %.",
        ),
        ({"blind": "No log."}, "blind", "No log."),
    ],
)
def test_each_threshold_is_a_trouble(
    values: dict[str, Any], kind: str, message: str
) -> None:
    assert troubles(sample(**values), LIMITS) == {kind: message}


def test_a_healthy_server_at_its_limits_is_no_trouble() -> None:
    at_limits = {"response_time": 2000.0, "error_rate": 1.0, "all_connections": 80}

    assert troubles(sample(**at_limits), LIMITS) == {}
    unknown = dict.fromkeys(("response_time", "error_rate", "max_connections"))
    assert troubles(sample(**unknown), LIMITS) == {}


def test_an_alert_needs_bad_looks_in_a_row_and_is_told_once() -> None:
    alarms = Alarms(LIMITS)
    bad, good = sample(healthy=False, problem="Gone."), sample()

    told = [
        (alert["state"], alert["message"])
        for look in (bad, good, bad, bad, bad, good, bad, good, good, good)
        for alert in alarms.see(look)
    ]

    assert told == [("raised", "Gone."), ("over", "Over: Gone.")]
    assert alarms.open == {}
