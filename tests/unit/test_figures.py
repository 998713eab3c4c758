from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qgate import figures
from qgate.figures.style import safe, short
from qgate.frames import rows, tables
from tests.support import records

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    import plotly.graph_objects as go


@pytest.fixture
def frames(tmp_path: Path) -> dict[str, pd.DataFrame]:
    made = records.story(("m_one", "m_two"), tests=20, files=10, share=0.8)
    made = records.with_bad_tests(records.with_findings(made, 200))
    return made.save(tmp_path).frames()


def labels(figure: go.Figure) -> list[str]:
    return [str(text).strip() for text in figure.layout.yaxis.ticktext]


def drawn(figure: go.Figure) -> dict[str, dict[str, float]]:
    """Return the bars' lengths by name of the trace and label of the bar."""
    at = labels(figure)
    return {
        trace.name: {at[y]: x for y, x in zip(trace.y, trace.x, strict=True)}
        for trace in figure.data
        if trace.type == "bar"
    }


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (
            figures.stage_timeline(tables.EXECUTIONS.empty(), tables.STAGES.empty()),
            "No stage ran.",
        ),
        (figures.findings_by_tool(tables.FINDINGS.empty()), "The tools found nothing."),
        (
            figures.findings_by_module(tables.FINDINGS.empty()),
            "The tools found nothing.",
        ),
        (figures.tests_by_outcome(tables.TESTS.empty()), "No test ran."),
        (figures.slowest_tests(tables.TESTS.empty()), "No test ran to its end."),
        (
            figures.coverage_by_module(tables.COVERAGE.empty()),
            "No coverage was measured.",
        ),
        (
            figures.coverage_treemap(tables.COVERAGE.empty()),
            "No coverage was measured.",
        ),
    ],
)
def test_nothing_to_draw_is_said(figure: go.Figure, words: str) -> None:
    assert [note.text for note in figure.layout.annotations] == [words]
    assert not figure.data
    assert figure.layout.title.text
    figure.to_json()


def test_the_timeline_shows_when_stages_ran(frames: dict[str, pd.DataFrame]) -> None:
    figure = figures.stage_timeline(frames["executions"], frames["stages"])
    (bars,) = figure.data
    assert labels(figure) == ["static", "tests"]
    assert list(bars.x) == frames["executions"]["seconds"].tolist()
    assert list(bars.base) == [0.0, 0.2]
    assert set(bars.marker.color) == {figures.VERDICT_COLOURS["failed"]}
    assert bars.text[1] == "failed, 41.3 s"


def test_a_long_timeline_is_in_minutes() -> None:
    executions = [
        {
            "stage": "tests",
            "status": "measured",
            "started": records.STARTED,
            "seconds": 1200.0,
        },
        {"stage": "static", "status": "skipped", "cause": "No.", "seconds": 0.0},
    ]
    figure = figures.stage_timeline(
        tables.EXECUTIONS.frame(executions), tables.STAGES.empty()
    )
    assert list(figure.data[0].x) == [20.0]
    assert figure.layout.xaxis.title.text.startswith("Minutes")
    assert figure.data[0].text == ("error, 20 min 0 s",)


def test_findings_are_counted(frames: dict[str, pd.DataFrame]) -> None:
    findings = frames["findings"]
    counts = findings.groupby(["tool", "severity"]).size()
    shown = {
        (label.partition(" ")[0], severity): value
        for severity, bars in drawn(figures.findings_by_tool(findings)).items()
        for label, value in bars.items()
        if value
    }
    assert shown == counts.to_dict()
    by_module = drawn(figures.findings_by_module(findings))
    assert sum(sum(bars.values()) for bars in by_module.values()) == len(findings)
    assert set(by_module) == set(findings["tool"])
    assert {label for bars in by_module.values() for label in bars} == {
        "m_one (100)",
        "m_two (100)",
    }


def test_only_the_modules_with_most_findings_are_drawn(
    frames: dict[str, pd.DataFrame],
) -> None:
    figure = figures.findings_by_module(frames["findings"][:3], count=1)
    assert labels(figure) == ["m_one (2)"]
    assert "1 of 2 modules" in figure.layout.title.text


def test_an_unknown_severity_is_drawn_too(frames: dict[str, pd.DataFrame]) -> None:
    findings = frames["findings"][:1].assign(severity="strange")
    assert set(drawn(figures.findings_by_tool(findings))) == {"strange"}


def test_outcomes_are_counted(frames: dict[str, pd.DataFrame]) -> None:
    shown = drawn(figures.tests_by_outcome(frames["tests"]))
    assert shown == {
        "passed": {"m_one": 16, "m_two": 19},
        "skipped": {"m_one": 1, "m_two": 0},
        "unfinished": {"m_one": 0, "m_two": 1},
        "failed": {"m_one": 2, "m_two": 0},
        "error": {"m_one": 1, "m_two": 0},
    }


def test_the_slowest_tests_stand_in_order(frames: dict[str, pd.DataFrame]) -> None:
    tests = frames["tests"]
    figure = figures.slowest_tests(tests, count=5)
    seconds = sorted(tests["seconds"].dropna(), reverse=True)[:5]
    assert list(figure.data[0].x) == seconds
    assert figure.layout.title.text == "The 5 slowest tests"
    assert figures.slowest_tests(tests, count=1).layout.title.text == "The slowest test"


def test_tests_of_one_name_do_not_share_a_bar(frames: dict[str, pd.DataFrame]) -> None:
    twins = frames["tests"][:3].assign(test="test_same")
    assert list(figures.slowest_tests(twins).data[0].y) == [0, 1, 2]


