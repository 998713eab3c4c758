"""The parts of the report page that compare the run with what was before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from IPython.display import HTML

from qgate.frames import rows
from qgate.report import html

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qgate.api import Run

_NAMES: Final = {
    "p95": "Response time, p95",
    "coverage": "Coverage",
    "test_duration": "Duration of the tests",
    "image_size": "Size of the image",
}
_DIGITS: Final = {"ms": 0, "%": 1, "s": 1, "GB": 2}
_COMMIT_CHARACTERS: Final = 10


def changes(run: Run) -> HTML:
    """Show the sure changes over the latest runs, and what could not be compared."""
    comparisons = list(rows(run.frames["comparisons"]))
    if not comparisons:
        return HTML(
            html.said("The run has nothing that is compared with earlier runs.")
        )
    found = list(rows(run.frames["changes"]))
    compared = [row for row in comparisons if row["status"] == "compared"]
    parts = []
    if compared:
        told = (
            f"{len(compared)} figures were compared with up to "
            f"{max(row['runs'] for row in compared)} earlier runs of this branch and the "
            "base branch; times only with those of the same machine and load."
        )
        parts.append(f"<p>{html.safe(told)}</p>")
        if not found:
            parts.append(html.said("None of them has surely changed."))
    if found:
        parts.append(
            html.table(
                "Changes",
                (
                    "Figure",
                    "Of",
                    "Before",
                    "After",
                    "Change",
                    "Since",
                    "Last before",
                    "Runs before",
                    "Runs after",
                    "Sure, %",
                    "Now",
                ),
                [_change(row) for row in reversed(found)],
                filters=("Figure", "Now"),
            )
        )
    parts += _not_compared(comparisons)
    return HTML("".join(parts))


def changed_lines(run: Run) -> HTML:
    """Show how much of what changed since the base is covered, and where it is not."""
    baselines = {row["kind"]: row for row in rows(run.frames["baselines"])}
    diff = baselines.get("diff")
    if diff is None:
        return HTML("")
    if diff["status"] != "ready":
        return HTML(html.said(f"What changed is unknown: {diff['detail']}"))
    files = list(rows(run.frames["changed_coverage"]))
    statements = sum(row["statements"] for row in files)
    covered = sum(row["covered"] for row in files)
    since = f"{diff['ref']} ({str(diff['commit'])[:_COMMIT_CHARACTERS]})"
    if not statements:
        return HTML(html.said(f"No measured statement changed since {since}."))
    told = (
        f"Of {statements:,} statements changed since {since}, {covered:,} are covered: "
        f"{100 * covered / statements:.1f} %."
    )
    listed = html.table(
        "Changed statements",
        ("Module", "File", "Changed", "Covered", "Covered, %", "Lines not run"),
        [
            (
                row["module"],
                row["file"],
                row["statements"],
                row["covered"],
                100 * row["covered"] / row["statements"],
                html.ranges(row["missing"]),
            )
            for row in sorted(files, key=lambda row: row["covered"] - row["statements"])
            if row["statements"]
        ],
        filters=("Module",),
    )
    return HTML(f"<p>{html.safe(told)}</p>{_base(run, baselines)}{listed}")


def _base(run: Run, baselines: Mapping[str, Mapping[str, Any]]) -> str:
    """Say what the base branch covers of each module."""
    known = baselines.get("coverage")
    if known is None:
        return ""
    if known["status"] != "ready":
        return html.said(f"Coverage of the base branch is unknown: {known['detail']}")
    own = run.frames["coverage"].groupby("module")[["statements", "covered"]].sum()
    now = {row["module"]: row for row in rows(own.reset_index())}
    told = []
    for row in rows(run.frames["base_coverage"]):
        this = now.get(row["module"])
        if not this or not this["statements"] or not row["statements"]:
            continue
        share = 100 * this["covered"] / this["statements"]
        before = 100 * row["covered"] / row["statements"]
        told.append(
            f"{row['module']}: {share:.1f} %, {share - before:+.1f} points against run "
            f"{row['run_id']} of {known['ref']}."
        )
    return html.items(told, 10) if told else ""


def _change(row: Mapping[str, Any]) -> tuple[object, ...]:
    sign = "worse" if row["worse"] else "better"
    difference = (
        f"{row['after'] - row['before']:+.1f} points"
        if row["unit"] == "%"
        else f"{100 * row['share']:+.0f} %"
    )
    return (
        _NAMES.get(row["measure"], row["measure"]),
        row["subject"],
        _value(row["before"], row["unit"]),
        _value(row["after"], row["unit"]),
        f"{difference}, {sign}",
        _commit(row["commit"]),
        _commit(row["commit_before"]),
        row["runs_before"],
        row["runs_after"],
        html.Cell(f"{100 * row['confidence']:.2f}", f"{row['confidence']:.6f}"),
        "yes" if row["latest"] else "over",
    )


def _value(value: float, unit: str) -> html.Cell:
    return html.Cell(
        html.safe(f"{value:,.{_DIGITS.get(unit, 2)}f} {unit}"), f"{value:.6f}"
    )


def _commit(commit: str | None) -> str:
    return (commit or "")[:_COMMIT_CHARACTERS]


def _not_compared(comparisons: list[dict[str, Any]]) -> Iterator[str]:
    left = [row for row in comparisons if row["status"] != "compared"]
    reasons: dict[str, list[str]] = {}
    for row in left:
        name = _NAMES.get(row["measure"], row["measure"])
        reasons.setdefault(row["detail"] or row["status"], []).append(
            f"{name} of {row['subject']}"
        )
    if reasons:
        yield html.items(
            [
                f"Not compared: {', '.join(names)}. {why}"
                for why, names in reasons.items()
            ],
            5,
        )


__all__ = ["changed_lines", "changes"]
