"""Audit of known vulnerabilities: the stage security, run against today's database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgate import pipeline
from qgate.audit.base import Audit
from qgate.frames import rows
from qgate.policy.judge import ERROR
from qgate.surfaces.markdown import code, link, plain, table
from qgate.surfaces.problems import SEVERITIES

if TYPE_CHECKING:
    from qgate.settings import Settings


def audit(settings: Settings) -> Audit:
    """Scan as the gate does, and list what its policy does not accept.

    Raises:
        QgateError: The record of the scan cannot be written.
    """
    plan = pipeline.make_plan(settings, stages=("security",))
    outcome = pipeline.execute(plan)
    frames = outcome.record.frames()
    order = list(SEVERITIES)
    counted = settings.security.severities
    found = sorted(
        (
            row
            for row in rows(frames["vulnerabilities"])
            if row["severity"] in counted and not row["suppressed_by"]
        ),
        key=lambda row: (order.index(row["severity"]), row["package"] or "", row["id"]),
    )
    looked_at = sum(row["looked_at"] for row in rows(frames["scans"]))
    stage = next(item for item in outcome.verdicts if item.stage == "security")
    unjudged = " ".join(stage.reasons) if stage.verdict == ERROR else ""
    said = (
        f"Run {code(outcome.record.run_id)} looked at {looked_at:,} packages, files and "
        f"configurations; {len(found):,} findings are {' or '.join(counted)}."
    )
    lines = [said, ""]
    if unjudged:
        lines += [f"**It could not be judged:** {plain(unjudged, 1000)}", ""]
    if found:
        lines += table(
            ("Severity", "What", "Installed", "Fixed in", "Found in"),
            (
                (
                    row["severity"],
                    link(code(row["id"]), row["url"] or "")
                    + " "
                    + plain(row["package"] or row["title"]),
                    plain(row["installed"]),
                    plain(row["fixed"] or "no fix yet"),
                    plain(row["target"]),
                )
                for row in found
            ),
        )
        lines += ["", "Upgrade it, or say in `.trivyignore` why it does not count."]
    return Audit(
        kind="audit-security",
        title="Known vulnerabilities",
        text="\n".join(lines) + "\n",
        found={
            f"{row['id']} {row['package']} {row['target']}": (
                f"{row['severity']}: {row['id']} in "
                f"{row['package'] or row['path']} {row['installed'] or ''}"
            ).strip()
            for row in found
        },
        looked_at=looked_at,
        unjudged=unjudged,
        alert=True,
    )
