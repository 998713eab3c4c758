"""The parts of the report page that show what stages measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from IPython.display import HTML

from qgate import figures
from qgate.frames import rows
from qgate.report import html

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qgate.api import Run

_FILLED: Final = {
    "static": "tools",
    "tests": "suites",
    "e2e": "specs",
    "security": "scans",
    "performance": "loads",
    "readiness": "readiness",
}
"""For each stage the table that has a row whenever it measured."""

_TRACES_SHOWN: Final = 10
_IMPORTANT: Final = {name: i for i, name in enumerate(figures.SEVERITY_COLOURS)}
_WORST: Final = {name: i for i, name in enumerate(figures.OUTCOME_COLOURS)}


def findings(run: Run) -> HTML:
    """Show what the tools found: charts, every finding, and which tools looked."""
    if missing := not_measured(run, "static"):
        return missing
    looked = html.table(
        "Tools that looked",
        ("Tool", "Version", "Module", "Files", "Findings", "Score of 10", "Seconds"),
        [
            (
                row["tool"],
                row["version"],
                row["module"],
                row["files"],
                row["findings"],
                row["score"],
                row["seconds"],
            )
            for row in rows(run.frames["tools"])
        ],
        filters=("Tool", "Module"),
    )
    if run.findings.empty:
        return HTML(html.said("The tools found nothing.") + looked)
    ordered = sorted(
        rows(run.findings),
        key=lambda row: (
            _IMPORTANT.get(row["severity"], len(_IMPORTANT)),
            row["module"],
            row["path"],
            row["line"] or 0,
        ),
    )
    found = html.table(
        "Findings",
        ("Severity", "Tool", "Rule", "Module", "Place", "Message"),
        [
            (
                html.severity(row["severity"]),
                row["tool"],
                row["rule"],
                row["module"],
                _inner(row["path"], row["module"])
                + (f":{row['line']}" if row["line"] else ""),
                row["message"],
            )
            for row in ordered
        ],
        filters=("Severity", "Tool", "Module"),
        prose=True,
    )
    charts = html.pair(
        html.chart(figures.findings_by_tool(run.findings)),
        html.chart(figures.findings_by_module(run.findings)),
    )
    return HTML(charts + found + looked)


def tests(run: Run) -> HTML:
    """Show the tests: outcomes, the slowest, messages of those that did not pass."""
    if missing := not_measured(run, "tests"):
        return missing
    ordered = sorted(
        rows(run.tests), key=lambda row: _WORST.get(row["outcome"], len(_WORST))
    )
    parts = [*_suites(run), *_troubled(ordered)]
    if ordered:
        parts.append(
            html.pair(
                html.chart(figures.tests_by_outcome(run.tests)),
                html.chart(figures.slowest_tests(run.tests)),
            )
        )
    parts.append(_census(run))
    if not ordered:
        return HTML("".join([*parts, html.said("No test ran.")]))
    listed = html.table(
        "Tests",
        ("Outcome", "Module", "Test", "Phase", "Seconds", "Queries", "Message"),
        [
            (
                html.outcome(row["outcome"]),
                row["module"],
                html.dotted(row["class"], row["test"]),
                row["phase"],
                row["seconds"],
                row["queries"],
                html.message(row["message"] or ""),
            )
            for row in ordered
        ],
        filters=("Outcome", "Module", "Phase"),
        prose=True,
    )
    return HTML("".join([*parts, listed]))


def coverage(run: Run) -> HTML:
    """Show coverage: by module with its limits, by file, and the lines that did not run."""
    if missing := not_measured(run, "tests"):
        return missing
    if run.coverage.empty:
        return HTML(html.said("No coverage was measured."))
    rules = run.record.data["policy"]["tests"]
    limits = figures.coverage_by_module(
        run.coverage,
        min_coverage=rules["min_coverage"],
        min_body_coverage=rules["min_body_coverage"],
    )
    listed = html.table(
        "Coverage by file, least covered first",
        (
            "Module",
            "File",
            "Statements",
            "Lines %",
            "Branches %",
            "In functions %",
            "Lines that did not run",
        ),
        [
            (
                row["module"],
                _inner(row["file"], row["module"]),
                row["statements"],
                _percent(row["covered"], row["statements"]),
                _percent(row["branches_covered"], row["branches"]),
                _percent(row["body_covered"], row["body_statements"]),
                html.ranges(row["missing"]),
            )
            for row in sorted(rows(run.coverage), key=_covered)
        ],
        prose=True,
        filters=("Module",),
    )
    tree = html.chart(figures.coverage_treemap(run.coverage))
    return HTML(html.chart(limits) + tree + listed)


def _suites(run: Run) -> Iterator[str]:
    """Say how each process of Odoo ended, with its last words when not as it should."""
    for row in rows(run.frames["suites"]):
        made = "reused" if row["template_reused"] else "made new in "
        made += (
            "" if row["template_reused"] else figures.duration(row["template_seconds"])
        )
        ended = str(row["ended"]).replace("_", " ")
        known = row["last_test"] and row["ended"] != "completed"
        last = f" Last test: {row['last_test']}." if known else ""
        cause = f" Cause: {row['cause']}." if row["cause"] else ""
        text = (
            f"{len(run.tests):,} tests. The Odoo process ended after "
            f"{figures.duration(row['seconds'])} ({ended}), "
            f"with {row['peak_memory'] / 1e6:,.0f} MB at most; the database template "
            f"was {made}.{cause}{last}"
        )
        yield f"<p>{html.safe(text)}</p>"
        if row["ended"] != "completed":
            yield html.trace("Last lines of the log", row["log_tail"], opened=True)


def _troubled(ordered: list[dict[str, Any]]) -> Iterator[str]:
    """Show the tracebacks of the first tests that did not pass, the very first unfolded."""
    bad = [row for row in ordered if row["outcome"] not in ("passed", "skipped")]
    for number, row in enumerate(bad[:_TRACES_SHOWN]):
        title = (
            f"{html.badge(row['outcome'])} "
            f"{html.safe(row['module'])}: {html.safe(row['class'])}."
            f"{html.safe(row['test'])}"
        )
        message = row["message"] or "It began and never ended."
        yield html.trace(title, message, opened=number == 0)
    if len(bad) > _TRACES_SHOWN:
        left = len(bad) - _TRACES_SHOWN
        yield html.said(f"{left:,} more are in the table of tests, below.")


def _census(run: Run) -> str:
    return html.table(
        "Tests in the source against those that ran",
        (
            "Module",
            "In the source",
            "Executed",
            "Skipped",
            "Did not run to the end",
            "Not imported",
            "In the database",
            "Errors logged",
            "Warnings logged",
        ),
        [
            (
                row["module"],
                row["found"],
                row["executed"],
                row["skipped"],
                html.several(row["missing"]),
                html.several(row["not_imported"]),
                row["state"] or "unknown",
                html.several(row["log_errors"]),
                html.several(row["log_warnings"]),
            )
            for row in rows(run.frames["census"])
        ],
    )


def not_measured(run: Run, stage: str) -> HTML | None:
    """Say why a stage has nothing to show, when it has not."""
    known: Mapping[str, Any] = {
        row["stage"]: row for row in rows(run.frames["executions"])
    }
    row = known.get(stage)
    if row is None:
        return HTML(html.said(f"Stage {stage} is not part of this run."))
    if row["status"] in ("skipped", "blocked"):
        return HTML(html.said(f"Stage {stage} was {row['status']}: {row['cause']}"))
    if run.frames[_FILLED[stage]].empty:
        cause = row["cause"] or "it left no record of what it did."
        return HTML(html.said(f"Stage {stage} could not measure: {cause}"))
    return None


def _inner(path: str, module: str) -> str:
    """Return *path* from the folder of its module on, which stands beside it."""
    return f"/{path}".partition(f"/{module}/")[2] or path


def _covered(row: Mapping[str, Any]) -> float:
    return row["covered"] / row["statements"] if row["statements"] else 2.0


def _percent(part: int, whole: int) -> html.Cell:
    share = f"{100 * part / whole:.1f}" if whole else ""
    return html.Cell(share, share)
