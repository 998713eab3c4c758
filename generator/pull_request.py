"""Opens a draft pull request with a generated module and all a reviewer wants to know.

The commit is made beside the checkout (with an index of its own), so neither the branch
nor the files that somebody works on there change.
"""

from __future__ import annotations

import html
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import github
from github.GithubRetry import GithubRetry

from generator.write import BASES
from qgate import process
from qgate.errors import EnvironmentProblem, UsageError
from qgate.workspace import git

if TYPE_CHECKING:
    from collections.abc import Sequence

    from github.Repository import Repository

    from generator.spec import Spec
    from generator.write import Written
    from qgate.api import Run
    from qgate.settings import Settings

API: Final = "https://api.github.com"
LONGEST_BODY: Final = 65_536  # characters GitHub takes for a pull request's text
CHECKLIST: Final = """\
## Review checklist

- [ ] The assumptions are right and the questions answered
- [ ] Nothing of core or OCA does it already
- [ ] Roles see and do what they should, and nothing else
- [ ] What is left to a person is written and tested
- [ ] The gate has passed on this very commit"""
_CUT: Final = "\n\n*The text was cut here, as GitHub takes no more.*\n"
_ATTEMPTS: Final = 3
_SECONDS: Final = 30
_PUSH_SECONDS: Final = 120.0
_ADDRESS: Final = re.compile(r"[:/](?P<name>[\w.-]+/[\w.-]+?)(\.git)?/?$")
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>@])")


@dataclass(frozen=True)
class Proposal:
    """What the pull request tells.

    Attributes:
        title: Title of the ticket.
        body: Its text.
        url: Where it is, if it has an address.
        spec: What was understood.
        gaps: Candidates of the gap analysis: module, source, series and why.
        left: What a person must still write.
        run: The gate's run on the module, if there was one.
    """

    title: str
    body: str
    spec: Spec
    url: str | None = None
    gaps: Sequence[tuple[str, str, str, str]] = ()
    left: Sequence[str] = ()
    run: Run | None = None


@dataclass(frozen=True)
class PullRequest:
    """A draft pull request.

    Attributes:
        url: Its page.
        number: Its number.
        branch: The branch with the module.
        commit: The commit that was pushed.
        created: Whether it was opened now; else its text and branch were renewed.
    """

    url: str
    number: int
    branch: str
    commit: str
    created: bool = field(default=True)


def open_draft(
    settings: Settings,
    written: Written,
    proposal: Proposal,
    *,
    base: str = "main",
    remote: str = "origin",
) -> PullRequest:
    """Push the module to a branch of its own and open a draft pull request for it.

    One that is open for the branch already gets the new commit and text.

    Args:
        settings: Environment (`GITHUB_TOKEN`, `GITHUB_REPOSITORY`, `GITHUB_API_URL`).
        written: The module on disk.
        proposal: What to tell.
        base: Branch it shall be merged to.
        remote: Git remote to push to.

    Raises:
        UsageError: No checkout, no token, no right, or no such repository or branch.
        EnvironmentProblem: GitHub or the remote cannot be reached.
    """
    token = settings.secret("GITHUB_TOKEN") or settings.secret("GH_TOKEN")
    if not token:
        message = "There is no GITHUB_TOKEN to open a pull request with."
        raise UsageError(
            message, hint="Set it in the environment, or leave --draft-pr out."
        )
    name = _repository(settings, written.folder, remote)
    branch = f"ticket/{proposal.spec.module}"
    commit = _commit(settings, written, proposal, f"{remote}/{base}")
    _push(settings, written.folder, remote, commit, branch)
    client = github.Github(
        auth=github.Auth.Token(token),
        base_url=settings.environ.get("GITHUB_API_URL") or API,
        timeout=_SECONDS,
        retry=GithubRetry(total=_ATTEMPTS),
    )
    try:
        with client:
            return _open(client.get_repo(name), proposal, branch, base, commit)
    except github.GithubException as error:
        raise _told(error, name) from error
    except OSError as error:  # what requests raises when nobody answers is one
        message = (
            f"GitHub cannot be reached or is out of order; branch {branch} is pushed."
        )
        raise EnvironmentProblem(
            message, hint="Run the command again later."
        ) from error


