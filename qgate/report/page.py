"""The parts of the report page, each an object that a notebook shows as HTML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import plotly.offline
from IPython.display import HTML

from qgate import figures
from qgate.frames import rows
from qgate.report import html
from qgate.report.comparison import changed_lines, changes
from qgate.report.deployment import deployment
from qgate.report.e2e import e2e
from qgate.report.measured import coverage, findings, tests
from qgate.report.parameters import open_or_run
from qgate.report.performance import performance
from qgate.report.readiness import readiness
from qgate.report.security import security

if TYPE_CHECKING:
    from qgate.api import Run

_HERE: Final = Path(__file__).parent / "template"
_REASONS_SHOWN: Final = 12
_MODULES_SHOWN: Final = 20
_NAMED: Final = ("Odoo", "PostgreSQL")


def start() -> HTML:
    """Load what the other parts need: styles, the tables' script, plotly's, once a page."""
    style = (_HERE / "report.css").read_text(encoding="utf-8")
    script = (_HERE / "tables.js").read_text(encoding="utf-8")
    library = plotly.offline.get_plotlyjs()
    return HTML(
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
    commit = str(git.get("commit") or "")[:12]
    dirty = " (with uncommitted changes)" if git.get("dirty") else ""
    pairs: list[tuple[str, object]] = [
        ("Modules", _some(_gated(run)) or "none"),
        ("Commit", f"{commit}{dirty}" if commit else ""),
        ("Branch", git.get("branch")),
        ("Started", str(data["started"]).replace("T", " ").replace("+00:00", " UTC")),
        ("Took", figures.duration(data["seconds"])),
        ("Run", run.run_id),
    ]
    components = {row["component"]: row for row in rows(run.frames["components"])}
    pairs += [
        (name, components[name]["version"] or components[name]["status"])
        for name in _NAMED
        if name in components
    ]
    verdict = run.verdict if run.verdict in html.SIGNS else "error"
    note = html.said(data["note"]) if data.get("note") else ""
    return HTML(
        f"<section class='qg-banner qg-{verdict}'>"
        f"<p class='qg-verdict'>{html.SIGNS[verdict]} {html.safe(run.verdict)}</p>"
        f"{note}{html.facts(pairs)}</section>"
    )


def stages(run: Run) -> HTML:
    """Show the verdict of each stage with its reasons, most important first."""
    parts = []
    for row in rows(run.stages):
        why = (
            html.items(row["reasons"], _REASONS_SHOWN)
            if row["reasons"]
            else "<p>Nothing to remark.</p>"
        )
        seconds = figures.duration(row["seconds"]) if row["seconds"] else ""
        verdict = row["verdict"] if row["verdict"] in html.SIGNS else "error"
        parts.append(
            f"<article class='qg-stage qg-{verdict}'><header>"
            f"<h3>{html.safe(row['stage'])}</h3>{html.badge(row['verdict'])}"
            f"<span class='qg-seconds'>{seconds}</span></header>{why}</article>"
        )
    return HTML(f"<div class='qg-stages'>{''.join(parts)}</div>")


def timeline(run: Run) -> HTML:
    """Show when each stage ran."""
    executions = run.frames["executions"]
    if not executions["started"].notna().any():
        return HTML(html.said("No stage ran."))
    return HTML(html.chart(figures.stage_timeline(executions, run.stages)))


def environment(run: Run) -> HTML:
    """Show what was judged, with what, and by which thresholds."""
    components = html.table(
        "Components",
        ("Component", "Version", "From", "Status", "Path", "Remark"),
        [
            (
                row["component"],
                row["version"],
                row["source"],
                row["status"],
                row["path"],
                row["detail"],
            )
            for row in rows(run.frames["components"])
        ],
    )
    modules = html.table(
        "Modules",
        ("Module", "Version", "Judged", "Why", "Depends on", "Folder"),
        [
            (
                row["module"],
                row["version"],
                "yes" if row["gated"] else "no",
                row["why"],
                ", ".join(row["depends"]),
                row["path"],
            )
            for row in sorted(rows(run.modules), key=lambda row: not row["gated"])
        ],
        filters=("Judged",),
    )
    thresholds = html.table(
        "Thresholds of the verdict",
        ("Stage", "Threshold", "Value"),
        [
            (stage, name, _threshold(value))
            for stage, rules in run.record.data["policy"].items()
            for name, value in rules.items()
        ],
        filters=("Stage",),
    )
    return HTML(modules + components + thresholds)


def evidence(run: Run) -> HTML:
    """Link to the evidence files, which lie beside the report."""
    root = run.folder / "evidence"
    links = []
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        # Of a folder with a page of its own that page is enough.
        inner = "htmlcov" in relative.parts and path.name != "index.html"
        if path.is_file() and not inner:
            target = quote(f"evidence/{relative.as_posix()}")
            size = f"{path.stat().st_size / 1024:,.0f} kB"
            links.append(
                f"<li><a href='{html.safe(target)}'>{html.safe(relative.as_posix())}</a>"
                f" <small>{size}</small></li>"
            )
    if not links:
        return HTML(html.said("The run left no evidence."))
    return HTML(f"<ul class='qg-evidence'>{''.join(links)}</ul>")


def _gated(run: Run) -> list[str]:
    return [
        f"{row['module']} {row['version'] or ''}".strip()
        for row in rows(run.modules)
        if row["gated"]
    ]


def _some(names: list[str]) -> str:
    left = len(names) - _MODULES_SHOWN
    more = f" and {left:,} more" if left > 0 else ""
    return f"{', '.join(names[:_MODULES_SHOWN])}{more}"


def _threshold(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_threshold(item)}" for name, item in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)


__all__ = [
    "banner",
    "changed_lines",
    "changes",
    "coverage",
    "deployment",
    "e2e",
    "environment",
    "evidence",
    "findings",
    "open_or_run",
    "performance",
    "readiness",
    "security",
    "stages",
    "start",
    "tests",
    "timeline",
]
