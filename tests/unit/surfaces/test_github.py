"""GitHub is spoken to as its API documents, and whatever it answers becomes one sentence."""

from __future__ import annotations

import json
import os
import re
import socket
import time
from typing import TYPE_CHECKING, Any, Final

import pytest
from werkzeug import Request, Response

from qgate import settings as configuration
from qgate.surfaces.event import Event
from qgate.surfaces.github import GithubRefused, Repo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from qgate.settings import Settings

TOKEN: Final = "canary-token-4711-abcdef"
REPO: Final = "/repos/acme/shop"
COMMENTS: Final = f"{REPO}/issues/7/comments"
BOT: Final = "github-actions[bot]"
PULL: Final = {"pull_request": {"number": 7, "base": {"ref": "main"}}}


class Hub:
    """Answers as GitHub's API does, refuses what that would refuse, and keeps what it was told.

    Args:
        server: Where it answers.
        pages: How many comments fit on a page.
    """

    def __init__(self, server: HTTPServer, pages: int = 30) -> None:
        self.comments: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.first: list[Response] = []
        self._server = server
        self._pages = pages
        server.expect_request(re.compile(".*")).respond_with_handler(self._answer)

    def add(self, login: str | None, body: str) -> None:
        number = len(self.comments) + 1
        page = f"https://github.com/acme/shop/pull/7#issuecomment-{number}"
        where = self._server.url_for(f"{REPO}/issues/comments/{number}")
        user = {"login": login, "type": "Bot"} if login else None
        self.comments.append(
            {"id": number, "body": body, "user": user, "html_url": page, "url": where}
        )

    def _answer(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.path}")
        # GitHub refuses requests without them.
        assert request.headers["Authorization"] == f"token {TOKEN}"
        assert request.headers["User-Agent"]
        return self.first.pop(0) if self.first else self._known(request)

    def _known(self, request: Request) -> Response:
        """Answer a request that the API documents."""
        if request.path == REPO:
            url = self._server.url_for(REPO)
            return answer({"full_name": "acme/shop", "url": url})
        if request.path == "/user":
            return answer({"message": "Resource not accessible by integration"}, 403)
        if request.path == f"{REPO}/issues/7":
            return answer({"number": 7, "url": self._server.url_for(request.path)})
        if request.method != "GET":
            return self._written(request)
        return self._listed(request)

    def _listed(self, request: Request) -> Response:
        if request.path == f"{REPO}/pulls":
            return self._pulls(request)
        assert request.path == COMMENTS
        return self._page(int(request.args.get("page", 1)))

    def _pulls(self, request: Request) -> Response:
        assert request.args["state"] == "open"
        owner, _, branch = request.args["head"].partition(":")
        assert owner
        assert branch
        found = [(6, "0" * 40), (7, "a" * 40)] if owner == "stranger" else []
        return answer(
            [
                {"number": number, "state": "open", "head": {"sha": sha}}
                for number, sha in found
            ]
        )

    def _page(self, number: int) -> Response:
        shown = self.comments[(number - 1) * self._pages : number * self._pages]
        made = answer(shown)
        if number * self._pages < len(self.comments):
            url = self._server.url_for(COMMENTS)
            made.headers["Link"] = f'<{url}?page={number + 1}>; rel="next"'
        return made

    def _written(self, request: Request) -> Response:
        given = request.get_json()
        assert set(given) == {"body"}
        if len(given["body"]) > 65_536:
            return answer({"message": "Validation Failed"}, 422)
        if (request.method, request.path) == ("POST", COMMENTS):
            self.add(BOT, given["body"])
            return answer(self.comments[-1], 201)
        found = re.fullmatch(rf"{REPO}/issues/comments/(\d+)", request.path)
        assert found
        assert request.method == "PATCH"
        self.comments[int(found[1]) - 1]["body"] = given["body"]
        return answer(self.comments[int(found[1]) - 1])


