"""Puts a run where people look: files, annotations, the summary of a step, a comment."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qgate import process
from qgate.delivery.notify import WEBHOOK, post
from qgate.errors import QgateError
from qgate.history.store import History
from qgate.surfaces.alerts import alerts, worded
from qgate.surfaces.annotations import commands
from qgate.surfaces.badge import badge
from qgate.surfaces.baseline import Baseline, base_of
from qgate.surfaces.changes import changed_lines
from qgate.surfaces.event import Event
from qgate.surfaces.github import Repo
from qgate.surfaces.gitlab import code_quality
from qgate.surfaces.junit import junit
from qgate.surfaces.problems import problems
from qgate.surfaces.sarif import sarif
from qgate.surfaces.summary import COMMENT, SUMMARY, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

    from qgate.api import Run
    from qgate.settings import Settings
    from qgate.surfaces.problems import Problem

SUMMARY_FILE: Final = "GITHUB_STEP_SUMMARY"
SURFACES: Final = ("files", "annotations", "summary", "comment", "webhook")
"""Where a run can be put; by default files, and in GitHub Actions all but the webhook."""

_SUMMARY_ROWS: Final = 50
_COMMENT_ROWS: Final = 10
_MARK_ROOM: Final = 200


@dataclass
class Published:
    """What came of publishing a run.

    Attributes:
        files: What was written.
        lines: What has to go to stdout: commands for the runner.
        places: Addresses of what was posted.
        problems: What could not be done and why; none of it changes the verdict.
    """

    files: list[Path] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def publish(
    settings: Settings,
    run: Run,
    *,
    folder: Path,
    only: Sequence[str] = (),
    base: Baseline | None = None,
    links: Mapping[str, str] | None = None,
    pull: int | None = None,
    wait: float = 1.0,
) -> Published:
    """Put *run* where people look, as far as there is such a place here.

    Args:
        settings: The configuration of the workspace.
        run: The run.
        folder: Receives the files.
        only: Names of surfaces; by default those that make sense here.
        base: What the run is compared with, by default the base branch, by the history.
        links: Where there is more to see, by name.
        pull: Number of the pull request, by default that of the event.
        wait: Seconds before GitHub is asked again.
    """
    event = Event.of(settings)
    wanted = only or (SURFACES[:-1] if event.active else SURFACES[:1])
    found = problems(run.frames, changed_lines(settings, event.base))
    done = Published()
    base = base or _base(settings, run, done.problems)
    page = Page(run, found, base, _links(event, links or {}))

    def mask(text: str) -> str:
        return process.mask(text, settings.secrets)

    if "files" in wanted:
        done.files = _files(run, found, page, folder, mask)
    if "annotations" in wanted:
        done.lines = [mask(line) for line in commands(found)]
    if "summary" in wanted:
        done.problems += _summary(settings, page, mask)
    if "comment" in wanted and (only or pull or event.pull or event.head):
        text = mask(page.markdown(COMMENT - _MARK_ROOM, shown=_COMMENT_ROWS))
        try:
            done.places.append(Repo(settings, event, wait=wait).comment(text, pull))
        except QgateError as error:
            done.problems.append(str(error))
    if "webhook" in wanted:
        done.problems += _webhook(settings, run, mask)
    return done


def _base(settings: Settings, run: Run, problems: list[str]) -> Baseline:
    try:
        return base_of(settings, run)
    except QgateError as error:
        problems.append(f"Changes are not shown: {error}")
        return Baseline()


def _webhook(settings: Settings, run: Run, mask: Callable[[str], str]) -> Iterable[str]:
    """Post what got worse; nothing when nothing did."""
    url = settings.secret(WEBHOOK)
    if not url:
        return [f"There is no webhook: {WEBHOOK} is not set."]
    problems: list[str] = []
    before = None
    try:
        before = _before(settings, run)
    except QgateError as error:
        problems.append(f"What was known before is not known: {error}")
    if found := alerts(run, before):
        problems += post(url, mask(worded(run, found)))
    return problems


def _before(settings: Settings, run: Run) -> pd.DataFrame | None:
    """Return the vulnerabilities of the last scan before *run* on its branch, if there is one."""
    git = run.record.data.get("git") or {}
    until = run.record.data.get("started")
    history = History(
        settings.history_url, settings.history.options, secrets=settings.secrets
    )
    scans = history.frame("scans", branch=git.get("branch"), until=until)
    earlier = scans[scans["run_id"] != run.run_id]
    if earlier.empty:
        return None
    last = earlier["run_id"].iloc[-1]
    found = history.frame("vulnerabilities", branch=git.get("branch"), until=until)
    chosen: pd.DataFrame = found.loc[found["run_id"] == last]
    return chosen


def _links(event: Event, links: Mapping[str, str]) -> dict[str, str]:
    known = dict(links)
    if event.page:
        known["Log and artifacts"] = event.page
    return known


def _files(
    run: Run,
    found: Sequence[Problem],
    page: Page,
    folder: Path,
    mask: Callable[[str], str],
) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    logs = sarif(run, found)
    texts = {
        "junit.xml": junit(run).decode(),
        "gl-code-quality-report.json": _json(code_quality(found)),
        "badge.json": _json(badge(run.verdict, run.coverage)),
        "summary.md": page.markdown(SUMMARY, shown=_SUMMARY_ROWS),
        **{_sarif_name(i): _json(log) for i, log in enumerate(logs)},
    }
    written = []
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(mask(text), encoding="utf-8")
        written.append(path)
    return written


def _sarif_name(number: int) -> str:
    # A folder of its own: the action that uploads them takes all files of one.
    return "sarif/qgate.sarif" if number == 0 else f"sarif/qgate-{number + 1}.sarif"


def _summary(
    settings: Settings, page: Page, mask: Callable[[str], str]
) -> Iterable[str]:
    name = settings.environ.get(SUMMARY_FILE)
    if not name:
        return ["There is no step summary: GITHUB_STEP_SUMMARY is not set."]
    path = Path(name)
    try:
        taken = path.stat().st_size if path.exists() else 0
        text = mask(page.markdown(SUMMARY - taken, shown=_SUMMARY_ROWS))
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        return [f"The step summary cannot be written ({error.strerror})."]
    return []


def _json(data: object) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
