"""The parts of the report page, each an object that a notebook shows as HTML.

Every word that comes from a module, a tool or a test is escaped here: it is untrusted.
"""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import plotly.offline
from IPython.display import HTML

from qgate import api, figures
from qgate.frames import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import plotly.graph_objects as go

    from qgate.api import Run

_HERE: Final = Path(__file__).parent / "template"
_SIGNS: Final = {
    "passed": "✓",
    "failed": "✗",
    "error": "!",
    "skipped": "-",
    "blocked": "‖",
    "unfinished": "✗",
}
_ROWS_SENT: Final = 5000
"""Rows of a table that go into the page; more make it slow, and the frame has them all."""


def open_or_run(
    *,
    run: str = "",
    addons: str = "",
    modules: str = "",
    stages: str = "",
    profile: str = "local",
    changed_since: str = "",
    config: str = "",
    reports: str = "",
) -> Run:
    """Open the run that a notebook's parameters name, or run the gate now.

    Empty words are parameters that were not given.

    Raises:
        QgateError: There is no such run, or the gate cannot run.
    """
    if run:
        return api.load(run, reports=reports or None)
    return api.run(
        addons or None,
        modules=_words(modules),
        stages=_words(stages),
        profile=profile,
        changed_since=changed_since or None,
        config=config or None,
    )


def start(*, standalone: bool = True) -> HTML:
    """Load what the other parts need: styles, the tables' script, plotly's, once a page.

    Args:
        standalone: Whether the notebook is shown as it is; otherwise whoever exports it puts
            `head()` into the page, and five megabytes need not go through the kernel.
    """
    return HTML(head() if standalone else "")


def head() -> str:
    """Return styles and scripts of the page."""
    style = (_HERE / "report.css").read_text(encoding="utf-8")
    script = (_HERE / "tables.js").read_text(encoding="utf-8")
    library = plotly.offline.get_plotlyjs()
    return (
        f"<style>{style}</style>"
        f"<script>{script}</script>"
        # Jupyter's pages have a module loader, which plotly would register with instead.
        "<script>window.qgateDefine = window.define; window.define = undefined;</script>"
        f"<script>{library}</script>"
        "<script>window.define = window.qgateDefine;</script>"
    )


def banner(run: Run) -> HTML:
    """Say the verdict, of what, and with what."""
    data = run.record.data
    git = data.get("git") or {}
    commit = str(git.get("commit", ""))[:12]
    facts = {
        "Run": run.run_id,
        "Started": str(data["started"]).replace("T", " ").replace("+00:00", " UTC"),
        "Took": f"{data['seconds']:.1f} s",
        "Commit": f"{commit}{' (with uncommitted changes)' if git.get('dirty') else ''}",
        "Branch": git.get("branch", ""),
        "Modules": ", ".join(
            f"{row['module']} {row['version'] or ''}".strip()
            for row in rows(run.modules)
            if row["gated"]
        ),
        **{
            row[
                "component"
            ]: f"{row['version'] or row['status']} ({row['source'] or '?'})"
            for row in rows(run.frames["components"])
        },
        "Note": data.get("note") or "",
    }
    listed = "".join(
        f"<div><dt>{_text(name)}</dt><dd>{_text(value)}</dd></div>"
        for name, value in facts.items()
        if value
    )
    verdict = _text(run.verdict)
    return HTML(
        f"<section class='qg-banner qg-{verdict}'>"
        f"<p class='qg-verdict'><span>{_SIGNS[run.verdict]}</span> {verdict}</p>"
        f"<dl>{listed}</dl></section>"
    )


def stages(run: Run) -> HTML:
    """Show the verdict of each stage with its reasons, most important first."""
    parts = []
    for row in rows(run.stages):
        reasons = "".join(f"<li>{_text(reason)}</li>" for reason in row["reasons"])
        why = f"<ul>{reasons}</ul>" if reasons else "<p>Nothing to remark.</p>"
        seconds = f"{row['seconds']:.1f} s" if row["seconds"] else ""
        verdict = _text(row["verdict"])
        parts.append(
            f"<article class='qg-stage qg-{verdict}'><header>"
            f"<h3>{_text(row['stage'])}</h3>"
            f"<span class='qg-badge'>{_SIGNS[row['verdict']]} {verdict}</span>"
            f"<span class='qg-seconds'>{seconds}</span></header>{why}</article>"
        )
    return HTML(f"<div class='qg-stages'>{''.join(parts)}</div>")


