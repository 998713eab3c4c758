from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qgate.frames import tables
from qgate.performance import statistics
from qgate.performance.journal import SAMPLE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence


def samples(*rows: Sequence[object]) -> pd.DataFrame:
    """Return samples, each given as began, operation, milliseconds, failure and queries."""
    full = [[began, name, ms, 1, failure, n] for began, name, ms, failure, n in rows]
    return pd.DataFrame(full, columns=list(SAMPLE_COLUMNS)).astype(SAMPLE_COLUMNS)


def timed(times: Sequence[float]) -> pd.DataFrame:
    return samples(*((0.0, "Search", ms, None, 3) for ms in times))


@given(st.lists(st.floats(0.01, 60_000), min_size=1, max_size=200))
def test_the_figures_are_those_of_numpy(times: list[float]) -> None:
    (row,) = statistics.by_operation(timed(times), ["Search"], {}, 10)
    assert row["avg"] == pytest.approx(np.mean(times))
    for name, percent in (("p50", 50), ("p95", 95), ("p99", 99)):
        assert row[name] == pytest.approx(np.percentile(times, percent))
    assert row["max"] == max(times)
    assert row["rps"] == len(times) / 10


def test_percentiles_are_not_rounded_as_locust_rounds_them() -> None:
    times = [*range(1001, 1100), 1234.5]
    (row,) = statistics.by_operation(timed(times), [], {}, 60)
    assert row["p50"] == 1050.5
    assert row["p95"] == pytest.approx(1095.05)
    assert row["max"] == 1234.5


def test_failures_count_with_their_times_and_the_most_frequent_is_told() -> None:
    frame = samples(
        (1.0, "Search", 10, None, 5),
        (2.0, "Search", 30, "ValueError: b", 7),
        (3.0, "Search", 50, "KeyError: a", None),
        (4.0, "Search", 70, "ValueError: b", 12),
    )
    (row,) = statistics.by_operation(frame, [], {"Search": 800.0}, 2)
    assert (row["requests"], row["failures"], row["rps"]) == (4, 3, 2.0)
    assert row["message"] == "ValueError: b"
    assert row["avg"] == 40
    assert (row["queries"], row["queries_max"]) == (8.0, 12)
    assert row["threshold"] == 800.0


def test_of_equally_frequent_failures_the_first_in_the_alphabet_is_told() -> None:
    assert statistics.most_frequent(pd.Series(["b", "a", "b", "a", "c"])) == "a"
    assert statistics.most_frequent(pd.Series([], dtype="string")) is None


def test_expected_operations_without_a_request_have_a_row_without_times() -> None:
    frame = samples((1.0, "Extra", 10, None, None))
    made = statistics.by_operation(frame, ["Login"], {"Search": 800.0}, 60)
    assert [row["operation"] for row in made] == ["Login", "Search", "Extra"]
    table = tables.PERFORMANCE.frame(made).set_index("operation")
    assert table.loc["Login", "requests"] == 0
    missing = table.loc[["Login", "Search"], ["avg", "p95", "max", "queries"]].isna()
    assert missing.to_numpy().all()
    assert table["rps"].tolist() == [0, 0, 1 / 60]


def test_no_sample_at_all_still_has_the_expected_operations() -> None:
    made = statistics.by_operation(samples(), ["Login"], {}, 0)
    assert tables.PERFORMANCE.frame(made)["requests"].tolist() == [0]


def test_a_request_counts_when_it_began_in_the_measured_time() -> None:
    frame = samples(
        (99.9, "A", 60_000, None, None),  # still waits when measuring begins
        (100.0, "A", 1, None, None),
        (109.9, "A", 60_000, None, None),  # ends long after
        (110.0, "A", 1, None, None),
    )
    assert statistics.in_window(frame, 100.0, 10).tolist() == [False, True, True, False]
    assert not statistics.in_window(frame, None, 10).any()


def test_the_series_has_seconds_in_which_requests_ended() -> None:
    frame = samples(
        (100.1, "A", 100, None, None),
        (100.2, "A", 300, "x", None),
        (100.9, "A", 200, None, None),  # ends in the next second
        (101.0, "B", 10, None, None),
    )
    ticks = [(101.0, 1, 2), (102.0, 2, 4)]
    made = statistics.series(frame, ticks, 100.0, (1.0, 2.0))
    table = tables.PERFORMANCE_SERIES.frame(made)
    assert table[["operation", "second"]].to_numpy().tolist() == [
        ["A", 0],
        ["A", 1],
        ["B", 1],
    ]
    assert table["requests"].tolist() == [2, 1, 1]
    assert table["failures"].tolist() == [1, 0, 0]
    assert table["p50"].tolist() == pytest.approx([200, 200, 10])
    assert table["p95"].tolist() == pytest.approx(
        [np.percentile([100, 300], 95), 200, 10]
    )
    assert table["users"].tolist() == [1, 2, 2]
    assert table["warm_up"].tolist() == [True, False, False]


def test_without_a_measured_time_everything_was_warm_up() -> None:
    frame = samples((100.1, "A", 100, None, None))
    (row,) = statistics.series(frame, [], 100.0, None)
    assert row["warm_up"]
    assert row["users"] == 0
    assert statistics.series(samples(), [], 100.0, None) == []


def test_a_pause_in_which_users_kept_still_is_left_out_of_the_course() -> None:
    rows = samples(
        (100.0, "Search", 10, None, 3),
        (109.0, "Search", 2000, None, 3),  # in the middle of it when the pause began
        (110.5, "Search", 10, None, 3),  # begun just before everybody had heard of it
        (171.0, "Search", 10, None, 3),
    )
    ticks = [(101.0, 1, 1), (109.0, 2, 2), (140.0, 2, 3), (171.5, 2, 4)]
    shown, kept = statistics.without(rows, ticks, 110.0, 60.0)
    assert shown["began"].tolist() == [100.0, 109.0, 110.0, 111.0]
    assert kept == [(101.0, 1, 1), (109.0, 2, 2), (111.5, 2, 4)]
    assert rows["began"].tolist()[-1] == 171.0


def test_without_a_pause_nothing_is_left_out() -> None:
    rows, ticks = timed([1.0]), [(1.0, 1, 1)]
    shown, kept = statistics.without(rows, ticks, None, 0.0)
    assert shown.equals(rows)
    assert kept == ticks
