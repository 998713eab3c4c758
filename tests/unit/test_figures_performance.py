from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qgate import figures
from qgate.frames import tables
from tests.support import records

if TYPE_CHECKING:
    import pandas as pd


def measured(name: str, p95: float | None, threshold: float | None) -> dict[str, Any]:
    return {
        "operation": name,
        "requests": 20 if p95 else 0,
        "failures": 1 if p95 else 0,
        "rps": 2.0,
        "p50": p95 and p95 / 2,
        "p95": p95,
        "threshold": threshold,
    }


def performance(*rows: dict[str, Any]) -> pd.DataFrame:
    return tables.PERFORMANCE.frame(rows)


def series(*rows: tuple[str, int, bool]) -> pd.DataFrame:
    return tables.PERFORMANCE_SERIES.frame(
        {
            "operation": name,
            "second": second,
            "requests": 2,
            "failures": 0,
            "p50": 10.0 + second,
            "p95": 20.0 + second,
            "users": 3,
            "warm_up": warm_up,
        }
        for name, second, warm_up in rows
    )


def test_each_operation_stands_with_its_limit() -> None:
    frame = performance(
        measured("Login", 1900.0, 2000.0),
        measured("Search", 900.0, 800.0),
        measured("Views", 30.0, None),
        measured("Never", None, 500.0),
    )
    figure = figures.operation_limits(frame)
    drawn = {
        trace.name: dict(zip(trace.y, trace.x, strict=True)) for trace in figure.data
    }
    assert drawn == {
        "within its limit": {0: 1900.0},
        "above its limit": {1: 900.0},
        "without a limit": {2: 30.0},
        "limit": {0: 2000.0, 1: 800.0},
    }
    labels = [text.strip() for text in figure.layout.yaxis.ticktext]
    assert labels == ["Login", "Search", "Views"]
    assert figure.layout.xaxis.title.text == "p95 of the response time, ms"
    assert figure.layout.xaxis.range[1] > 2000


def test_another_statistic_is_drawn() -> None:
    figure = figures.operation_limits(
        performance(measured("Search", 900.0, 800.0)), statistic="p50"
    )
    assert figure.data[0].name == "within its limit"
    assert figure.data[0].x == (450.0,)


def test_times_go_over_the_seconds_with_the_warm_up_shaded() -> None:
    frame = series(
        ("Search", 0, True),
        ("Search", 2, False),
        ("Search", 9, False),
        ("Other", 2, False),
    )
    figure = figures.response_times(frame, performance(measured("Search", 9.0, 800.0)))
    lines = {
        (trace.legendgroup, trace.line.dash): trace
        for trace in figure.data
        if trace.type == "scatter"
    }
    p95 = lines["Search", "solid"]
    assert list(p95.x) == [0, 2, 8, 9]  # a gap where nothing was asked for a while
    assert list(p95.y) == [20.0, 22.0, None, 29.0]
    assert list(lines["Search", "dot"].y) == [10.0, 12.0, None, 19.0]
    assert p95.visible is True
    assert lines["Other", "solid"].visible == "legendonly"  # it has no limit
    (bars,) = (trace for trace in figure.data if trace.type == "bar")
    assert dict(zip(bars.x, bars.y, strict=True)) == {0: 2, 2: 4, 9: 2}
    (shade,) = figure.layout.shapes
    assert (shade.x0, shade.x1) == (-0.5, 1.5)


def test_without_a_warm_up_nothing_is_shaded() -> None:
    figure = figures.response_times(series(("Search", 0, False)), performance())
    assert not figure.layout.shapes


def test_a_load_that_was_never_measured_is_shaded_as_a_whole() -> None:
    figure = figures.response_times(
        series(("Search", 0, True), ("Search", 3, True)), performance()
    )
    (shade,) = figure.layout.shapes
    assert (shade.x0, shade.x1) == (-0.5, 3.5)


@pytest.mark.parametrize(
    "figure",
    [
        figures.operation_limits(tables.PERFORMANCE.empty()),
        figures.response_times(
            tables.PERFORMANCE_SERIES.empty(), tables.PERFORMANCE.empty()
        ),
    ],
)
def test_nothing_measured_is_said(figure: Any) -> None:  # noqa: ANN401
    (said,) = figure.layout.annotations
    assert said.text == "Nothing was measured under load."


@pytest.mark.parametrize("word", records.HOSTILE)
def test_names_of_operations_stay_text(word: str) -> None:
    frame = performance(measured(word, 10.0, 20.0))
    for figure in (
        figures.operation_limits(frame),
        figures.response_times(series((word, 1, False)), frame),
    ):
        markup = figure.to_json()
        assert "<script>window" not in markup
        assert "<img src" not in markup
        assert "<b onmouse" not in markup