def timeline(run: Run) -> HTML:
    """Show when each stage ran."""
    return chart(figures.stage_timeline(run.frames["executions"], run.stages))


def findings(run: Run) -> HTML:
    """Show what the tools found: a chart, what looked, and every finding."""
    if missing := _not_measured(run, "static"):
        return missing
    tools = run.frames["tools"]
    looked = table(
        ("Tool", "Version", "Module", "Files", "Findings", "Score", "Seconds"),
        [
            (
                row["tool"],
                row["version"],
                row["module"],
                row["files"],
                row["findings"],
                "" if row["score"] is None else f"{row['score']:.2f}",
                f"{row['seconds']:.1f}",
            )
            for row in rows(tools)
        ],
        "Tools that looked",
    )
    if run.findings.empty:
        return HTML(_said("The tools found nothing.") + looked)
    found = table(
        ("Tool", "Severity", "Rule", "Module", "Place", "Message"),
        [
            (
                row["tool"],
                row["severity"],
                row["rule"],
                row["module"],
                row["path"] + (f":{row['line']}" if row["line"] else ""),
                row["message"],
            )
            for row in rows(run.findings)
        ],
        "Findings",
    )
    return HTML(chart(figures.findings_by_tool(run.findings)).data + found + looked)


def tests(run: Run) -> HTML:
    """Show the tests: outcomes, the slowest, messages of those that did not pass."""
    if missing := _not_measured(run, "tests"):
        return missing
    order = {"error": 0, "failed": 1, "unfinished": 2, "skipped": 3, "passed": 4}
    ordered = sorted(rows(run.tests), key=lambda row: order[row["outcome"]])
    troubled = "".join(
        f"<details class='qg-trace' {'open' if number == 0 else ''}>"
        f"<summary>{_SIGNS[row['outcome']]} {_text(row['module'])}: "
        f"{_text(row['class'])}.{_text(row['test'])} "
        f"<em>{_text(row['outcome'])}</em></summary>"
        f"<pre>{_text(row['message'] or 'It began and never ended.')}</pre></details>"
        for number, row in enumerate(
            row for row in ordered if row["outcome"] not in ("passed", "skipped")
        )
    )
    listed = table(
        (
            "Outcome",
            "Module",
            "Class",
            "Test",
            "Phase",
            "Seconds",
            "Queries",
            "Message",
        ),
        [
            (
                row["outcome"],
                row["module"],
                row["class"],
                row["test"],
                row["phase"] or "",
                "" if row["seconds"] is None else f"{row['seconds']:.3f}",
                "" if row["queries"] is None else row["queries"],
                (row["message"] or "").strip().rpartition("\n")[2],
            )
            for row in ordered
        ],
        "Tests",
    )
    charts = (
        chart(figures.tests_by_outcome(run.tests)).data
        + chart(figures.slowest_tests(run.tests)).data
    )
    return HTML(
        _census(run) + troubled + f"<div class='qg-pair'>{charts}</div>" + listed
    )


def coverage(run: Run) -> HTML:
    """Show coverage: by module with its limits, by file, and the lines that did not run."""
    if missing := _not_measured(run, "tests"):
        return missing
    if run.coverage.empty:
        return HTML(_said("No coverage was measured."))
    rules = run.record.data["policy"]["tests"]
    limits = chart(
        figures.coverage_by_module(
            run.coverage,
            min_coverage=rules["min_coverage"],
            min_body_coverage=rules["min_body_coverage"],
        )
    )
    listed = table(
        (
            "File",
            "Statements",
            "Lines %",
            "Branches %",
            "In functions %",
            "Lines not run",
        ),
        [
            (
                row["file"],
                row["statements"],
                _percent(row["covered"], row["statements"]),
                _percent(row["branches_covered"], row["branches"]),
                _percent(row["body_covered"], row["body_statements"]),
                figures.line_ranges(row["missing"]),
            )
            for row in rows(run.coverage)
        ],
        "Coverage by file",
    )
    tree = chart(figures.coverage_treemap(run.coverage))
    return HTML(limits.data + tree.data + listed)


