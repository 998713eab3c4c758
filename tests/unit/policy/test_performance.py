from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qgate import settings
from qgate.frames import tables
from qgate.policy.performance import judge_performance

if TYPE_CHECKING:
    import pandas as pd

    from qgate.policy.rules import PerformanceRules

OPERATIONS = ("Login", "List Load", "Create Record", "Search", "Report")


def rules(*overrides: str) -> PerformanceRules:
    words = [f"performance.{word}" for word in overrides]
    return settings.load(environ={}, overrides=words).policy.performance


def load(**values: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "load": "load",
        "modules": ["a"],
        "ended": "completed",
        "operations": list(OPERATIONS),
        "users": 10,
        "users_seen": 10,
        "spawn_rate": 1.0,
        "warm_up": 10.0,
        "seconds": 60.0,
        "records": 1000,
        "workers": 0,
        "processes": 1,
        "samples": 640,
        "counted": 640,
        "exceptions": 0,
        "cpu": 2.0,
        "peak_memory": 150_000_000,
        "locust": "2.47.0",
    } | values


def measured(name: str, **values: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "operation": name,
        "requests": 100,
        "failures": 0,
        "rps": 1.5,
        "avg": 100.0,
        "p50": 90.0,
        "p95": 200.0,
        "p99": 300.0,
        "max": 400.0,
    } | values


def frames(
    *changed: dict[str, Any],
    loads: list[dict[str, Any]] | None = None,
    modules: tuple[str, ...] = ("a",),
) -> dict[str, pd.DataFrame]:
    found = {name: measured(name) for name in OPERATIONS}
    found |= {row["operation"]: row for row in changed}
    return {
        "modules": tables.MODULES.frame(
            {
                "module": n,
                "gated": n != "base",
                "path": n,
                "depends": [],
                "why": "named",
            }
            for n in (*modules, "base")
        ),
        "loads": tables.LOADS.frame([load()] if loads is None else loads),
        "performance": tables.PERFORMANCE.frame(found.values()),
    }


def test_a_load_within_its_limits_passes() -> None:
    assert judge_performance(rules(), frames()) == ([], [])


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (
            measured("List Load", p95=1620.4),
            "List Load p95 1,620 ms > 1,500 ms.",
        ),
        (measured("Search", p95=800.2), "Search p95 800.200 ms > 800 ms."),
        (
            measured("Report", avg=16_000.0),
            "The mean of all requests is 3,280 ms > 2,000 ms.",
        ),
        (
            measured("Search", failures=6, message="AccessError: You may not."),
            (
                "6 of 500 requests failed, 1.2 % > 1 %; most frequent: Search, "
                "AccessError: You may not."
            ),
        ),
        (
            measured("Report", requests=0, avg=None, p50=None, p95=None),
            "Report had no request in the measured time.",
        ),
        (
            measured("Login", requests=0, avg=None, p50=None, p95=None),
            "Login had no request in the measured time.",
        ),
    ],
)
def test_each_limit_fails(changed: dict[str, Any], reason: str) -> None:
    assert judge_performance(rules(), frames(changed)) == ([reason], [])


def test_what_is_exactly_at_its_limit_passes() -> None:
    found = frames(
        measured("List Load", p95=1500.0), measured("Search", failures=5, message="x")
    )
    assert judge_performance(rules(), found) == ([], [])


@pytest.mark.parametrize("statistic", ["avg", "p50", "p95", "p99", "max"])
def test_the_configured_statistic_is_judged(statistic: str) -> None:
    found = frames(measured("Search", **{statistic: 900.0}))
    failures, _ = judge_performance(rules(f"statistic={statistic}"), found)
    assert failures == [f"Search {statistic} 900 ms > 800 ms."]


def test_a_limit_for_an_operation_that_nobody_does_fails() -> None:
    failures, _ = judge_performance(rules("thresholds.Export=5000"), frames())
    assert failures == ["Export had no request in the measured time."]


def test_too_few_requests_fail() -> None:
    failures, _ = judge_performance(
        rules("min_requests=20"), frames(measured("Login", requests=19))
    )
    assert failures == ["Login: 19 requests < 20."]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"ended": "early", "cause": "Locust was killed by signal 9"},
            "The load did not complete: Locust was killed by signal 9.",
        ),
        ({"ended": "time_limit"}, "The load did not complete: time_limit."),
        ({"counted": 639}, "Locust counted 639 requests, but 640 were recorded."),
        ({"counted": None}, "Locust's own count of its requests is unknown."),
        (
            {"exceptions": 2, "exception": "KeyError: 'a'"},
            "2 tasks of the locustfiles ended in an exception (KeyError: 'a').",
        ),
        (
            {"users_seen": 9},
            "Only 9 of 10 users took part in the load; see locust.log.",
        ),
        (
            {"cpu": 97.2},
            (
                "A Locust process used 97 % of a core, so the times are its own; "
                "raise performance.processes."
            ),
        ),
    ],
)
def test_a_load_that_was_not_the_one_asked_for_cannot_be_judged(
    change: dict[str, Any], reason: str
) -> None:
    found = frames(loads=[load(**change)])
    assert judge_performance(rules(), found) == ([], [reason])


def test_no_load_cannot_be_judged() -> None:
    found = frames(loads=[])
    assert judge_performance(rules(), found) == ([], ["There is no record of a load."])


def test_a_load_that_measured_no_time_cannot_be_judged() -> None:
    found = frames(loads=[load(seconds=0.0)])
    found["performance"] = tables.PERFORMANCE.empty()
    assert judge_performance(rules(), found) == (
        [],
        ["Nothing was measured under load."],
    )


def test_a_load_without_any_figure_fails() -> None:
    found = frames()
    found["performance"] = tables.PERFORMANCE.empty()
    failures, _ = judge_performance(rules(), found)
    assert len(failures) == len(OPERATIONS)


def test_a_module_without_a_locustfile_cannot_be_judged() -> None:
    found = frames(modules=("a", "b"))
    _, errors = judge_performance(rules(), found)
    assert errors == [
        "b has no perf/locustfile.py, so nothing is known of it under load."
    ]


def test_nothing_gated_cannot_be_judged() -> None:
    _, errors = judge_performance(rules(), frames(modules=()))
    assert errors == ["No module was to be gated."]
