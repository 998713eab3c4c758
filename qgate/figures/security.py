"""Figures of what Trivy found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import plotly.graph_objects as go

from qgate.figures.style import SEVERITY_COLOURS, finish, nothing, safe

if TYPE_CHECKING:
    import pandas as pd

_TITLE: Final = "Vulnerabilities, secrets and misconfigurations by target"
_LABEL: Final = 40
_NONE: Final = "Nothing was found."
_SUPPRESSED: Final = "suppressed"
_SUPPRESSED_COLOUR: Final = "#d0d7de"


def vulnerabilities_by_target(
    vulnerabilities: pd.DataFrame, count: int = 20
) -> go.Figure:
    """Show how much was found in each target, by severity, and how much does not count.

    Args:
        vulnerabilities: Frame `vulnerabilities`.
        count: How many targets at most, those with most findings.
    """
    if vulnerabilities.empty:
        return nothing(_TITLE, _NONE)
    shown = vulnerabilities["severity"].where(
        vulnerabilities["suppressed_by"].isna(), _SUPPRESSED
    )
    counts = vulnerabilities.groupby(["target", shown]).size()
    totals = vulnerabilities["target"].value_counts()
    targets = [str(name) for name in totals.index[:count]]
    others = sorted(set(map(str, shown)) - {*SEVERITY_COLOURS, _SUPPRESSED})
    colours = {
        **SEVERITY_COLOURS,
        **dict.fromkeys(others, SEVERITY_COLOURS["unknown"]),
        _SUPPRESSED: _SUPPRESSED_COLOUR,
    }
    figure = go.Figure()
    for severity, colour in colours.items():
        values = [int(counts.get((target, severity), 0)) for target in targets]
        if not any(values):
            continue
        figure.add_bar(
            y=list(range(len(targets))),
            x=values,
            orientation="h",
            name=safe(severity),
            marker_color=colour,
            text=[f"{value:,}" if value else "" for value in values],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            customdata=[[safe(target)] for target in targets],
            hovertemplate=f"%{{customdata[0]}}: %{{x:,d}} {safe(severity)}<extra></extra>",
        )
    most = int(totals.max())
    figure.update_xaxes(
        title_text="Findings",
        tickformat=",d",
        range=[0, most * 1.05],
        dtick=1 if most < 6 else None,  # noqa: PLR2004 - no halves of findings
    )
    title = _TITLE
    if len(totals) > count:
        title += f" ({count} of {len(totals)} targets)"
    labels = [f"{_label(target)} ({totals[target]:,})" for target in targets]
    return finish(figure, title, labels, barmode="stack")


def _label(target: str) -> str:
    """Return the end of a long path, which tells more than its beginning."""
    if target == ".":
        return "the workspace"
    return target if len(target) <= _LABEL else f"…{target[1 - _LABEL :]}"