def body(proposal: Proposal) -> str:
    """Return the text of the pull request, at most as long as GitHub takes."""
    spec = proposal.spec
    parts = [
        f"Generated from the ticket **{plain(proposal.title)}**"
        + (f" ({plain(proposal.url)})" if proposal.url else "")
        + ". Nothing here was read by a person yet.",
        _quoted(proposal.body),
        "## Verdict of the gate\n\n" + _verdict(proposal.run),
        "## What was understood\n\n" + _entities(spec),
        "## Acceptance criteria\n\n" + _criteria(spec),
        _listed("Assumptions", spec.assumptions, "None."),
        _listed("Open questions", spec.questions, "None."),
        "## What exists already\n\n" + _gaps(proposal.gaps),
        _listed("Left to you", proposal.left, "Nothing."),
        CHECKLIST,
    ]
    text = "\n\n".join(part for part in parts if part) + "\n"
    if len(text) <= LONGEST_BODY:
        return text
    return text[: LONGEST_BODY - len(_CUT)] + _CUT


def plain(text: str) -> str:
    """Return *text* in one line for Markdown: no markup, no HTML, nobody mentioned."""
    line = " ".join(text.split())
    return html.escape(_SPECIAL.sub(r"\\\1", line), quote=False).replace("\\@", "&#64;")


def _quoted(text: str) -> str:
    lines = [f"> {plain(line)}".rstrip() for line in text.splitlines()]
    return (
        "<details><summary>The ticket</summary>\n\n"
        + "\n".join(lines)
        + "\n\n</details>"
    )


def _verdict(run: Run | None) -> str:
    if run is None:
        return "The gate has not run on it."
    rows = [
        f"| {row.stage} | {row.verdict} | {row.seconds:.1f} |"
        for row in run.stages.itertuples()
    ]
    reasons = [f"- {plain(reason)}" for reason in run.reasons]
    table = "\n".join(["| Stage | Verdict | Seconds |", "|---|---|---:|", *rows])
    return "\n\n".join(
        part for part in (f"**{run.verdict}**", table, "\n".join(reasons)) if part
    )


def _entities(spec: Spec) -> str:
    rows = []
    for entity in spec.entities:
        fields = ", ".join(
            plain(item.label) + (" (required)" if item.required else "")
            for item in entity.fields
        )
        states = " → ".join(plain(state.label) for state in entity.states) or "none"
        rows.append(
            f"| {plain(entity.label)} | `{entity.model}` | {fields} | {states} |"
        )
    roles = ", ".join(plain(role.label) for role in spec.roles)
    table = "\n".join(
        ["| Entity | Model | Fields | States |", "|---|---|---|---|", *rows]
    )
    return f"{table}\n\nRoles: {roles}."


def _criteria(spec: Spec) -> str:
    if not spec.criteria:
        return "The ticket names none."
    rows = [
        f"| {item.id} | {plain(item.text)} | "
        + (
            ", ".join(
                f"{cover.kind} `{cover.entity}.{cover.name}`" for cover in item.covers
            )
            or "**nothing: left to a person**"
        )
        + " |"
        for item in spec.criteria
    ]
    return "\n".join(["| | Criterion | Met by |", "|---|---|---|", *rows])


def _gaps(gaps: Sequence[tuple[str, str, str, str]]) -> str:
    if not gaps:
        return "No module of core or OCA was found that does some of it."
    rows = [
        f"| `{module}` | {source} | {plain(series)} | {plain(why)} |"
        for module, source, series, why in gaps
    ]
    return "\n".join(["| Module | Source | Series | Why |", "|---|---|---|---|", *rows])


def _listed(title: str, texts: Sequence[str], nothing: str) -> str:
    listed = "\n".join(f"- {plain(text)}" for text in texts) or nothing
    return f"## {title}\n\n{listed}"


def _repository(settings: Settings, folder: Path, remote: str) -> str:
    named = settings.environ.get("GITHUB_REPOSITORY")
    if named:
        return named
    address = git(settings, folder, "remote", "get-url", remote).strip()
    found = _ADDRESS.search(address)
    if not found:
        message = f"The remote {remote} does not tell which GitHub repository it is."
        raise UsageError(message, hint="Set GITHUB_REPOSITORY to owner/name.")
    return found["name"]


