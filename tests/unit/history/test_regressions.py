from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qgate.history.measures import MEASURES, changes
from qgate.history.regressions import (
    RUNS_AFTER,
    RUNS_BEFORE,
    WINDOW,
    Scale,
    steps,
)


def noisy(*levels: tuple[float, int], noise: float = 0.05) -> np.ndarray:
    random = np.random.default_rng(7)
    return np.concatenate(
        [level * (1 + noise * random.standard_normal(count)) for level, count in levels]
    )


def test_a_slowdown_is_found_dated_and_sized() -> None:
    [step] = steps(noisy((100, 40), (130, 20)))

    assert abs(step.at - 40) <= 1
    assert step.share == pytest.approx(0.3, abs=0.04)
    assert step.before == pytest.approx(100, rel=0.03)
    assert step.confidence > 0.999
    assert (step.since, step.until) == (0, 60)


def test_noise_alone_is_silent() -> None:
    assert steps(noisy((100, 100), noise=0.1)) == []


def test_two_changes_are_told_apart() -> None:
    first, second = steps(noisy((100, 30), (150, 20), (90, 20)))

    assert (first.share > 0, second.share < 0) == (True, True)
    assert first.until == second.at


def test_one_or_two_terrible_runs_are_no_change() -> None:
    values = noisy((100, 40))
    values[[20, 21, 39]] = 900

    assert steps(values) == []


@pytest.mark.parametrize("count", [0, 1, RUNS_BEFORE, RUNS_BEFORE + RUNS_AFTER - 1])
def test_few_runs_say_nothing(count: int) -> None:
    assert steps([100.0] * (count // 2) + [500.0] * (count - count // 2)) == []


def test_the_fewest_runs_that_do_are_enough_for_a_clear_change() -> None:
    values = noisy((100, RUNS_BEFORE), (300, RUNS_AFTER), noise=0.02)

    assert [step.at for step in steps(values)] == [RUNS_BEFORE]


def test_what_changed_before_the_window_is_settled() -> None:
    assert steps(noisy((50, 30), (100, WINDOW))) == []


def test_a_figure_without_noise_changes_by_what_its_scale_resolves() -> None:
    scale = Scale(relative=False, resolution=0.1)

    assert steps([83.2] * 40, scale) == []
    [step] = steps([83.2] * 30 + [81.0] * 6, scale)
    assert step.at == 30
    assert [step.before, step.after] == pytest.approx([83.2, 81.0])


@given(
    st.lists(st.floats(0, 1e9, allow_subnormal=False), min_size=0, max_size=60),
    st.floats(0.1, 1000),
)
def test_any_figures_give_steps_in_order_that_do_not_depend_on_the_unit(
    values: list[float], factor: float
) -> None:
    found = steps(values, Scale(floor=1e-3))

    assert [step.at for step in found] == sorted({step.at for step in found})
    assert all(RUNS_AFTER <= step.at <= len(values) - RUNS_AFTER for step in found)
    scaled = steps([value * factor for value in values], Scale(floor=1e-3 * factor))
    assert len(scaled) == len(found)


def points(values: np.ndarray) -> pd.DataFrame:
    days = pd.date_range("2026-09-01", periods=len(values), tz="UTC")
    return pd.DataFrame(
        {
            "subject": "List Load",
            "value": values,
            "run_id": [f"run-{i}" for i in range(len(values))],
            "commit": [f"{i:040x}" for i in range(len(values))],
            "author_date": days,
            "started": days,
        }
    )


def test_a_change_is_said_between_commits() -> None:
    found = changes(points(noisy((100, 40), (160, 20))), MEASURES["p95"])

    [row] = found.to_dict("records")
    assert (row["run_id"], int(row["commit"], 16)) == ("run-40", 40)
    assert int(row["commit_before"], 16) == 39
    assert (row["worse"], row["latest"]) == (True, True)
    assert (row["runs_before"], row["runs_after"]) == (40, 20)
    assert row["unit"] == "ms"


def test_more_coverage_is_no_change_for_the_worse() -> None:
    found = changes(points(noisy((70, 30), (80, 10), noise=0)), MEASURES["coverage"])

    assert list(found["worse"]) == [False]


def test_a_small_change_is_not_told_however_sure() -> None:
    values = noisy((100, 50), (103, 50), noise=0.001)

    assert changes(points(values), MEASURES["p95"]).empty
