"""A draft pull request, against a bare repository and a server that answers as GitHub."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug import Request, Response

from generator.pull_request import LONGEST_BODY, Proposal, body, open_draft, plain
from generator.spec import Spec
from generator.write import Written, write
from qgate import settings as configuration
from qgate.environment.serving import free_port
from qgate.errors import EnvironmentProblem, QgateError, UsageError

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer

    from qgate.settings import Settings

TOKEN = "canary-token-0123456789"
SPEC = Spec.model_validate(
    {
        "module": "travel_advance",
        "title": "Travel Advance",
        "summary": "Money before a journey",
        "entities": [
            {
                "name": "travel_advance",
                "label": "Travel Advance",
                "model": "travel.advance",
                "fields": [
                    {
                        "name": "amount",
                        "label": "Amount",
                        "type": "monetary",
                        "required": True,
                    }
                ],
                "states": [{"name": "draft", "label": "Draft"}],
            }
        ],
        "roles": [{"name": "employee", "label": "Employee"}],
        "criteria": [
            {
                "id": "ac_1",
                "text": "An advance has an amount",
                "covers": [
                    {"kind": "required", "entity": "travel_advance", "name": "amount"}
                ],
            },
            {"id": "ac_2", "text": "The moon is full"},
        ],
        "assumptions": ["Advances are in the company's currency"],
        "questions": ["Who pays @everyone?"],
    }
)
PROPOSAL = Proposal(
    title="Travel <b>advance</b>",
    body="Employees ask for money.\n<script>alert(1)</script> @octocat",
    spec=SPEC,
    gaps=[("hr_expense", "core", "19.0", "pays expenses back")],
    left=["Posting to the bank"],
)


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", folder, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Tester")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "tester@example.com")
    origin, work = tmp_path / "acme" / "shop.git", tmp_path / "work"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", origin], check=True)
    subprocess.run(["git", "init", "-q", "-b", "main", work], check=True)
    (work / "README.md").write_text("Shop\n")
    _git(work, "add", ".")
    _git(work, "commit", "-qm", "First")
    _git(work, "remote", "add", "origin", str(origin))
    _git(work, "push", "-q", "origin", "main")
    _git(work, "fetch", "-q")
    return work


@pytest.fixture
def written(checkout: Path) -> Written:
    files = {
        PurePosixPath("__manifest__.py"): b"{}\n",
        PurePosixPath("README.rst"): b"x\n",
    }
    return write("travel_advance", files, checkout / "addons")


def _settings(checkout: Path, server: HTTPServer, **extra: str) -> Settings:
    environ = {
        **os.environ,
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_API_URL": server.url_for("").rstrip("/"),
    }
    environ.pop("GITHUB_REPOSITORY", None)
    return configuration.load(root=checkout, environ=environ | extra)


class GitHub:
    """Answers what opening a pull request needs; keeps what it was asked."""

    def __init__(self, server: HTTPServer) -> None:
        self.pulls: list[dict[str, Any]] = []
        self.edits: list[dict[str, Any]] = []
        repository = {
            "full_name": "acme/shop",
            "url": server.url_for("/repos/acme/shop"),
        }
        server.expect_request("/repos/acme/shop", method="GET").respond_with_json(
            repository
        )
        server.expect_request(
            "/repos/acme/shop/pulls",
            method="GET",
            query_string={
                "state": "open",
                "base": "main",
                "head": "acme:ticket/travel_advance",
            },
        ).respond_with_handler(lambda _: self._json(self.pulls))
        server.expect_request(
            "/repos/acme/shop/pulls",
            method="POST",
            headers={"Authorization": f"token {TOKEN}"},
        ).respond_with_handler(self._create)
        server.expect_request(
            "/repos/acme/shop/pulls/7", method="PATCH"
        ).respond_with_handler(self._edit)
        self._url = server.url_for("/repos/acme/shop/pulls/7")

    def _json(self, data: object, status: int = 200) -> Response:
        return Response(json.dumps(data), status, content_type="application/json")

    def _create(self, request: Request) -> Response:
        asked = request.get_json()
        assert set(asked) == {"base", "head", "title", "body", "draft"}
        page = "https://github.com/acme/shop/pull/7"
        self.pulls.append(asked | {"number": 7, "html_url": page, "url": self._url})
        return self._json(self.pulls[-1], 201)

    def _edit(self, request: Request) -> Response:
        self.edits.append(request.get_json())
        return self._json(self.pulls[-1] | self.edits[-1])


def test_a_draft_is_opened_and_the_checkout_stays_as_it_was(
    checkout: Path, written: Written, httpserver: HTTPServer
) -> None:
    remote = GitHub(httpserver)
    before = (
        _git(checkout, "status", "--porcelain"),
        _git(checkout, "log", "--oneline", "--all"),
    )
    made = open_draft(_settings(checkout, httpserver), written, PROPOSAL)
    assert (made.number, made.created) == (7, True)
    assert remote.pulls[0]["draft"] is True
    assert remote.pulls[0]["head"] == "ticket/travel_advance"
    assert _git(checkout, "status", "--porcelain") == before[0]
    assert _git(checkout, "log", "--oneline", "main") in before[1]
    files = _git(checkout, "ls-tree", "-r", "--name-only", made.commit).splitlines()
    assert files == [
        "README.md",
        "addons/.generated/travel_advance.zip",
        "addons/travel_advance/README.rst",
        "addons/travel_advance/__manifest__.py",
    ]
    pushed = _git(checkout, "ls-remote", "origin", "refs/heads/ticket/travel_advance")
    assert pushed.split()[0] == made.commit


def test_an_open_one_is_renewed(
    checkout: Path, written: Written, httpserver: HTTPServer
) -> None:
    remote = GitHub(httpserver)
    open_draft(_settings(checkout, httpserver), written, PROPOSAL)
    (written.folder / "README.rst").write_text("changed\n")
    again = open_draft(_settings(checkout, httpserver), written, PROPOSAL)
    assert (again.number, again.created) == (7, False)
    assert len(remote.pulls) == len(remote.edits) == 1
    kept = _git(checkout, "show", f"{again.commit}:addons/travel_advance/README.rst")
    assert kept == "changed"


def test_commits_of_a_person_on_the_branch_are_not_overwritten(
    checkout: Path, written: Written, httpserver: HTTPServer
) -> None:
    GitHub(httpserver)
    _git(checkout, "switch", "-qc", "mine")
    (checkout / "own.txt").write_text("mine\n")
    _git(checkout, "add", "own.txt")
    _git(checkout, "commit", "-qm", "By hand")
    _git(checkout, "push", "-q", "origin", "mine:ticket/travel_advance")
    with pytest.raises(UsageError, match="commits of a person"):
        open_draft(_settings(checkout, httpserver), written, PROPOSAL)
    assert "By hand" in _git(checkout, "log", "--format=%s", "-1", "mine")


@pytest.mark.parametrize(
    ("status", "headers", "answer", "kind", "words"),
    [
        (401, {}, {"message": "Bad credentials"}, UsageError, "needs the rights"),
        (
            403,
            {},
            {"message": "Resource not accessible"},
            UsageError,
            "needs the rights",
        ),
        (404, {}, {"message": "Not Found"}, UsageError, "acme/shop"),
        (500, {}, {"message": "Server Error"}, EnvironmentProblem, "out of order"),
        (503, {}, {}, EnvironmentProblem, "out of order"),
    ],
)
def test_what_github_refuses_is_said_without_the_token(
    checkout: Path,
    written: Written,
    httpserver: HTTPServer,
    status: int,
    headers: dict[str, str],
    answer: dict[str, str],
    kind: type[QgateError],
    words: str,
) -> None:
    httpserver.expect_request("/repos/acme/shop").respond_with_json(
        answer, status=status, headers=headers
    )
    with pytest.raises(kind, match=words) as caught:
        open_draft(_settings(checkout, httpserver), written, PROPOSAL)
    assert TOKEN not in str(caught.value)


def test_nobody_answering_is_said(
    checkout: Path, written: Written, httpserver: HTTPServer
) -> None:
    settings = _settings(
        checkout, httpserver, GITHUB_API_URL=f"http://127.0.0.1:{free_port()}"
    )
    with pytest.raises(EnvironmentProblem, match="cannot be reached"):
        open_draft(settings, written, PROPOSAL)


def test_no_token_is_said(
    checkout: Path, written: Written, httpserver: HTTPServer
) -> None:
    settings = _settings(checkout, httpserver, GITHUB_TOKEN="", GH_TOKEN="")
    with pytest.raises(UsageError, match="GITHUB_TOKEN"):
        open_draft(settings, written, PROPOSAL)


def test_a_base_that_does_not_exist_is_said(
    checkout: Path, written: Written, httpserver: HTTPServer
) -> None:
    with pytest.raises(UsageError, match="no revision origin/nowhere"):
        open_draft(_settings(checkout, httpserver), written, PROPOSAL, base="nowhere")


def test_the_text_holds_what_a_reviewer_wants_and_no_markup_of_the_ticket() -> None:
    text = body(PROPOSAL)
    assert "<script>" not in text
    assert "@octocat" not in text
    assert "@everyone" not in text
    for words in (
        "## Acceptance criteria",
        "**nothing: left to a person**",
        "required `travel_advance.amount`",
        "## Assumptions",
        "hr_expense",
        "Posting to the bank",
        "- [ ] The assumptions are right",
        "The gate has not run on it.",
    ):
        assert words in text


def test_a_very_long_ticket_is_cut_to_what_github_takes() -> None:
    long = Proposal(title="Long", body="word " * 40_000, spec=SPEC)
    assert len(body(long)) <= LONGEST_BODY
    assert "The text was cut here" in body(long)


def test_plain_text_is_inert() -> None:
    assert plain("a|b `c` [d](e)\n# f @g <h>") == (
        r"a\|b \`c\` \[d\]\(e\) \# f &#64;g &lt;h\>".replace(r"\>", r"\&gt;")
    )