def evidence(run: Run) -> HTML:
    """Link to the evidence files, which lie beside the report."""
    root = run.folder / "evidence"
    items = []
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        # Of a folder with a page of its own that page is enough.
        if path.is_file() and (
            "htmlcov" not in relative.parts or path.name == "index.html"
        ):
            target = path.relative_to(run.folder).as_posix()
            size = path.stat().st_size
            items.append(
                f"<li><a href='{_text(target)}'>{_text(relative.as_posix())}</a> "
                f"<small>{size / 1024:,.0f} kB</small></li>"
            )
    if not items:
        return HTML(_said("The run left no evidence."))
    return HTML(f"<ul class='qg-evidence'>{''.join(items)}</ul>")


def chart(figure: go.Figure) -> HTML:
    """Show a figure; the page has plotly's script already."""
    return HTML(
        figure.to_html(
            full_html=False,
            include_plotlyjs=False,
            config={"displaylogo": False, "responsive": True},
        )
    )


def table(names: Sequence[str], values: Iterable[Sequence[object]], title: str) -> str:
    """Return a table that can be sorted, filtered and paged, as HTML."""
    every = list(values)
    head = "".join(f"<th scope='col'>{_text(name)}</th>" for name in names)
    body = "".join(
        "<tr>" + "".join(f"<td>{_text(value)}</td>" for value in row) + "</tr>"
        for row in every[:_ROWS_SENT]
    )
    left = len(every) - _ROWS_SENT
    more = _said(f"{left:,} more rows are in the frame.") if left > 0 else ""
    return (
        f"<div class='qg-table'><h4>{_text(title)} <small>{len(every):,}</small></h4>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}"
    )


def _census(run: Run) -> str:
    parts = []
    for row in rows(run.frames["census"]):
        words = [
            f"{row['found']} tests in the source",
            f"{row['executed']} executed",
            f"{row['skipped']} skipped",
            f"state in the database: {row['state'] or 'unknown'}",
        ]
        if row["not_imported"]:
            words.append(f"not imported: {', '.join(row['not_imported'])}")
        if row["missing"]:
            words.append(f"did not run to the end: {', '.join(row['missing'])}")
        parts.append(
            f"<li><b>{_text(row['module'])}</b>: {_text('; '.join(words))}</li>"
        )
    for row in rows(run.frames["suites"]):
        template = (
            "reused" if row["template_reused"] else f"{row['template_seconds']:.0f} s"
        )
        memory = row["peak_memory"] / 1e6
        ended = str(row["ended"]).replace("_", " ")
        text = (
            f"The process {ended} after {row['seconds']:.1f} s, "
            f"{memory:,.0f} MB at most; database template: {template}."
        )
        parts.append(f"<li>{_text(text)}</li>")
        if row["ended"] != "completed":
            parts.append(
                "<li><details class='qg-trace' open><summary>Last lines of the log"
                f"</summary><pre>{_text(row['log_tail'])}</pre></details></li>"
            )
    return f"<ul>{''.join(parts)}</ul>"


def _not_measured(run: Run, stage: str) -> HTML | None:
    """Say why a stage has nothing to show, when it has not."""
    known: Mapping[str, Any] = {
        row["stage"]: row for row in rows(run.frames["executions"])
    }
    row = known.get(stage)
    if row is None:
        return HTML(_said(f"Stage {stage} is not part of this run."))
    if row["status"] in ("skipped", "blocked"):
        return HTML(_said(f"Stage {stage} was {row['status']}: {row['cause']}"))
    filled = {"static": "tools", "tests": "suites"}[stage]
    if run.frames[filled].empty:
        return HTML(_said(f"Stage {stage} could not measure: {row['cause']}"))
    return None


def _words(text: str) -> list[str] | None:
    return [word.strip() for word in text.split(",") if word.strip()] or None


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else ""


def _said(text: str) -> str:
    return f"<p class='qg-said'>{_text(text)}</p>"


def _text(value: object) -> str:
    return html.escape(str(value))
