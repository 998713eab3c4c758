"""Figures of what the tools of stage static found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from qgate.figures.style import PALETTE, SEVERITY_COLOURS, finish, nothing, safe, short

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

_NONE = "The tools found nothing."


def findings_by_tool(findings: pd.DataFrame) -> go.Figure:
    """Show how many findings each tool has, by severity.

    Args:
        findings: Frame `findings`.
    """
    if findings.empty:
        return nothing("Findings by tool", _NONE)
    found = {str(name) for name in findings["severity"]}
    colours = {
        name: SEVERITY_COLOURS[name] for name in SEVERITY_COLOURS if name in found
    }
    colours |= dict.fromkeys(sorted(found - set(colours)), SEVERITY_COLOURS["info"])
    return _stacked(
        findings, "tool", "severity", colours, "Findings by tool and severity"
    )


def findings_by_module(findings: pd.DataFrame, count: int = 20) -> go.Figure:
    """Show how many findings each module has, by tool.

    Args:
        findings: Frame `findings`.
        count: How many modules at most, those with most findings.
    """
    if findings.empty:
        return nothing("Findings by module", _NONE)
    tools = [str(name) for name in findings["tool"].value_counts().index]
    colours = {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(tools)}
    modules = findings["module"].value_counts().index
    title = "Findings by module and tool"
    if len(modules) > count:
        title += f" ({count} of {len(modules)} modules)"
    kept = findings[findings["module"].isin(modules[:count])]
    return _stacked(kept, "module", "tool", colours, title)


def _stacked(
    findings: pd.DataFrame,
    bar: str,
    part: str,
    colours: Mapping[str, str],
    title: str,
) -> go.Figure:
    """Draw one bar per value of column *bar*, the longest first, split by column *part*."""
    counts = findings.groupby([bar, part]).size()
    totals = findings[bar].value_counts()
    bars = [str(name) for name in totals.index]
    figure = go.Figure()
    for name, colour in colours.items():
        values = [int(counts.get((each, name), 0)) for each in bars]
        if not any(values):
            continue
        figure.add_bar(
            y=list(range(len(bars))),
            x=values,
            orientation="h",
            name=safe(short(name, 24)),
            marker_color=colour,
            customdata=[[safe(each), safe(name)] for each in bars],
            hovertemplate=("%{customdata[0]}: %{x:,d} %{customdata[1]}<extra></extra>"),
        )
    figure.update_xaxes(
        title_text="Findings",
        tickformat=",d",
        range=[0, int(totals.max()) * 1.05],
        dtick=1 if totals.max() < 6 else None,  # noqa: PLR2004 - no halves of findings
    )
    labels = [f"{short(each, 32)} ({totals[each]:,})" for each in bars]
    return finish(figure, title, labels, barmode="stack")
