"""The part of the report page that shows what has to be so before a release."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from IPython.display import HTML

from qgate import figures
from qgate.policy.judge import JUDGES
from qgate.policy.readiness import judged_rows
from qgate.report import html
from qgate.report.measured import not_measured
from qgate.settings import with_policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qgate.api import Run

_ORDER: Final = ("failed", "error", "skipped", "passed")
_STAGE: Final = "readiness"


def readiness(run: Run) -> HTML:
    """Show every check with its outcome, what was found, and its evidence."""
    if missing := not_measured(run, _STAGE):
        return missing
    policy = with_policy(run.record.data["policy"], ())
    judged = judged_rows(policy, run.frames, JUDGES)
    counts = Counter(row["outcome"] for row in judged)
    told = ", ".join(f"{counts[name]:,} {name}" for name in _ORDER if counts[name])
    listed = html.table(
        "Checks before a release",
        ("Outcome", "Check", "Subject", "Took", "Evidence", "What was found"),
        [
            (
                html.outcome(row["outcome"]),
                row["check"],
                row["subject"],
                figures.duration(row["seconds"]) if row["seconds"] else "",
                _links(run, row["evidence"]),
                row["detail"],
            )
            for row in sorted(judged, key=lambda row: _rank(row["outcome"]))
        ],
        filters=("Outcome", "Check"),
        prose=True,
    )
    return HTML(f"<p>{len(judged):,} checks: {html.safe(told)}.</p>{listed}")


def _rank(outcome: str) -> int:
    return _ORDER.index(outcome) if outcome in _ORDER else -1


def _links(run: Run, names: Sequence[str]) -> html.Cell:
    """Return the cell of evidence files; one that is not in the record is only named."""
    folder = run.folder / "evidence" / _STAGE
    parts = []
    for name in names:
        text = html.safe(name).replace(".", ".<wbr>")
        if (folder / name).is_file():
            target = html.safe(quote(f"evidence/{_STAGE}/{name}"))
            text = f"<a href='{target}'>{text}</a>"
        parts.append(text)
    return html.Cell("<br>".join(parts), " ".join(names))
