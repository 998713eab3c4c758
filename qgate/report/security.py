"""The part of the report page that shows what Trivy looked at and what it found."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from IPython.display import HTML

from qgate import figures
from qgate.frames import rows
from qgate.policy.security import SEVERITIES, counts
from qgate.policy.wording import number
from qgate.report import html
from qgate.report.measured import not_measured
from qgate.settings import with_policy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from qgate.api import Run
    from qgate.policy.rules import SecurityRules

_SCANNERS: Final = {
    "vuln": "Vulnerabilities",
    "secret": "Secrets",
    "misconfig": "Misconfigurations",
}


def security(run: Run) -> HTML:
    """Show what was looked at, how old the database was, and every finding."""
    if missing := not_measured(run, "security"):
        return missing
    scans = list(rows(run.frames["scans"]))
    rules = with_policy(run.record.data["policy"], ()).security
    found = sorted(rows(run.vulnerabilities), key=_rank)
    parts = [f"<p>{html.safe(_scanned(scans))} {html.safe(_database(run, scans))}</p>"]
    if found:
        parts.append(html.chart(figures.vulnerabilities_by_target(run.vulnerabilities)))
    counted = [row for row in found if row["suppressed_by"] is None]
    parts.append(
        _findings(counted, rules)
        if counted
        else html.said("Nothing was found that counts.")
    )
    if suppressed := [row for row in found if row["suppressed_by"] is not None]:
        parts.append(_suppressed(suppressed))
    parts.append(_looked(scans))
    return HTML("".join(parts))


def _scanned(scans: Sequence[Mapping[str, Any]]) -> str:
    """Say plainly what the verdict is about."""
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for row in scans:
        if row["scanner"] == "vuln":
            by_kind.setdefault(row["kind"], []).append(row)
    modules = number(len(by_kind.get("module", ())), "module")
    if images := by_kind.get("image"):
        names = ", ".join(row["target"] for row in images)
        packages = number(sum(row["looked_at"] for row in images), "package")
        return f"The container image {names} was scanned ({packages}), and {modules}."
    told = [
        f"{what} ({number(sum(row['looked_at'] for row in own), 'package')})"
        for kind, what in (
            ("environment", "the Python packages of Odoo's environment here"),
            ("system", "the operating system of this machine"),
        )
        if (own := by_kind.get(kind))
    ]
    return (
        "No container image was named, so what Odoo runs in here was scanned: "
        f"{', '.join([*told, modules])}."
    )


def _database(run: Run, scans: Sequence[Mapping[str, Any]]) -> str:
    """Say how old the database was when it was used."""
    known = [row["database_updated"] for row in scans if row["database_updated"]]
    version = scans[0]["version"]
    if not known:
        return f"Trivy {version} had no database with a date."
    made: datetime = min(known)
    began = next(
        (
            row["started"]
            for row in rows(run.frames["executions"])
            if row["stage"] == "security"
        ),
        None,
    )
    age = ""
    if began is not None:
        age = f", {(began - made) / timedelta(days=1):.1f} days old at the time"
    return f"Trivy {version} used the database of {made:%Y-%m-%d %H:%M} UTC{age}."


def _findings(found: Sequence[Mapping[str, Any]], rules: SecurityRules) -> str:
    return html.table(
        "Findings",
        (
            "Severity",
            "Fails",
            "Id",
            "Target",
            "Package",
            "Installed",
            "Fixed in",
            "Place",
            "What it is",
        ),
        [
            (
                html.severity(row["severity"]),
                "yes" if counts(rules, row) else "no",
                _link(row["id"], row["url"]),
                _target(row["target"]),
                row["package"],
                row["installed"],
                row["fixed"] or ("not fixed" if row["package"] else None),
                _place(row),
                row["title"],
            )
            for row in found
        ],
        filters=("Severity", "Fails", "Target"),
        prose=True,
    )


def _suppressed(found: Sequence[Mapping[str, Any]]) -> str:
    return html.table(
        "Suppressed, with the reasons",
        ("Severity", "Id", "Target", "Package", "Place", "Suppressed by", "Reason"),
        [
            (
                html.severity(row["severity"]),
                _link(row["id"], row["url"]),
                _target(row["target"]),
                row["package"],
                _place(row),
                row["suppressed_by"],
                row["reason"] or "no reason is given",
            )
            for row in found
        ],
        filters=("Severity", "Suppressed by"),
        prose=True,
    )


def _looked(scans: Sequence[Mapping[str, Any]]) -> str:
    return html.table(
        "What was looked at",
        (
            "Looked for",
            "Kind",
            "Target",
            "Looked at",
            "By another count",
            "Not looked at",
        ),
        [
            (
                _SCANNERS.get(row["scanner"], row["scanner"]),
                row["kind"],
                _target(row["target"]),
                row["looked_at"],
                row["expected"],
                html.several(row["missing"]),
            )
            for row in scans
        ],
        filters=("Looked for", "Kind"),
    )


def _rank(row: Mapping[str, Any]) -> tuple[int, str, str]:
    severity = row["severity"]
    order = SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
    return order, row["target"], row["id"]


def _target(name: str) -> str:
    return "the workspace" if name == "." else name


def _place(row: Mapping[str, Any]) -> str:
    """Return the file within the target, unless it is only that of an installed package."""
    if row["path"] is None or row["path"].endswith("/METADATA"):
        return ""
    path = str(row["path"]).removeprefix(f"{row['target']}/")
    return f"{path}:{row['line']}" if row["line"] else path


def _link(text: str, url: str | None) -> html.Cell:
    """Return the cell of an id with its description behind it, where that is on the web."""
    if not url or not url.startswith(("https://", "http://")):
        return html.Cell(html.safe(text), text)
    return html.Cell(
        f"<a href='{html.safe(url)}' rel='noopener noreferrer' target='_blank'>"
        f"{html.safe(text)}</a>",
        text,
    )