def test_coverage_by_module_is_that_of_the_policy(
    frames: dict[str, pd.DataFrame],
) -> None:
    coverage = frames["coverage"]
    figure = figures.coverage_by_module(
        coverage, min_coverage=70, min_body_coverage=None
    )
    sums = coverage.groupby("module")[["covered", "statements"]].sum()
    expected = (100 * sums["covered"] / sums["statements"]).astype(float).to_dict()
    assert drawn(figure)["all lines"] == pytest.approx(expected)
    limits = {trace.name: trace.x for trace in figure.data if trace.type == "scatter"}
    assert limits == {"limit of all lines: 70 %": (70, 70)}


def test_the_treemap_sums_up_files(frames: dict[str, pd.DataFrame]) -> None:
    coverage = frames["coverage"]
    (tree,) = figures.coverage_treemap(coverage).data
    values = dict(zip(tree.ids, tree["values"], strict=True))
    parents = dict(zip(tree.ids, tree.parents, strict=True))
    total = int(coverage["statements"].sum())
    assert values["all modules"] == total
    assert values["all modules/m_one"] + values["all modules/m_two"] == total
    assert parents["all modules/m_one/models"] == "all modules/m_one"
    for row in rows(coverage):
        node = f"all modules/{row['file'].removeprefix('addons/')}"
        assert values[node] == row["statements"]
        colour = tree.marker.colors[tree.ids.index(node)]
        assert colour == pytest.approx(100 * row["covered"] / row["statements"])
        hover = tree.customdata[tree.ids.index(node)][1]
        assert hover.startswith("<br>not run: lines 20") is bool(row["missing"])


def coverage_of(*files: dict[str, Any]) -> pd.DataFrame:
    common = dict.fromkeys(
        ("branches", "branches_covered", "body_statements", "body_covered"), 0
    )
    lists: dict[str, Any] = {"missing": [], "body_missing": []}
    return tables.COVERAGE.frame({**common, **lists, **row} for row in files)


def test_a_file_named_like_its_module_or_elsewhere_is_kept() -> None:
    frame = coverage_of(
        {"module": "m", "file": "addons/m/m/m.py", "statements": 2, "covered": 1},
        {"module": "m", "file": "other.py", "statements": 3, "covered": 3},
        {"module": "m", "file": "addons/m/empty.py", "statements": 0, "covered": 0},
    )
    (tree,) = figures.coverage_treemap(frame).data
    assert set(tree.ids) == {"m", "m/m", "m/m/m.py", "m/other.py"}
    assert dict(zip(tree.ids, tree["values"], strict=True))["m"] == 5


def test_a_module_without_statements_has_everything_covered() -> None:
    frame = coverage_of(
        {"module": "m", "file": "addons/m/a.py", "statements": 0, "covered": 0}
    )
    assert drawn(figures.coverage_by_module(frame))["all lines"] == {"m": 100.0}
    assert figures.coverage_treemap(frame).layout.annotations[0].text


def test_words_of_modules_are_escaped(tmp_path: Path) -> None:
    frames = records.hostile().save(tmp_path).frames()
    for figure in (
        figures.findings_by_tool(frames["findings"].assign(tool=records.HOSTILE[1])),
        figures.findings_by_module(
            frames["findings"].assign(module=records.HOSTILE[1])
        ),
        figures.tests_by_outcome(frames["tests"].assign(module=records.HOSTILE[1])),
        figures.slowest_tests(frames["tests"]),
        figures.coverage_treemap(frames["coverage"]),
    ):
        shown = [
            str(text)
            for trace in figure.data
            for field in (trace.text, trace.hovertext, trace.name, trace.customdata)
            if field is not None
            for text in ([field] if isinstance(field, str) else field)
        ] + [str(text) for text in figure.layout.yaxis.ticktext or ()]
        assert not [text for text in shown if "<img" in text or "<script" in text]
    assert safe("<b>&$x$\n") == "&lt;b&gt;&amp;&#36;x&#36; "


def test_many_bars_are_lower() -> None:
    files = [
        {"module": f"m{i}", "file": f"m{i}/a.py", "statements": 1, "covered": 1}
        for i in range(40)
    ]
    few = figures.tests_by_outcome(_tests(2)).layout.height
    many = figures.tests_by_outcome(_tests(40)).layout.height
    assert few < many < 20 * few
    assert figures.coverage_by_module(coverage_of(*files)).layout.height > many


def _tests(modules: int) -> pd.DataFrame:
    return tables.TESTS.frame(
        {"module": f"m{i}", "class": "C", "test": "t", "outcome": "passed"}
        for i in range(modules)
    )


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([], ""),
        ([7], "7"),
        ([1, 2, 3, 7], "1-3, 7"),
        ([9, 2, 1, 2, 10], "1-2, 9-10"),
    ],
)
def test_lines_are_written_as_ranges(lines: list[int], text: str) -> None:
    assert figures.line_ranges(lines) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.00 s"),
        (0.424, "0.42 s"),
        (41.26, "41.3 s"),
        (99.99, "100.0 s"),
        (125.4, "2 min 5 s"),
    ],
)
def test_durations_are_for_people(seconds: float, text: str) -> None:
    assert figures.duration(seconds) == text


def test_long_words_are_cut() -> None:
    assert short("abcdef", 6) == "abcdef"
    assert short("abcdefg", 6) == "abcde…"