def answer(data: object, status: int = 200, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    text = json.dumps(data)
    return Response(text, status, named, content_type="application/json")


def settings_of(root: Path, api: str, payload: object, **more: str) -> Settings:
    event = root / "event.json"
    event.write_text(payload if isinstance(payload, str) else json.dumps(payload))
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "GH_"))}
    environ = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_API_URL": api.rstrip("/"),
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_RUN_ID": "50",
    }
    return configuration.load(root=root, environ=kept | environ | more)


@pytest.fixture
def repo(tmp_path: Path, httpserver: HTTPServer) -> Callable[..., Repo]:
    """Return what makes a repository of the run with an id, about an event."""

    def made(run: int = 50, payload: object = PULL) -> Repo:
        api = httpserver.url_for("")
        settings = settings_of(tmp_path, api, payload, GITHUB_RUN_ID=str(run))
        return Repo(settings, Event.of(settings), wait=0.0)

    return made


def test_the_comment_is_found_on_a_later_page(
    repo: Callable[..., Repo], httpserver: HTTPServer
) -> None:
    hub = Hub(httpserver, pages=2)
    for number in range(5):
        hub.add("somebody", f"remark {number}")
    hub.add(BOT, "<!-- qgate:gate run=3 -->\nold")
    assert repo().comment("new").endswith("-6")
    assert hub.comments[5]["body"] == "<!-- qgate:gate run=50 -->\nnew"
    assert not any(line.startswith("POST") for line in hub.asked)


def test_what_others_wrote_is_never_touched(
    repo: Callable[..., Repo], httpserver: HTTPServer
) -> None:
    hub = Hub(httpserver)
    theirs = [
        ("somebody", "<!-- qgate:gate run=1 -->\nwith the mark"),
        (None, "<!-- qgate:gate run=1 -->\nof a user who is gone"),
        (BOT, "of another workflow"),
        (BOT, "> <!-- qgate:gate run=1 -->\nquoted"),
        (BOT, "<!-- qgate:audit-security run=1 -->\nof another kind"),
    ]
    for login, body in theirs:
        hub.add(login, body)
    repo().comment("new")
    assert [one["body"] for one in hub.comments[:-1]] == [body for _, body in theirs]
    assert len(hub.comments) == 6


def test_a_run_that_says_the_same_writes_nothing(
    repo: Callable[..., Repo], httpserver: HTTPServer
) -> None:
    hub = Hub(httpserver)
    repo().comment("said")
    before = len(hub.asked)
    repo().comment("said")
    assert all(line.startswith("GET") for line in hub.asked[before:])


def test_a_pull_request_of_a_fork_is_found_by_what_github_says_of_it(
    repo: Callable[..., Repo], httpserver: HTTPServer
) -> None:
    run = {
        "id": 9,
        "head_branch": "fix/it",
        "head_sha": "a" * 40,
        "head_repository": {"owner": {"login": "stranger"}},
    }
    hub = Hub(httpserver)
    repo(payload={"workflow_run": run}).comment("new")
    assert len(hub.comments) == 1
    for lost in ({**run, "head_sha": "b" * 40}, {**run, "head_branch": None}):
        with pytest.raises(GithubRefused, match="no open pull request"):
            repo(payload={"workflow_run": lost}).comment("new")


@pytest.mark.parametrize("payload", ["", "[]", "{", '{"pull_request": "x"}', "null"])
def test_an_event_that_says_nothing_names_no_pull_request(
    repo: Callable[..., Repo], httpserver: HTTPServer, payload: str
) -> None:
    Hub(httpserver)
    with pytest.raises(GithubRefused, match="no open pull request"):
        repo(payload=payload).comment("new")


def _soon() -> str:
    return str(int(time.time()) - 1)


