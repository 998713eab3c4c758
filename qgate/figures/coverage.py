"""Figures of what Odoo's tests ran of the modules' code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import plotly.graph_objects as go

from qgate.figures.style import (
    INK,
    PALETTE,
    finish,
    line_ranges,
    nothing,
    safe,
    share,
    short,
)
from qgate.frames import rows

if TYPE_CHECKING:
    import pandas as pd

_NONE: Final = "No coverage was measured."
_ALL: Final = "all modules"
_LINES_SHOWN: Final = 80
_LABELLED_SHARE: Final = 0.012
"""Share of the area from which on a file's name can be read in it."""

_SCALE: Final = [
    [0, "#D55E00"],
    [0.5, "#F2A65A"],
    [0.7, "#F7E3A1"],
    [0.85, "#BFE3F5"],
    [1, "#56B4E9"],
]


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
        return nothing("Coverage by module", _NONE)
    columns = ["statements", "covered", "body_statements", "body_covered"]
    sums = coverage.groupby("module")[columns].sum().sort_index()
    modules = [str(name) for name in sums.index]
    figure = go.Figure()
    for name, part, whole, colour, ink in (
        ("all lines", "covered", "statements", PALETTE[0], "#ffffff"),
        ("in functions, by a test", "body_covered", "body_statements", PALETTE[1], INK),
    ):
        shares = [share(a, b) for a, b in zip(sums[part], sums[whole], strict=True)]
        figure.add_bar(
            y=list(range(len(modules))),
            x=shares,
            orientation="h",
            name=name,
            marker_color=colour,
            text=[f"{value:.1f} %" for value in shares],
            textposition="auto",
            insidetextanchor="start",
            insidetextfont_color=ink,
            textangle=0,
            customdata=[
                [safe(module), int(a), int(b)]
                for module, a, b in zip(modules, sums[part], sums[whole], strict=True)
            ],
            hovertemplate=(
                f"%{{customdata[0]}}, {name}: %{{x:.1f}} %<br>%{{customdata[1]:,d}} of "
                "%{customdata[2]:,d} statements<extra></extra>"
            ),
        )
    _limit(figure, "limit of all lines", min_coverage, PALETTE[0], len(modules))
    _limit(figure, "limit in functions", min_body_coverage, "#a86f00", len(modules))
    figure.update_xaxes(title_text="Statements that ran, %", range=[0, 106], dtick=10)
    labels = [short(module, 32) for module in modules]
    title = "Coverage by module"
    return finish(figure, title, labels, barmode="group", row_height=52)


def coverage_treemap(coverage: pd.DataFrame) -> go.Figure:
    """Show every file as an area: its size in statements, its colour the share covered.

    Args:
        coverage: Frame `coverage`.
    """
    nodes = _tree(coverage)
    if not nodes:
        return nothing("Coverage by file", _NONE)
    shares = [share(node["covered"], node["statements"]) for node in nodes.values()]
    total = max(node["statements"] for node in nodes.values())
    figure = go.Figure(
        go.Treemap(
            ids=list(nodes),
            labels=[safe(short(node["label"], 40)) for node in nodes.values()],
            parents=[node["parent"] for node in nodes.values()],
            values=[node["statements"] for node in nodes.values()],
            branchvalues="total",
            text=[f"{value:.0f} %" for value in shares],
            texttemplate=[_label(node, total) for node in nodes.values()],
            customdata=[
                [safe(short(key, 100)), _not_run(node["missing"])]
                for key, node in nodes.items()
            ],
            hovertemplate=(
                "%{customdata[0]}<br>%{value:,d} statements, %{text} covered"
                "%{customdata[1]}<extra></extra>"
            ),
            marker={
                "colors": shares,
                "cmin": 0,
                "cmax": 100,
                "colorscale": _SCALE,
                "colorbar": {
                    "title": {"text": "Covered, %", "side": "right"},
                    "thickness": 12,
                    "len": 1,
                },
                "line": {"width": 1, "color": "#ffffff"},
            },
            textfont={"color": INK},
            pathbar={"visible": False},
            tiling={"pad": 2},
        )
    )
    return finish(
        figure,
        "Coverage by file (area: statements, colour: share that ran)",
        legend=False,
        height=500,
        uniformtext={"mode": False},
        margin={"l": 0, "r": 10, "t": 50, "b": 10},
    )


def _tree(coverage: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return module, folder and file nodes by path, each with the sums of what is in it."""
    nodes: dict[str, dict[str, Any]] = {}
    top = [_ALL] if len(set(coverage["module"])) > 1 else []
    for row in rows(coverage):
        if not row["statements"]:
            continue
        file, module = f"/{row['file']}", row["module"]
        inner = file.partition(f"/{module}/")[2] or file[1:]
        path = [*top, module, *filter(None, inner.split("/"))]
        for depth in range(1, len(path) + 1):
            node = nodes.setdefault(
                "/".join(path[:depth]),
                {
                    "label": path[depth - 1],
                    "parent": "/".join(path[: depth - 1]),
                    "statements": 0,
                    "covered": 0,
                    "missing": [],
                    "file": depth == len(path),
                },
            )
            node["statements"] += row["statements"]
            node["covered"] += row["covered"]
        nodes["/".join(path)]["missing"] = row["missing"]
    return nodes


def _label(node: dict[str, Any], total: int) -> str:
    if not node["file"]:
        return "%{label}"
    large = node["statements"] >= _LABELLED_SHARE * total
    return "%{label}<br>%{text}" if large else " "


def _not_run(lines: list[int]) -> str:
    return (
        f"<br>not run: lines {short(line_ranges(lines), _LINES_SHOWN)}" if lines else ""
    )


def _limit(
    figure: go.Figure, name: str, limit: float | None, colour: str, bars: int
) -> None:
    if limit is None:
        return
    figure.add_scatter(
        x=[limit, limit],
        y=[-0.5, bars - 0.5],
        mode="lines",
        line={"dash": "dash", "color": colour, "width": 2},
        name=f"{name}: {limit:g} %",
        hovertemplate=f"{name}: {limit:g} %<extra></extra>",
    )