def _commit(settings: Settings, written: Written, proposal: Proposal, base: str) -> str:
    """Make a commit on top of *base* with the module as it is on disk."""
    folder = written.folder
    parent = git(
        settings, folder, "rev-parse", "--verify", f"{base}^{{commit}}"
    ).strip()
    top = Path(git(settings, folder, "rev-parse", "--show-toplevel").strip())
    title = f"[ADD] {proposal.spec.module}: {' '.join(proposal.title.split())}"
    with tempfile.TemporaryDirectory() as place:
        index = {"GIT_INDEX_FILE": str(Path(place) / "index")}
        _git(settings, top, ["read-tree", parent], index)
        paths = [folder.resolve(), *_base(folder.resolve())]
        _git(settings, top, ["add", "--all", "--", *map(str, paths)], index)
        tree = _git(settings, top, ["write-tree"], index)
        return _git(
            settings, top, ["commit-tree", tree, "-p", parent, "-m", title], index
        )


def _base(folder: Path) -> list[Path]:
    """What was generated belongs to the commit, so that others can merge too."""
    kept = folder.parent / BASES / f"{folder.name}.zip"
    return [kept] if kept.is_file() else []


def _git(
    settings: Settings, top: Path, arguments: Sequence[str], extra: dict[str, str]
) -> str:
    done = process.run(
        "git",
        ["git", "-C", top, *arguments],
        env=settings.child_environ(**extra),
        time_limit=_PUSH_SECONDS,
        secrets=settings.secrets,
    )
    if done.returncode or done.timed_out:
        said = process.tail(done.errors, 1) or "it took too long"
        message = f"git {arguments[0]} failed: {said}."
        raise UsageError(message, hint="Put that right and run the command again.")
    return done.output.strip()


def _push(
    settings: Settings, folder: Path, remote: str, commit: str, branch: str
) -> None:
    """Push *commit* to *branch*, which belongs to the generator alone.

    Raises:
        UsageError: The branch has commits that are not the generator's.
    """
    name = f"refs/heads/{branch}"
    found = _git(settings, folder, ["ls-remote", remote, name], {}).split()
    if found:
        _git(settings, folder, ["fetch", "--quiet", remote, name], {})
        titles = _git(settings, folder, ["log", "--format=%s", "-1", found[0]], {})
        module = branch.removeprefix("ticket/")
        if not titles.startswith(f"[ADD] {module}:"):
            message = f"Branch {branch} has commits of a person on {remote}."
            hint = "Merge or rename that branch first; it is not overwritten."
            raise UsageError(message, hint=hint)
    lease = f"--force-with-lease={name}:{found[0] if found else ''}"
    _git(settings, folder, ["push", "--quiet", lease, remote, f"{commit}:{name}"], {})


def _open(
    repository: Repository, proposal: Proposal, branch: str, base: str, commit: str
) -> PullRequest:
    title = f"{proposal.spec.module}: {' '.join(proposal.title.split())}"[:250]
    text = body(proposal)
    owner = repository.full_name.split("/")[0]
    for open_one in repository.get_pulls(
        state="open", head=f"{owner}:{branch}", base=base
    ):
        open_one.edit(title=title, body=text)
        return PullRequest(
            open_one.html_url, open_one.number, branch, commit, created=False
        )
    made = repository.create_pull(base, branch, title=title, body=text, draft=True)
    return PullRequest(made.html_url, made.number, branch, commit)


def _told(error: github.GithubException, name: str) -> UsageError | EnvironmentProblem:
    said = str(error.data.get("message", "")) if isinstance(error.data, dict) else ""
    if isinstance(error, github.RateLimitExceededException):
        message = "GitHub takes no more requests for now (rate limit)."
        return EnvironmentProblem(message, hint="Wait an hour and run it again.")
    if error.status in {401, 403, 404, 422}:
        message = f"GitHub refuses a pull request in {name} ({error.status}: {said})."
        hint = "The token needs the rights contents and pull requests: write, there."
        return UsageError(message, hint=hint)
    message = f"GitHub answered with {error.status} ({said or 'no reason'})."
    return EnvironmentProblem(message, hint="Run the command again later.")
