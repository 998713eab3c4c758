"""Tags a commit for production, when a run of the gate has shown that it may go there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from qgate import process
from qgate.errors import EnvironmentProblem, Refused
from qgate.frames import rows
from qgate.policy.judge import PASSED, SKIPPED, evaluate, overall
from qgate.policy.wording import some
from qgate.workspace import Workspace, git

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from qgate.record import Record
    from qgate.settings import Settings

BRANCH: Final = "main"
"""The only branch from which a release is made."""

STAGES: Final = ("static", "tests", "e2e", "security", "performance", "readiness")
"""Stages that a release has passed."""

CHECKS: Final = (
    *("security", "performance", "image", "documentation"),
    *("health", "migration", "variables"),
)
"""Checks of stage readiness that a release has passed."""

_SHOWN: Final = 3
_TAG_SECONDS: Final = 60.0
_RUN_AGAIN: Final = "Run `qgate run --profile release` on it."


@dataclass(frozen=True)
class Tag:
    """A tag for production.

    Attributes:
        name: `production-YYYY-MM-DD-<short sha>`, the day in UTC.
        commit: The commit it is on.
        run_id: The run that shows that it may go there.
        created: Whether it was not there before.
    """

    name: str
    commit: str
    run_id: str
    created: bool

    @property
    def push(self) -> str:
        """The command that a person publishes it with."""
        return f"git push origin {self.name}"


def tag(settings: Settings, run: Record, today: date | None = None) -> Tag:
    """Put the tag for production on the commit that *run* judged.

    A commit that has such a tag keeps it, whatever day it is.

    Args:
        settings: The configuration of the workspace, whose thresholds count.
        run: The record of a run.
        today: The day in the name, by default that of now in UTC.

    Raises:
        Refused: The commit or the run does not allow it; the message says what to do.
        UsageError: The workspace is no git checkout.
        EnvironmentProblem: Git cannot make the tag.
    """
    commit = _commit(settings, run)
    _demand_passed(settings, run)
    _demand_whole(settings, run)
    _demand_no_skip(run)
    short = git(settings, settings.root, "rev-parse", "--short=7", commit).strip()
    there = _tags_on(settings, commit, short)
    if there:
        return Tag(there[0], commit, run.run_id, created=False)
    day = today or datetime.now(UTC).date()
    name = f"production-{day:%Y-%m-%d}-{short}"
    return Tag(name, commit, run.run_id, created=_make(settings, name, commit, run))


def _commit(settings: Settings, run: Record) -> str:
    """Return the commit to tag: that of the run, which has to be what lies here, whole."""
    root = settings.root
    head = git(settings, root, "rev-parse", "HEAD").strip()
    branch = git(settings, root, "rev-parse", "--abbrev-ref", "HEAD").strip()
    if branch != BRANCH:
        where = "no branch" if branch == "HEAD" else f"branch {branch}"
        message = f"The checkout is on {where}; a release is tagged on {BRANCH} only."
        raise Refused(message, hint=f"Merge it and `git switch {BRANCH}`.")
    changed = git(settings, root, "status", "--porcelain").splitlines()
    if changed:
        files = some((line[3:] for line in changed), _SHOWN)
        message = f"The tree has changes that are not committed ({files})."
        raise Refused(message, hint=f"Commit or remove them, then: {_RUN_AGAIN}")
    state: dict[str, Any] = dict(run.data.get("git") or {})
    if not state.get("commit"):
        message = f"Run {run.run_id} was not made in a git checkout."
        raise Refused(message, hint=_RUN_AGAIN)
    if state["commit"] != head:
        message = (
            f"Run {run.run_id} judged commit {state['commit'][:12]}, "
            f"but {head[:12]} is checked out."
        )
        raise Refused(message, hint=_RUN_AGAIN)
    if state.get("dirty") is not False:
        message = (
            f"Run {run.run_id} judged a tree with changes that were not committed."
        )
        raise Refused(message, hint=_RUN_AGAIN)
    return head


def _demand_passed(settings: Settings, run: Record) -> None:
    """Demand that the run has passed, also by the thresholds that the workspace has now."""
    demanded = tuple(run.data["demanded"])
    missing = [stage for stage in STAGES if stage not in demanded]
    if run.data["verdict"] != PASSED:
        message = (
            f"Run {run.run_id} has not passed, its verdict is {run.data['verdict']}."
        )
        raise Refused(
            message, hint="Read its report, correct what it says, run it again."
        )
    if missing:
        message = (
            f"Run {run.run_id} (profile {run.data.get('profile', 'unknown')}) did not "
            f"demand {some(missing, len(missing))}; a release passes all six stages."
        )
        raise Refused(message, hint=_RUN_AGAIN)
    policy = settings.without_skips().policy
    verdicts = evaluate(policy, run.frames(), demanded)
    if overall(verdicts, demanded) != PASSED:
        reasons = [
            f"{item.stage}: {reason}"
            for item in verdicts
            if item.verdict not in (PASSED, SKIPPED)
            for reason in item.reasons
        ]
        message = (
            f"Run {run.run_id} does not pass by the thresholds of this workspace with "
            f"nothing skipped: {some(reasons, _SHOWN)}"
        )
        raise Refused(message, hint=_RUN_AGAIN)


def _demand_whole(settings: Settings, run: Record) -> None:
    """Demand that the run has judged every module that the configuration names."""
    wanted = Workspace.load(settings).select(settings).modules
    judged: Collection[str] = run.data["modules"]
    left = [module.name for module in wanted if module.name not in judged]
    if left:
        message = (
            f"Run {run.run_id} did not judge {some(left, _SHOWN)}; "
            "a release has all modules of the workspace."
        )
        raise Refused(message, hint="Run without --modules and --changed-since.")


def _demand_no_skip(run: Record) -> None:
    frames = run.frames()
    skipped = [
        f"stage {row['stage']}"
        for row in rows(frames["stages"])
        if row["verdict"] != PASSED and row["stage"] in STAGES
    ]
    done = list(rows(frames["readiness"]))
    skipped += [f"check {row['check']}" for row in done if row["outcome"] == SKIPPED]
    known = {row["check"] for row in done}
    skipped += [f"check {name}" for name in CHECKS if name not in known]
    if skipped:
        names = some(skipped, len(CHECKS))
        message = f"Run {run.run_id} left something out: {names}."
        raise Refused(message, hint=f"Give what it needs. {_RUN_AGAIN}")


def _tags_on(settings: Settings, commit: str, short: str) -> list[str]:
    found = git(
        settings,
        settings.root,
        *("tag", "--list", f"production-????-??-??-{short}*", "--points-at", commit),
    )
    return sorted(found.split())


def _make(settings: Settings, name: str, commit: str, run: Record) -> bool:
    """Make the tag; tell whether it was not there."""
    text = "\n".join(_message(run))
    done = process.run(
        "git",
        ["git", "-C", settings.root, "tag", "--annotate", "-m", text, name, commit],
        env=settings.child_environ(),
        time_limit=_TAG_SECONDS,
    )
    if done.returncode == 0 and not done.timed_out:
        return True
    if name in _tags_on(settings, commit, ""):
        return False  # somebody else was first
    at = git(settings, settings.root, "tag", "--list", name).strip()
    if at:
        message = f"There is a tag {name} already, on another commit."
        raise Refused(message, hint=f"Look at it with `git show {name}`.")
    said = process.tail(done.errors, 2).replace("\n", " ") or "it took too long"
    message = f"Git cannot make the tag {name} ({said})."
    hint = "Tell it who you are: `git config user.name` and `git config user.email`."
    raise EnvironmentProblem(message, hint=hint)


def _message(run: Record) -> Iterable[str]:
    yield f"Passed qgate run {run.run_id}"
    yield ""
    yield f"Modules: {', '.join(run.data['modules'])}"
    yield f"Stages: {', '.join(run.data['demanded'])}"
    yield f"Started: {run.data['started']}"
