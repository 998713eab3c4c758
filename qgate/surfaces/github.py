"""Comments and issues on GitHub, one of a kind each, updated in place.

Nothing here changes a verdict: what GitHub refuses is returned as a sentence. No token gets
into one.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

import requests
from github import (
    Auth,
    BadAttributeException,
    Github,
    GithubException,
    GithubRetry,
)

from qgate import process
from qgate.errors import QgateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from types import TracebackType

    from github.Issue import Issue
    from github.IssueComment import IssueComment
    from github.NamedUser import NamedUser
    from github.Organization import Organization
    from github.Repository import Repository
    from urllib3 import BaseHTTPResponse
    from urllib3.connectionpool import ConnectionPool

    from qgate.settings import Settings
    from qgate.surfaces.event import Event

TOKENS: Final = ("GITHUB_TOKEN", "GH_TOKEN")
"""Environment variables that a token may be in, as GitHub's own programs look for them."""

LABEL: Final = "qgate"
"""What the issues of qgate are found by."""

_BOT: Final = "github-actions[bot]"
"""Who the token of a workflow is; it may not ask."""

_TIMEOUT_SECONDS: Final = 15
_TRIES: Final = 3
_LONGEST_WAIT_SECONDS: Final = 60.0
"""A rate limit that lasts longer is told instead of waited for."""

_ODD: Final = (
    BadAttributeException,
    RuntimeError,
    AssertionError,
    AttributeError,
    KeyError,
    TypeError,
)
"""What PyGithub raises at answers that are not as GitHub documents them, or that lead away."""

_MARK: Final = re.compile(r"<!-- qgate:(?P<kind>[a-z-]+) run=(?P<run>\d+)[^>]*-->")
_FORBIDDEN: Final = 403
_MISSING: Final = 404


class GithubRefused(QgateError):
    """GitHub did not do what it was asked for; that never changes a verdict."""