@pytest.mark.parametrize(
    "trouble",
    [
        [(502, {}, {}), (503, {}, {})],
        [(429, {"message": "slow down"}, {"Retry_After": "0"})],
        [(403, {"message": "slow down"}, {"Retry_After": "0"})],
        [
            (
                403,
                {"message": "API rate limit exceeded for installation."},
                {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "soon"},
            )
        ],
    ],
    ids=["5xx", "429", "403 with Retry-After", "403 of a limit that is over"],
)
def test_what_passes_is_waited_for(
    repo: Callable[..., Repo],
    httpserver: HTTPServer,
    trouble: list[tuple[int, dict[str, str], dict[str, str]]],
) -> None:
    hub = Hub(httpserver)
    for status, said, headers in trouble:
        named = {k: _soon() if v == "soon" else v for k, v in headers.items()}
        hub.first.append(answer(said, status, **named))
    repo().comment("new")
    assert len(hub.comments) == 1
    assert hub.asked[: len(trouble) + 1] == [f"GET {REPO}"] * (len(trouble) + 1)


@pytest.mark.parametrize("status", [403, 429, 503])
@pytest.mark.parametrize("wait", ["3600", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_a_limit_that_lasts_is_told_at_once(
    repo: Callable[..., Repo], httpserver: HTTPServer, status: int, wait: str
) -> None:
    hub = Hub(httpserver)
    hub.first.append(answer({"message": "secondary"}, status, Retry_After=wait))
    with pytest.raises(GithubRefused, match=rf"{status}: too many requests") as caught:
        repo().comment("new")
    assert len(hub.asked) == 1
    assert "The verdict stands" in str(caught.value)


def test_a_post_that_failed_is_not_done_twice(
    repo: Callable[..., Repo], httpserver: HTTPServer
) -> None:
    hub = Hub(httpserver)
    repo().comment("first")  # what is asked before a comment is written
    reads = len(hub.asked) - 1
    hub.comments.clear()
    hub.asked.clear()
    told = hub._answer

    def failing(request: Request) -> Response:
        if request.method == "POST":
            hub.asked.append("POST")
            return answer({"message": "Server Error"}, 502)
        return told(request)

    httpserver.clear()
    httpserver.expect_request(re.compile(".*")).respond_with_handler(failing)
    with pytest.raises(GithubRefused, match="502"):
        repo().comment("new")
    assert hub.asked.count("POST") == 1
    assert len(hub.asked) == reads + 1


ODD: Final = {
    "HTML": Response("<html>", content_type="text/html"),
    "nothing": Response("", content_type="application/json"),
    "a list": answer([1, 2]),
    "words": answer("words"),
    "null": answer(None),
    "other types": answer({"full_name": 7, "url": ["x"], "message": {"a": 1}}),
    "an error of another shape": answer(["no", TOKEN], 403),
    "an error without JSON": Response(f"denied {TOKEN}", 401),
    "a redirect to another host": Response(
        "", 301, {"Location": "http://elsewhere.invalid/repos/acme/shop"}
    ),
    "a redirect to itself": Response("", 301, {"Location": REPO}),
}


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_answer_is_one_sentence_without_the_token(
    repo: Callable[..., Repo], httpserver: HTTPServer, kind: str
) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_response(ODD[kind])
    with pytest.raises(GithubRefused) as caught:
        repo().comment("new")
    said = str(caught.value)
    assert said.startswith("GitHub did not comment on the pull request (")
    assert "The verdict stands" in said
    assert TOKEN not in said
    assert "\n" not in said.strip()


def test_a_github_that_cannot_be_reached_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens here
        api = f"http://127.0.0.1:{taken.getsockname()[1]}"
        settings = settings_of(tmp_path, api, PULL)
        with pytest.raises(GithubRefused, match="could not be reached"):
            Repo(settings, Event.of(settings), wait=0.0).comment("new")


def test_the_page_of_a_run_is_that_of_the_workflow_it_follows(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path, "https://api.github.com", {"workflow_run": {"id": 9}}
    )
    assert Event.of(settings).page == "https://github.com/acme/shop/actions/runs/9"
    none = configuration.load(root=tmp_path, environ={"GITHUB_RUN_ID": "x"})
    assert Event.of(none).page == ""
    assert Event.of(none).base == ""
