"""Frames become plotly figures, for the report and for a person's own notebook.

Every function takes frames as `qgate.load(...)` gives them and returns a figure; a frame
without rows gives a figure that says so. Colours are those of Okabe and Ito, which people
with colour vision deficiencies can tell apart.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, Final

import plotly.graph_objects as go

from qgate.frames import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

VERDICT_COLOURS: Final = {
    "passed": "#1a7f37",
    "failed": "#cf222e",
    "error": "#8250df",
    "skipped": "#6e7781",
    "blocked": "#9a6700",
}
PALETTE: Final = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#F0E442",
    "#000000",
)
_SEVERITIES: Final = {
    "fatal": "#7f0000",
    "error": "#D55E00",
    "high": "#D55E00",
    "medium": "#E69F00",
    "warning": "#E69F00",
    "low": "#56B4E9",
    "convention": "#56B4E9",
    "refactor": "#0072B2",
    "info": "#999999",
}
_ROW_HEIGHT: Final = 34
_FRAME_HEIGHT: Final = 110


def stage_timeline(executions: pd.DataFrame, stages: pd.DataFrame) -> go.Figure:
    """Show when each stage ran, coloured by its verdict.

    Args:
        executions: Frame `executions`.
        stages: Frame `stages`.
    """
    verdicts = {row["stage"]: row["verdict"] for row in rows(stages)}
    ran = [row for row in rows(executions) if row["started"] is not None]
    if not ran:
        return _nothing("Stage timeline", "No stage ran.")
    begin = min(row["started"] for row in ran)
    figure = go.Figure()
    for row in ran:
        verdict = verdicts.get(row["stage"], "error")
        start = (row["started"] - begin).total_seconds()
        figure.add_bar(
            y=[row["stage"]],
            x=[row["seconds"]],
            base=[start],
            orientation="h",
            marker_color=VERDICT_COLOURS.get(verdict, "#999999"),
            text=f"{verdict}, {row['seconds']:.1f} s",
            textposition="auto",
            insidetextanchor="middle",
            hovertemplate=(
                f"{_text(row['stage'])}: {verdict}<br>from {start:.1f} s "
                f"to {start + row['seconds']:.1f} s<extra></extra>"
            ),
        )
    figure.update_xaxes(title_text="Seconds since the start", rangemode="tozero")
    figure.update_yaxes(autorange="reversed")
    return _finish(figure, "Stage timeline", rows_shown=len(ran), legend=False)


def findings_by_tool(findings: pd.DataFrame) -> go.Figure:
    """Show how many findings each tool has, by severity.

    Args:
        findings: Frame `findings`.
    """
    if findings.empty:
        return _nothing("Findings by tool", "The tools found nothing.")
    counts = findings.groupby(["tool", "severity"]).size().reset_index(name="count")
    tools = list(counts.groupby("tool")["count"].sum().sort_values().index)
    figure = go.Figure()
    for severity, colour in _SEVERITIES.items():
        own = counts[counts["severity"] == severity].set_index("tool")["count"]
        if own.empty:
            continue
        figure.add_bar(
            y=tools,
            x=[int(own.get(tool, 0)) for tool in tools],
            orientation="h",
            name=severity,
            marker_color=colour,
            hovertemplate=f"%{{y}}: %{{x}} of severity {severity}<extra></extra>",
        )
    figure.update_layout(barmode="stack")
    figure.update_xaxes(title_text="Findings", tickformat=",d")
    return _finish(figure, "Findings by tool and severity", rows_shown=len(tools))


def tests_by_outcome(tests: pd.DataFrame) -> go.Figure:
    """Show how many tests of each module passed, failed or were skipped.

    Args:
        tests: Frame `tests`.
    """
    if tests.empty:
        return _nothing("Tests by module", "No test ran.")
    colours = {
        "passed": "#009E73",
        "failed": "#D55E00",
        "error": "#8250df",
        "unfinished": "#7f0000",
        "skipped": "#999999",
    }
    counts = tests.groupby(["module", "outcome"]).size()
    modules = sorted(tests["module"].unique(), reverse=True)
    figure = go.Figure()
    for outcome, colour in colours.items():
        values = [int(counts.get((module, outcome), 0)) for module in modules]
        if any(values):
            figure.add_bar(
                y=[_text(module) for module in modules],
                x=values,
                orientation="h",
                name=outcome,
                marker_color=colour,
                text=[value or "" for value in values],
                hovertemplate=f"%{{y}}: %{{x}} {outcome}<extra></extra>",
            )
    figure.update_layout(barmode="stack")
    figure.update_xaxes(title_text="Tests", tickformat=",d")
    return _finish(figure, "Tests by module and outcome", rows_shown=len(modules))


def slowest_tests(tests: pd.DataFrame, count: int = 10) -> go.Figure:
    """Show the tests that took longest.

    Args:
        tests: Frame `tests`.
        count: How many.
    """
    timed = tests[tests["seconds"].notna()].nlargest(count, "seconds")
    if timed.empty:
        return _nothing("Slowest tests", "No test ran to its end.")
    shown = list(rows(timed))[::-1]
    labels = [_text(_short(f"{row['class']}.{row['test']}")) for row in shown]
    figure = go.Figure(
        go.Bar(
            y=labels,
            x=[row["seconds"] for row in shown],
            orientation="h",
            marker_color=PALETTE[0],
            text=[f"{row['seconds']:.2f} s" for row in shown],
            customdata=[
                [_text(row["module"]), "" if row["queries"] is None else row["queries"]]
                for row in shown
            ],
            hovertemplate=(
                "%{customdata[0]}: %{y}<br>%{x:.3f} s, "
                "%{customdata[1]} SQL queries<extra></extra>"
            ),
        )
    )
    figure.update_xaxes(title_text="Seconds", rangemode="tozero")
    return _finish(
        figure, f"The {len(shown)} slowest tests", rows_shown=len(shown), legend=False
    )


def coverage_by_module(
    coverage: pd.DataFrame,
    *,
    min_coverage: float | None = None,
    min_body_coverage: float | None = None,
) -> go.Figure:
    """Show line and body coverage of each module, with their limits.

    Args:
        coverage: Frame `coverage`.
        min_coverage: Limit of the line coverage, percent.
        min_body_coverage: Limit of the body coverage, percent.
    """
    if coverage.empty:
        return _nothing("Coverage by module", "No coverage was measured.")
    sums = coverage.groupby("module")[
        ["statements", "covered", "body_statements", "body_covered"]
    ].sum()
    modules = sorted(sums.index, reverse=True)
    figure = go.Figure()
    for name, part, whole, colour, limit in (
        (
            "functions run by a test",
            "body_covered",
            "body_statements",
            PALETTE[1],
            min_body_coverage,
        ),
        ("lines", "covered", "statements", PALETTE[0], min_coverage),
    ):
        shares = [
            _share(sums.loc[module, part], sums.loc[module, whole])
            for module in modules
        ]
        figure.add_bar(
            y=[_text(module) for module in modules],
            x=shares,
            orientation="h",
            name=name,
            marker_color=colour,
            text=[f"{share:.1f} %" for share in shares],
            hovertemplate=f"%{{y}}: %{{x:.1f}} % of {name}<extra></extra>",
        )
        if limit is not None:
            figure.add_vline(
                x=limit,
                line_dash="dash",
                line_color=colour,
                annotation_text=f"limit {name.split()[0]} {limit:g} %",
                annotation_font_color=colour,
                annotation_position="top" if name == "lines" else "bottom",
            )
    figure.update_xaxes(title_text="Covered, %", range=[0, 105])
    return _finish(figure, "Coverage by module", rows_shown=2 * len(modules))


def coverage_treemap(coverage: pd.DataFrame) -> go.Figure:
    """Show every file as an area: its size in statements, its colour the share covered.

    Args:
        coverage: Frame `coverage`.
    """
    files = [row for row in rows(coverage) if row["statements"]]
    if not files:
        return _nothing("Coverage by file", "No coverage was measured.")
    nodes: dict[str, dict[str, Any]] = {}
    for row in files:
        inner = row["file"].rpartition(f"{row['module']}/")[2].split("/")
        path = [row["module"], *inner]
        for depth in range(1, len(path) + 1):
            key = "/".join(path[:depth])
            node = nodes.setdefault(
                key,
                {
                    "label": path[depth - 1],
                    "parent": "/".join(path[: depth - 1]),
                    "statements": 0,
                    "covered": 0,
                    "missing": "",
                },
            )
            node["statements"] += row["statements"]
            node["covered"] += row["covered"]
        missing = line_ranges(row["missing"])
        nodes["/".join(path)]["missing"] = (
            f"<br>not run: lines {_short(missing, 80)}" if missing else ""
        )
    shares = [_share(node["covered"], node["statements"]) for node in nodes.values()]
    figure = go.Figure(
        go.Treemap(
            ids=list(nodes),
            labels=[_text(node["label"]) for node in nodes.values()],
            parents=[node["parent"] for node in nodes.values()],
            values=[node["statements"] for node in nodes.values()],
            branchvalues="total",
            text=[f"{share:.0f} %" for share in shares],
            customdata=[[_text(k), n["missing"]] for k, n in nodes.items()],
            hovertemplate=(
                "%{customdata[0]}<br>%{value} statements, %{text} covered"
                "%{customdata[1]}<extra></extra>"
            ),
            marker={
                "colors": shares,
                "cmin": 0,
                "cmax": 100,
                "colorscale": [
                    [0, "#D55E00"],
                    [0.5, "#F5D76E"],
                    [0.7, "#BFE3F5"],
                    [1, "#56B4E9"],
                ],
                "colorbar": {"title": {"text": "Covered, %"}, "thickness": 12},
                "line": {"width": 1, "color": "#ffffff"},
            },
            textfont={"color": "#1b1f24"},
            tiling={"pad": 2},
        )
    )
    figure = _finish(figure, "Coverage by file (area: statements)", rows_shown=12)
    return figure.update_layout(height=480, margin={"l": 10, "r": 10, "t": 50, "b": 10})


def line_ranges(lines: Iterable[int]) -> str:
    """Write line numbers shortly: 1, 2, 3, 7 as `1-3, 7`."""
    ranges: list[list[int]] = []
    for line in sorted(lines):
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1][1] = line
        else:
            ranges.append([line, line])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)


def _share(part: float, whole: float) -> float:
    return 100 * float(part) / float(whole) if whole else 100.0


def _text(value: object) -> str:
    """Escape a word of a module: plotly reads a few tags in its labels."""
    return html.escape(str(value))


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _finish(
    figure: go.Figure, title: str, *, rows_shown: int, legend: bool = True
) -> go.Figure:
    layout: Mapping[str, Any] = {
        "title": {"text": title, "x": 0, "xanchor": "left", "font": {"size": 16}},
        "template": "plotly_white",
        "height": _FRAME_HEIGHT + _ROW_HEIGHT * max(rows_shown, 2),
        "margin": {"l": 10, "r": 20, "t": 60, "b": 40},
        "showlegend": legend,
        "legend": {
            "orientation": "h",
            "y": 1.0,
            "yanchor": "bottom",
            "x": 1,
            "xanchor": "right",
        },
        "bargap": 0.25,
        "font": {"family": "system-ui, sans-serif", "size": 13},
        "paper_bgcolor": "rgba(255,255,255,1)",
    }
    figure.update_layout(**layout)
    figure.update_yaxes(automargin=True)
    return figure


def _nothing(title: str, why: str) -> go.Figure:
    figure = go.Figure()
    figure.add_annotation(
        text=_text(why), showarrow=False, font={"size": 14, "color": "#57606a"}
    )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return _finish(figure, title, rows_shown=1, legend=False)


__all__: Sequence[str] = [
    "PALETTE",
    "VERDICT_COLOURS",
    "coverage_by_module",
    "coverage_treemap",
    "findings_by_tool",
    "line_ranges",
    "slowest_tests",
    "stage_timeline",
    "tests_by_outcome",
]
