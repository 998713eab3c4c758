from __future__ import annotations

from typing import Any

from qgate import settings
from qgate.frames import tables
from qgate.policy.slowdowns import not_compared, slowdowns


def change(number: int, before: float, after: float, **values: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "measure": "p95",
        "subject": "List Load",
        "number": number,
        "run_id": f"run-{number}",
        "commit": f"{number}" * 40,
        "before": before,
        "after": after,
        "unit": "ms",
        "share": after / before - 1,
        "worse": after > before,
        "runs_before": 40,
        "runs_after": 9,
        "confidence": 0.9999,
        "latest": False,
    } | values


def judged(*changes: dict[str, Any], overrides: tuple[str, ...] = ()) -> list[str]:
    words = [f"performance.{word}" for word in overrides]
    rules = settings.load(environ={}, overrides=words).policy.performance
    return list(slowdowns(rules, {"changes": tables.CHANGES.frame(changes)}))


def test_a_sure_slowdown_beyond_the_share_fails_with_commit_size_and_what_to_do() -> (
    None
):
    assert judged(change(1, 100.0, 131.0, latest=True)) == [
        (
            "List Load p95 is 31 % slower since commit 1111111111 (100 -> 131 ms, 9 runs, "
            "99.99 % sure), above 20 %; accept it with performance.accepted_slowdowns if it "
            "is meant."
        )
    ]


def test_a_smaller_one_a_speed_up_and_one_that_is_over_pass() -> None:
    assert judged(change(1, 100.0, 119.0, latest=True)) == []
    assert judged(change(1, 150.0, 100.0, latest=True)) == []
    assert judged(change(1, 100.0, 150.0), change(2, 150.0, 101.0, latest=True)) == []


def test_many_small_steps_do_not_pass_either() -> None:
    [reason] = judged(change(1, 100.0, 112.0), change(2, 112.0, 125.0, latest=True))

    assert "25 % slower since commit 1111111111 (100 -> 125 ms" in reason


def test_the_share_and_the_confidence_are_the_policys() -> None:
    one = change(1, 100.0, 131.0, latest=True)

    assert judged(one, overrides=("max_slowdown=0.4",)) == []
    assert judged(one, overrides=("slowdown_confidence=0.99999",)) == []


def test_what_was_accepted_is_where_the_next_slowdown_counts_from() -> None:
    accepted = ('accepted_slowdowns=["List Load@1111"]',)
    first = change(1, 100.0, 131.0, latest=True)

    assert judged(first, overrides=accepted) == []
    assert judged(first, overrides=('accepted_slowdowns=["Search@1111"]',))
    [reason] = judged(
        change(1, 100.0, 131.0),
        change(2, 131.0, 170.0, latest=True),
        overrides=accepted,
    )
    assert "30 % slower since commit 2222222222" in reason


def test_other_measures_fail_nothing() -> None:
    assert judged(change(1, 100.0, 300.0, latest=True, measure="test_duration")) == []


def test_what_could_not_be_compared_is_said_with_the_reason() -> None:
    operation = {
        "requests": 9,
        "failures": 0,
        "rps": 1.0,
        "p95": 10.0,
    }
    performance = tables.PERFORMANCE.frame(
        {"operation": name, **operation} for name in ("Login", "Search", "Report")
    )
    row = {"measure": "p95", "value": 10.0, "unit": "ms", "runs": 3, "needed": 16}
    comparisons = tables.COMPARISONS.frame(
        [
            row | {"subject": "Login", "status": "compared"},
            row | {"subject": "Search", "status": "too_few", "detail": "Few runs."},
        ]
    )
    said = list(not_compared({"performance": performance, "comparisons": comparisons}))

    assert said == [
        "Not compared with earlier runs: Search. Few runs.",
        (
            "Not compared with earlier runs: Report. "
            "The run has no comparison with earlier ones."
        ),
    ]
