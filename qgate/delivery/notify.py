"""Tell people when a deploy failed or was rolled back: GitHub's summary, and a webhook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import requests

from qgate import process
from qgate.frames import rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from qgate.settings import Settings

WEBHOOK: Final = "QGATE_WEBHOOK_URL"
SUMMARY: Final = "GITHUB_STEP_SUMMARY"
GOOD: Final = frozenset({"deployed", "unchanged"})
"""Outcomes that nobody has to be called for; one that is not known here is told."""

_SIGNS: Final = {"passed": "✅", "failed": "❌", "error": "⚠️"}
_SECONDS: Final = 10.0


def tell(settings: Settings, frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Tell how a deploy ended; return what could not be told and why.

    The summary of the step gets every deploy, the webhook failures and rollbacks alone.
    """
    deploys = list(rows(frames["deploys"]))
    if not deploys:
        return []
    problems = []
    row = deploys[0]
    if path := settings.environ.get(SUMMARY):
        text = process.mask(_summary(row, frames), settings.secrets)
        try:
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            problems.append(f"The step summary cannot be written ({error.strerror}).")
    url = settings.secret(WEBHOOK)
    bad = row["outcome"] not in GOOD or row["kind"] == "rollback"
    if url and bad:
        problems += post(url, process.mask(_sentence(row), settings.secrets))
    return problems


def _sentence(row: Mapping[str, Any]) -> str:
    what = "Rollback" if row["kind"] == "rollback" else "Deploy"
    said = f"{what} of {row['image']} to {row['target']}: {row['outcome']}."
    if row["cause"]:
        said += f" {row['cause']}"
    if row["live_image"]:
        said += f" {row['live_image']} serves on {row['live_colour']}."
    for lost in row["lost"]:
        said += f"\n{lost}"
    return said


def _summary(row: Mapping[str, Any], frames: Mapping[str, pd.DataFrame]) -> str:
    lines = [f"## {_plain(_sentence(row))}", "", "| step | colour | seconds | |"]
    lines.append("|---|---|---:|---|")
    for step in rows(frames["deployment"]):
        sign = _SIGNS.get(step["verdict"], step["verdict"])
        lines.append(
            f"| {sign} {step['step']} | {step['colour'] or ''} | "
            f"{step['seconds']:.1f} | {_plain(step['detail'])} |"
        )
    return "\n".join(lines) + "\n\n"


def _plain(text: str) -> str:
    """Return *text* so that it cannot be more than a cell of a table."""
    flat = " ".join(text.split())
    for sign in "\\`*_{}[]<>#|!":
        flat = flat.replace(sign, f"\\{sign}")
    return flat


def post(url: str, text: str) -> list[str]:
    """Post *text* to a webhook in Slack's format; return what went wrong, without its address."""
    # Slack's own signs (docs.slack.dev, "Formatting message text"): with them a name could
    # call a whole channel, or be a link that says another.
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, entity)
    try:
        answer = requests.post(url, json={"text": text}, timeout=_SECONDS)
    except (requests.RequestException, ValueError) as error:
        # Not its text: that has the address, which is a secret.
        return [f"The webhook does not answer ({type(error).__name__})."]
    if not answer.ok:
        host = urlsplit(url).hostname
        return [f"The webhook at {host} answers {answer.status_code}."]
    return []
