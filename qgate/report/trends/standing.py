"""How the gate stands: the newest run, how many pass, what changed, and how long it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.display import HTML

from qgate.figures import trends as figures
from qgate.figures.style import duration
from qgate.frames import rows
from qgate.history.overview import recoveries
from qgate.report import html
from qgate.report.trends.cells import link
from qgate.report.trends.seen import part

if TYPE_CHECKING:
    from qgate.report.trends.seen import Trends


@part
def banner(trends: Trends) -> HTML:
    """Say what period of what this is, and how the gate stands."""
    seen = trends.seen
    if seen.runs.empty:
        return HTML(
            html.said(
                f"There is no run in {seen.url} ({seen.filters}). "
                "Run the gate, or choose another branch or period."
            )
        )
    first, last = seen.runs.iloc[0], seen.runs.iloc[-1]
    passed = int((seen.runs["verdict"] == "passed").sum())
    word = str(last["verdict"])
    report = link(str(last["run_id"]), str(last["link"])).markup
    pairs: list[tuple[str, Any]] = [
        ("Shown", seen.filters),
        ("Runs", f"{len(seen.runs):,}, of which {passed / len(seen.runs):.0%} passed"),
        ("From", f"{first['began']:%Y-%m-%d %H:%M} UTC"),
        ("Until", f"{last['began']:%Y-%m-%d %H:%M} UTC"),
        ("History", seen.url),
    ]
    return HTML(
        f"<section class='qg-banner qg-{word}'>"
        f"<p class='qg-verdict'>{html.SIGNS.get(word, '')} newest run {html.safe(word)}</p>"
        f"<p>{report}</p>{html.facts(pairs)}</section>"
        + "".join(html.said(problem) for problem in seen.problems)
    )


@part
def passing(trends: Trends) -> HTML:
    """Show how many runs pass, and which stage blocks the others."""
    seen = trends.seen
    return HTML(
        html.chart(figures.pass_rate(seen.spans))
        + html.chart(figures.run_counts(seen.spans))
        + html.chart(figures.blocking_stages(seen.runs))
    )


@part
def changes(trends: Trends) -> HTML:
    """List the sure changes of figures, newest first."""
    found = trends.seen.changes
    if found.empty:
        return HTML(
            html.said(
                "No figure has changed for sure; what varies from run to run is noise."
            )
        )
    return HTML(
        html.table(
            "Figures that changed",
            ("When, UTC", "Figure", "Of", "Change", "From", "To", "Unit", "Sure to",
             "Between commits"),
            [_change(row) for row in rows(found)],
            filters=("Figure", "Change"),
        )
    )  # fmt: skip


def _change(row: dict[str, Any]) -> tuple[object, ...]:
    sign = "worse" if row["worse"] else "better"
    before, after = row["commit_before"] or "?", row["commit"] or "?"
    return (
        f"{row['at']:%Y-%m-%d %H:%M}",
        row["measure"].replace("_", " "),
        row["subject"],
        html.Cell(f"{100 * row['share']:+.1f} % {sign}", f"{row['share']:+.6f}"),
        f"{row['before']:,.4g}",
        f"{row['after']:,.4g}",
        row["unit"],
        f"{100 * row['confidence']:.1f} %",
        f"{before[:9]} and {after[:9]}",
    )


@part
def time(trends: Trends) -> HTML:
    """Show how long stages take, and how long it takes from red to green."""
    seen = trends.seen
    back = recoveries(seen.runs)
    parts = [
        html.chart(figures.stage_durations(seen.durations)),
        html.chart(figures.recovery_times(back)),
    ]
    red = back[back["green"].isna()]
    parts += [
        html.said(
            f"{_branch(row['branch'])} has not passed since {row['red']:%Y-%m-%d %H:%M}."
        )
        for row in rows(red)
    ]
    if len(seen.runs):
        middle = duration(float(seen.runs["seconds"].median()))
        parts.append(html.said(f"A run takes {middle} (median)."))
    return HTML("".join(parts))


def _branch(name: object) -> str:
    return f"Branch {name}" if isinstance(name, str) else "A checkout without a branch"