class Repo:
    """The repository that a workflow belongs to.

    Args:
        settings: Where the token comes from.
        event: Where the repository and its API are.
        token: The token, instead of the usual one.
        wait: Seconds between tries, doubled each time.

    Raises:
        GithubRefused: There is no token or no repository.
    """

    def __init__(
        self, settings: Settings, event: Event, *, token: str = "", wait: float = 1.0
    ) -> None:
        token = token or next(filter(None, map(settings.secret, TOKENS)), "")
        if not token or not event.repository:
            what = "token" if event.repository else "repository"
            message = f"There is no {what} to speak to GitHub with."
            hint = "Set GITHUB_TOKEN and GITHUB_REPOSITORY, as GitHub Actions does."
            raise GithubRefused(message, hint=hint)
        self._secrets = (*settings.secrets, token)
        self._event = event
        self._github = Github(
            auth=Auth.Token(token),
            base_url=event.api,
            timeout=_TIMEOUT_SECONDS,
            seconds_between_requests=None,
            seconds_between_writes=None,
            retry=_Retry(
                total=_TRIES,
                backoff_factor=wait,
                # A post that was lost on its way back may have been done.
                allowed_methods={"GET", "PATCH"},
                max_rate_limit_wait=_LONGEST_WAIT_SECONDS,
            ),
        )

    def comment(self, text: str, pull: int | None = None) -> str:
        """Put *text* on the pull request as its one comment of qgate, and return its address.

        Args:
            text: Markdown.
            pull: Number of the pull request, by default that of the event.

        Raises:
            GithubRefused: There is no pull request, or GitHub refuses.
        """
        with self._asked("comment on the pull request"):
            number = pull or self._pull()
            body = f"{self._mark('gate')}\n{text}"
            issue = self._repository().get_issue(number)
            own = self._login()
            for comment in issue.get_comments():
                if _author(comment) != own or not _is(comment.body, "gate"):
                    continue
                if _newer(comment.body, self._event.run_id):
                    return str(comment.html_url)
                if comment.body != body:
                    comment.edit(body)
                return str(comment.html_url)
            return str(issue.create_comment(body).html_url)

    def issue(self, kind: str, title: str, text: str, *, needed: bool) -> str | None:
        """Keep the one issue of *kind*: opened or updated when *needed*, closed when not.

        Returns:
            Its address; None when there is none and none is needed.

        Raises:
            GithubRefused: GitHub refuses.
        """
        with self._asked("keep the issue"):
            body = f"{self._mark(kind)}\n{text}"
            found = self._issue(kind)
            if found is None:
                if not needed:
                    return None
                made = self._repository().create_issue(
                    title=title, body=body, labels=[LABEL]
                )
                return str(made.html_url)
            if found.body != body or found.title != title or not needed:
                state = "open" if needed else "closed"
                found.edit(title=title, body=body, state=state)
            return str(found.html_url)

    def known(self, kind: str) -> str:
        """Return the text of the open issue of *kind*, empty when there is none.

        Raises:
            GithubRefused: GitHub refuses.
        """
        with self._asked("read the issue"):
            found = self._issue(kind)
            return (found.body or "") if found else ""

    def secrets(self) -> dict[str, datetime]:
        """Return when each secret was last set.

        Those of the repository go by their name, those of an environment by environment/name.

        Raises:
            GithubRefused: The token may not know, which that of a workflow never may.
        """
        with self._asked("list the secrets"):
            repository = self._repository()
            found = {one.name: one.updated_at for one in repository.get_secrets()}
            for environment in repository.get_environments():
                for one in environment.get_secrets():
                    found[f"{environment.name}/{one.name}"] = one.updated_at
            return found

    def _issue(self, kind: str) -> Issue | None:
        own = self._login()
        for issue in self._repository().get_issues(state="open", labels=[LABEL]):
            mine = _author(issue) == own and issue.pull_request is None
            if mine and _is(issue.body, kind):
                return issue
        return None

    def _repository(self) -> Repository:
        return self._github.get_repo(self._event.repository)

    def _login(self) -> str:
        try:
            return str(self._github.get_user().login)
        except GithubException as error:
            if error.status in (_FORBIDDEN, _MISSING):
                return _BOT
            raise

    def _pull(self) -> int:
        if self._event.pull:
            return self._event.pull
        if self._event.head:
            branch, sha = self._event.head
            for pull in self._repository().get_pulls(state="open", head=branch):
                if pull.head.sha == sha:
                    return int(pull.number)
        message = "There is no open pull request of this commit to comment on."
        raise GithubRefused(message, hint="Name one with --pull.")

    def _mark(self, kind: str) -> str:
        return f"<!-- qgate:{kind} run={self._event.run_id} -->"

    @contextmanager
    def _asked(self, what: str) -> Iterator[None]:
        """Turn what goes wrong into one sentence without a secret."""
        try:
            yield
        except GithubException as error:
            said = error.data.get("message") if isinstance(error.data, dict) else None
            why = f"{error.status}: {said or type(error).__name__}"
            hint = "The verdict stands; look at the permissions of the job."
            raise self._refused(what, why, hint) from None
        except (requests.RequestException, OSError, ValueError) as error:
            hint = "The verdict stands; GitHub could not be reached."
            raise self._refused(what, type(error).__name__, hint) from None
        except _ODD as error:
            why = f"what answers is not GitHub's API, {type(error).__name__}"
            hint = "The verdict stands; look at GITHUB_API_URL and GITHUB_REPOSITORY."
            raise self._refused(what, why, hint) from None

    def _refused(self, what: str, why: str, hint: str) -> GithubRefused:
        flat = process.mask(" ".join(why.split()), self._secrets)[:300]
        return GithubRefused(f"GitHub did not {what} ({flat.rstrip('.')}).", hint=hint)


class _Retry(GithubRetry):
    """Asks again, unless GitHub wants to be left alone for longer than anybody waits."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        seconds = self.get_retry_after(response) if response else None
        if response and seconds and seconds > _LONGEST_WAIT_SECONDS:
            said = f"too many requests, to be asked again in {seconds:,.0f} s"
            raise GithubException(response.status, {"message": said})
        return super().increment(method, url, response, error, _pool, _stacktrace)  # type: ignore[arg-type,return-value]


def _author(written: Issue | IssueComment) -> str:
    """Return who wrote it; nobody where GitHub does not know any more."""
    user: NamedUser | Organization | None = written.user
    return str(user.login) if user else ""


def _is(body: str | None, kind: str) -> bool:
    found = _MARK.match(body or "")
    return found is not None and found["kind"] == kind


def _newer(body: str, run_id: int) -> bool:
    """Tell whether a later run has written *body*: an earlier one that ends late is silent."""
    found = _MARK.match(body)
    return found is not None and int(found["run"]) > run_id
