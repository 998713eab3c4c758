"""What an audit found, and how it is told: one issue, and the webhook for what is new."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from qgate import process
from qgate.delivery.notify import WEBHOOK, post
from qgate.errors import QgateError
from qgate.surfaces.event import Event
from qgate.surfaces.github import Repo
from qgate.surfaces.summary import COMMENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qgate.settings import Settings

_KNOWN: Final = re.compile(r"<!-- known: ([0-9a-f ]*)-->")
_ROOM: Final = 1000


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Attributes:
        kind: Its name.
        title: Title of its issue.
        text: The issue, in Markdown.
        found: What has to be done, one sentence for each thing, by what it is known by.
        looked_at: How many things were looked at: nothing found among none means nothing.
        unjudged: Why it could not be carried out as a whole.
        alert: Whether what is new goes to the webhook as well.
    """

    kind: str
    title: str
    text: str
    found: Mapping[str, str]
    looked_at: int
    unjudged: str = ""
    alert: bool = False

    @property
    def clean(self) -> bool:
        """Whether there is nothing to do, which is known only when something was seen."""
        return not self.found and not self.unjudged and self.looked_at > 0


def tell(
    settings: Settings, audit: Audit, *, wait: float = 1.0
) -> tuple[list[str], list[str]]:
    """Keep the issue of *audit*, and post what is new to the webhook.

    Args:
        settings: Where token, repository and webhook come from.
        audit: What was found.
        wait: Seconds before GitHub is asked again.

    Returns:
        Addresses of what was written, and what could not be told and why.
    """
    event = Event.of(settings)
    if settings.audit.repository:
        event = replace(event, repository=settings.audit.repository)
    text = process.mask(_text(audit), settings.secrets)
    before = ""
    places: list[str] = []
    problems: list[str] = []
    try:
        repo = Repo(settings, event, wait=wait)
        before = repo.known(audit.kind)
        place = repo.issue(audit.kind, audit.title, text, needed=not audit.clean)
        places = [place] if place else []
    except QgateError as error:
        problems.append(str(error))
    url = settings.secret(WEBHOOK)
    known = _KNOWN.search(before)
    seen = set(known[1].split()) if known else set()
    new = [said for key, said in audit.found.items() if _mark(key) not in seen]
    if audit.alert and url and new:
        said = f"{audit.title}: {len(new)} new.\n" + "\n".join(new[:20])
        problems += post(url, process.mask(said, settings.secrets))
    return places, problems


def _text(audit: Audit) -> str:
    """Return the issue with the marks of what it is about, cut to what GitHub takes."""
    marks = " ".join(sorted(_mark(key) for key in audit.found))
    foot = f"\n<!-- known: {marks} -->\n" if marks else "\n"
    room = COMMENT - _ROOM - len(foot)
    text = audit.text
    if len(text) > room:
        text = text[:room].rpartition("\n")[0] + "\n\nThere is more in the record.\n"
    return text + foot


def _mark(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:12]
