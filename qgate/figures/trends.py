"""Figures of a history: how what the gate measures develops from run to run.

Every point carries the address of its run's report as `customdata`; the page opens it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import plotly.graph_objects as go

from qgate.figures.style import (
    PALETTE,
    QUIET,
    SEVERITY_COLOURS,
    VERDICT_COLOURS,
    finish,
    nothing,
    safe,
    short,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

LINES: Final = 8
"""Lines of one figure that people can tell apart; what is left out is said in its title."""

_HEIGHT: Final = 360
_DASHES: Final = ("solid", "dash", "dot", "dashdot")
"""Beside its colour, each line has a dash: in print and for those who see no colours."""

_MARKERS: Final = ("circle", "square", "diamond", "triangle-up")
_LIMIT: Final = "#cf222e"
_RECENT: Final = 20
"""Runs whose passed share says how things are now."""

_FEW: Final = 60
"""Points up to which each has a mark."""


def pass_rate(spans: pd.DataFrame) -> go.Figure:
    """Show the share of runs that passed, each time of the twenty runs before or so.

    Args:
        spans: Frame `spans` of an overview.
    """
    title = "Runs that passed"
    if spans.empty:
        return nothing(title, "There is no run.")
    typical = max(1.0, float(spans["runs"].median()))
    window = max(1, round(_RECENT / typical))
    summed = spans[["passed", "runs"]].rolling(window, min_periods=1).sum()
    name = f"Passed of the last {round(window * typical):,d} runs"
    share = spans.assign(share=100 * summed["passed"] / summed["runs"])
    figure = go.Figure()
    _line(figure, share, "share", name, 0, "%{y:.0f} %")
    _finished(figure, title, "Passed, %")
    return figure.update_yaxes(range=[0, 103], autorange=False)


def run_counts(spans: pd.DataFrame) -> go.Figure:
    """Show how many runs there were, and how many of them did not pass."""
    title = "Runs"
    if spans.empty or int(spans["runs"].max()) == 1:
        return nothing(title, "Every run is a point of its own in the figure above.")
    figure = go.Figure()
    failed = spans["runs"] - spans["passed"]
    for name, counts, verdict, pattern in (
        ("passed", spans["passed"], "passed", ""),
        ("not passed", failed, "failed", "/"),
    ):
        figure.add_bar(
            x=spans["began"],
            y=counts,
            name=f"Runs that {'did not pass' if pattern else 'passed'}",
            marker_color=VERDICT_COLOURS[verdict],
            marker_pattern_shape=pattern,
            customdata=spans["link"],
            hovertemplate=f"%{{y:,d}} {name}<extra></extra>",
        )
    figure.update_layout(barmode="stack")
    return _finished(figure, title, "Runs").update_layout(height=260, bargap=0.1)


def blocking_stages(runs: pd.DataFrame) -> go.Figure:
    """Show which stages kept runs from passing, and in how many runs each did."""
    title = "Stages that block, in runs"
    counted = runs["blocking"].explode().dropna().value_counts()
    if counted.empty:
        return nothing(title, "No stage has blocked a run.")
    figure = go.Figure(
        go.Bar(
            x=counted.to_numpy(),
            y=list(range(len(counted))),
            orientation="h",
            marker_color=PALETTE[0],
            text=[f"{n:,d} of {len(runs):,d}" for n in counted],
            hovertemplate="%{x:,d} runs<extra></extra>",
        )
    )
    figure.update_xaxes(title="Runs", rangemode="tozero")
    return finish(figure, title, list(counted.index), legend=False)


def coverage_lines(coverage: pd.DataFrame, *, limit: float) -> go.Figure:
    """Show the coverage of each module, the lowest ones, with the limit.

    Args:
        coverage: Frame `coverage` of an overview.
        limit: Percent that the gate demands.
    """
    if coverage.empty:
        return nothing("Coverage by module", "No tests with coverage have run.")
    latest = coverage.sort_values("span").groupby("module")["percent"].last()
    shown = list(latest.sort_values().index[:LINES])
    figure = go.Figure()
    for number, module in enumerate(shown):
        own = coverage[coverage["module"] == module]
        _line(figure, own, "percent", str(module), number, "%{y:.1f} %")
    title = _of_many("Coverage by module", "the lowest", len(shown), len(latest))
    _finished(figure, title, "Statements run by tests, %")
    _limit(figure, limit, f"{limit:g} % demanded")
    low = min(float(coverage["percent"].min()), limit)
    return figure.update_yaxes(range=[max(0.0, low - 8), 101], autorange=False)


def operation_times(performance: pd.DataFrame, operation: str) -> go.Figure:
    """Show median and 95th percentile of one operation, their spread, and its limit.

    The band holds eight tenths of the runs of a span.
    """
    own = performance[performance["operation"] == operation]
    figure = go.Figure()
    if (own["runs"] > 1).any():
        figure.add_scatter(
            x=pd.concat([own["began"], own["began"][::-1]]),
            y=pd.concat([own["high"], own["low"][::-1]]),
            fill="toself",
            fillcolor="rgba(0, 114, 178, 0.16)",
            line={"width": 0},
            name="p95 of eight in ten runs",
            hoverinfo="skip",
        )
    _line(figure, own, "p95", "p95", 0, "%{y:,.0f} ms")
    _line(figure, own, "p50", "p50", 1, "%{y:,.0f} ms")
    _finished(figure, short(f"{operation}: response time"), "Response time, ms")
    known = own["threshold"].dropna()
    if len(known):
        _limit(figure, float(known.iloc[-1]), f"limit {known.iloc[-1]:,.0f} ms")
    return figure.update_yaxes(rangemode="tozero")


def finding_counts(findings: pd.DataFrame) -> go.Figure:
    """Show how many findings each tool has."""
    title = "Findings by tool"
    if findings.empty:
        return nothing(title, "No tool has found anything.")
    figure = go.Figure()
    for number, (tool, own) in enumerate(findings.groupby("tool")):
        _line(figure, own, "findings", str(tool), number, "%{y:,d}", step=True)
    _finished(figure, title, "Findings")
    return figure.update_yaxes(rangemode="tozero")


def finding_moves(findings: pd.DataFrame) -> go.Figure:
    """Show how many findings came and how many went, from one span to the next."""
    title = "Findings, new and fixed"
    moved = findings.groupby("began")[["new", "fixed"]].sum().reset_index()
    if moved.empty or not (moved["new"] + moved["fixed"]).any():
        return nothing(title, "No finding came or went.")
    links = findings.groupby("began")["link"].last().to_numpy()
    figure = go.Figure()
    for name, sign, colour, pattern in (
        ("new", 1, PALETTE[5], ""),
        ("fixed", -1, PALETTE[2], "/"),
    ):
        figure.add_bar(
            x=moved["began"],
            y=sign * moved[name],
            name=name.capitalize(),
            marker_color=colour,
            marker_pattern_shape=pattern,
            customdata=links,
            text=None,
            hovertemplate=f"%{{y:,d}} {name}<extra></extra>",
        )
    figure.update_layout(barmode="relative")
    return _finished(figure, title, "Findings (fixed ones below 0)")


def stage_durations(durations: pd.DataFrame) -> go.Figure:
    """Show how long each stage takes."""
    title = "Where the time goes: stages"
    if durations.empty:
        return nothing(title, "No stage has been measured.")
    figure = go.Figure()
    typical = durations.groupby("stage")["seconds"].median()
    for number, stage in enumerate(typical.sort_values(ascending=False).index):
        own = durations[durations["stage"] == stage]
        _line(figure, own, "seconds", str(stage), number, "%{y:,.1f} s")
    _finished(figure, title, "Time, s")
    return figure.update_yaxes(rangemode="tozero")


def severity_counts(severities: pd.DataFrame) -> go.Figure:
    """Show how many vulnerabilities of each severity there are."""
    title = "Vulnerabilities by severity"
    known = severities.dropna(subset=["severity"])
    known = known.assign(severity=known["severity"].str.lower())
    if known.empty:
        why = (
            "No vulnerability was found." if len(severities) else "Nothing was scanned."
        )
        return nothing(title, why)
    figure = go.Figure()
    order = [name for name in SEVERITY_COLOURS if name in set(known["severity"])]
    spans = severities.drop_duplicates("span")[["span", "began", "link"]]
    for number, severity in enumerate(order):
        own = spans.merge(
            known.loc[known["severity"] == severity, ["span", "vulnerabilities"]],
            on="span",
            how="left",
        ).fillna({"vulnerabilities": 0})
        own = own.sort_values("span")
        colour = SEVERITY_COLOURS[severity]
        _line(
            figure, own, "vulnerabilities", severity, number, "%{y:,d}",
            step=True, colour=colour,
        )  # fmt: skip
    _finished(figure, title, "Vulnerabilities")
    return figure.update_yaxes(rangemode="tozero")


def image_sizes(images: pd.DataFrame, *, limit: float) -> go.Figure:
    """Show the size of each image.

    Args:
        images: Frame `images` of an overview.
        limit: Bytes below which readiness demands it.
    """
    title = "Size of the image"
    if images.empty:
        return nothing(title, "No image was built.")
    figure = go.Figure()
    for number, (image, own) in enumerate(images.groupby("image")):
        sized = own.assign(gigabytes=own["size"] / 1e9)
        _line(figure, sized, "gigabytes", short(str(image)), number, "%{y:.2f} GB")
    _finished(figure, title, "Size, GB")
    _limit(figure, limit / 1e9, f"limit {limit / 1e9:g} GB")
    return figure.update_yaxes(rangemode="tozero")


def recovery_times(recoveries: pd.DataFrame) -> go.Figure:
    """Show how long it took from the first run that did not pass to the next that did."""
    title = "Time from red to green"
    over = recoveries.dropna(subset=["green"])
    if over.empty:
        return nothing(title, "No branch has gone from red to green.")
    figure = go.Figure(
        go.Scatter(
            x=over["green"],
            y=over["hours"],
            mode="markers",
            marker={"color": PALETTE[0], "size": 8, "symbol": "diamond"},
            customdata=over["link"],
            text=[
                f"{safe(branch)}, {runs:,d} runs"
                for branch, runs in zip(over["branch"], over["runs"], strict=True)
            ],
            hovertemplate="%{y:,.1f} h on %{text}<extra></extra>",
        )
    )
    _finished(figure, title, "Time, h", legend=False)
    middle = float(over["hours"].median())
    _limit(figure, middle, f"median {middle:,.1f} h", colour=QUIET)
    return figure.update_yaxes(rangemode="tozero")


def _line(
    figure: go.Figure,
    own: pd.DataFrame,
    column: str,
    name: str,
    number: int,
    shown: str,
    *,
    step: bool = False,
    colour: str | None = None,
) -> None:
    marked = len(own) <= _FEW
    figure.add_scatter(
        x=own["began"],
        y=own[column],
        name=safe(name),
        mode="lines+markers" if marked else "lines",
        line={
            "color": colour or PALETTE[number % len(PALETTE)],
            "dash": _DASHES[number % len(_DASHES)],
            "shape": "hv" if step else "linear",
            "width": 2,
        },
        marker={"symbol": _MARKERS[number % len(_MARKERS)], "size": 6},
        customdata=own["link"],
        hovertemplate=f"{shown} {safe(name)}<extra></extra>",
    )


def _limit(figure: go.Figure, at: float, words: str, *, colour: str = _LIMIT) -> None:
    figure.add_hline(
        y=at,
        line={"color": colour, "dash": "longdash", "width": 1.5},
        annotation={
            "text": safe(words),
            "font": {"color": colour},
            "xanchor": "right",
            "x": 1,
            "yanchor": "bottom",
        },
    )


def _finished(
    figure: go.Figure, title: str, unit: str, *, legend: bool = True
) -> go.Figure:
    finish(figure, safe(title), legend=legend, height=_HEIGHT, **_AXES)
    lines = -(-len(figure.data) // 4)
    figure.update_layout(
        legend_y=1 - 36 / _HEIGHT, margin_t=44 + 24 * lines * legend, margin_b=40
    )
    figure.update_xaxes(title="Start of the run, UTC")
    return figure.update_yaxes(
        title=unit, tickmode="auto", range=None, autorange=True, showgrid=True,
        gridcolor="#d8dee4", ticktext=None, tickvals=None,
    )  # fmt: skip


_AXES: Final[dict[str, Any]] = {"hovermode": "x unified", "clickmode": "event"}


def _of_many(title: str, which: str, shown: int, count: int) -> str:
    return title if shown == count else f"{title}: {which} {shown} of {count}"


def operations(performance: pd.DataFrame) -> Sequence[str]:
    """Return the operations, those with a limit first, then by their response time."""
    newest = performance.sort_values("span").groupby("operation").last()
    newest = newest.assign(free=newest["threshold"].isna())
    order = newest.sort_values(["free", "p95"], ascending=[True, False])
    return [str(name) for name in order.index]
