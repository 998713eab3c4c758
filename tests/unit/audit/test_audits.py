"""What goes bad by itself is found, and told in one issue that is kept."""

from __future__ import annotations

import json
import os
import re
from datetime import date
from importlib import metadata
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug import Request, Response

from qgate import settings as configuration
from qgate.audit import AUDITS
from qgate.audit import secrets as secret_audit
from qgate.audit.base import Audit, tell
from qgate.audit.dependencies import _major, _remarks
from qgate.errors import EnvironmentProblem, ToolFailed

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from qgate.settings import Settings

TODAY = date(2026, 11, 25)


def settings_of(root: Path, *overrides: str, **environ: str) -> Settings:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "GH_"))}
    return configuration.load(root=root, overrides=overrides, environ=kept | environ)


def test_there_are_three_audits() -> None:
    assert set(AUDITS) == {"security", "dependencies", "secrets"}


def test_secrets_that_are_old_or_of_unknown_age_are_due(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path,
        "audit.rotated={OLD=2025-01-01,FRESH=2026-11-01}",
    )
    found = secret_audit.audit(settings, TODAY)
    assert found.looked_at == 2
    assert set(found.found) == {"OLD"}
    assert "693 days" in found.text
    assert not found.clean


def test_no_secret_of_known_age_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="The age of no secret is known"):
        secret_audit.audit(settings_of(tmp_path), TODAY)


def test_secrets_on_github_are_asked_for_with_a_token_of_their_own(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    base = "/repos/acme/shop"
    httpserver.expect_request(base).respond_with_json(
        {"full_name": "acme/shop", "url": httpserver.url_for(base)}
    )
    httpserver.expect_request(
        f"{base}/actions/secrets", headers={"Authorization": "token list-secrets-token"}
    ).respond_with_json(
        {
            "total_count": 1,
            "secrets": [
                {
                    "name": "PGPASSWORD",
                    "created_at": "2025-01-01T00:00:00Z",
                    "updated_at": "2026-11-20T00:00:00Z",
                }
            ],
        }
    )
    httpserver.expect_request(f"{base}/environments").respond_with_json(
        {"total_count": 0, "environments": []}
    )
    settings = settings_of(
        tmp_path,
        QGATE_SECRETS_TOKEN="list-secrets-token",
        GITHUB_REPOSITORY="acme/shop",
        GITHUB_API_URL=httpserver.url_for("").rstrip("/"),
    )
    found = secret_audit.audit(settings, TODAY)
    assert found.clean
    assert "5 days" in found.text


@pytest.mark.parametrize(
    ("now", "newest", "direct", "said"),
    [
        ("1.2", "2.0", True, ["named in pyproject.toml", "another major version"]),
        ("1.2", "1.3", False, []),
        ("1.2", "no version", False, []),
    ],
)
def test_remarks_on_a_package(
    now: str, newest: str, *, direct: bool, said: list[str]
) -> None:
    row = {"name": "x", "version": now, "latest_version": newest}
    assert _remarks(row, direct) == said
    assert _major(row) is ("another major version" in said)


def indexed(root: Path, server: HTTPServer) -> Settings:
    """Return settings in which uv asks *server*, a package index."""
    return settings_of(
        root,
        UV_DEFAULT_INDEX=server.url_for("/simple/"),
        UV_NO_CONFIG="1",
        UV_CACHE_DIR=str(root / "cache"),
        UV_HTTP_RETRIES="0",
    )


def listing(name: str, version: str) -> Response:
    file = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    text = f'<!DOCTYPE html><html><body><a href="/{file}">{file}</a></body></html>'
    return Response(text, content_type="text/html")


def test_outdated_packages_are_found_in_the_index(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    """The real uv asks a local index; one package of all has a newer version there."""
    newer = {"requests": "999.0"}

    def index(request: Request) -> Response:
        name = request.path.split("/")[2]
        return listing(name, newer.get(name) or metadata.version(name))

    httpserver.expect_request(re.compile("/simple/.*")).respond_with_handler(index)
    settings = indexed(tmp_path, httpserver)
    found = AUDITS["dependencies"](settings)
    assert list(found.found) == ["requests"]
    assert found.looked_at > 50
    assert not found.unjudged
    assert not found.alert
    assert not found.clean
    assert "999.0 | named in pyproject.toml, another major version |" in found.text


def test_all_packages_at_their_newest_are_clean(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    def index(request: Request) -> Response:
        name = request.path.split("/")[2]
        return listing(name, metadata.version(name))

    httpserver.expect_request(re.compile("/simple/.*")).respond_with_handler(index)
    found = AUDITS["dependencies"](indexed(tmp_path, httpserver))
    assert found.clean


def test_an_index_that_knows_no_package_is_not_clean(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_data("no", status=404)
    found = AUDITS["dependencies"](indexed(tmp_path, httpserver))
    assert found.found == {}
    assert found.looked_at == 0
    assert not found.clean
    assert found.unjudged.startswith("The index does not know ")


def test_an_index_that_does_not_answer_is_an_error(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_data("no", status=400)
    with pytest.raises(ToolFailed, match="cannot list the packages"):
        AUDITS["dependencies"](indexed(tmp_path, httpserver))


class Issues:
    """Answers as GitHub's API for issues."""

    def __init__(self, server: HTTPServer) -> None:
        self.found: list[dict[str, Any]] = []
        self._server = server
        base = "/repos/acme/shop/issues"
        server.expect_request("/repos/acme/shop").respond_with_json(
            {"full_name": "acme/shop", "url": server.url_for("/repos/acme/shop")}
        )
        server.expect_request("/user").respond_with_json({"login": "qgate-bot"})
        server.expect_request(base, method="GET").respond_with_handler(
            lambda _: self._json([i for i in self.found if i["state"] == "open"])
        )
        server.expect_request(base, method="POST").respond_with_handler(self._create)
        server.expect_request(
            re.compile(rf"{base}/\d+"), method="GET"
        ).respond_with_handler(
            lambda asked: self._json(self.found[int(asked.path.rpartition("/")[2]) - 1])
        )
        server.expect_request(
            re.compile(rf"{base}/\d+"), method="PATCH"
        ).respond_with_handler(self._edit)

    def _json(self, data: object, status: int = 200) -> Response:
        return Response(json.dumps(data), status, content_type="application/json")

    def _create(self, request: Request) -> Response:
        number = len(self.found) + 1
        self.found.append(
            request.get_json()
            | {
                "number": number,
                "state": "open",
                "user": {"login": "qgate-bot"},
                "html_url": f"https://github.com/acme/shop/issues/{number}",
                "url": self._server.url_for(f"/repos/acme/shop/issues/{number}"),
            }
        )
        return self._json(self.found[-1], 201)

    def _edit(self, request: Request) -> Response:
        number = int(request.path.rpartition("/")[2])
        self.found[number - 1] |= request.get_json()
        return self._json(self.found[number - 1])


def audit(**found: str) -> Audit:
    return Audit("audit-security", "Known", "Text", found, looked_at=3, alert=True)


def test_one_issue_is_opened_updated_and_closed_and_news_are_posted(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    hub = Issues(httpserver)
    posted: list[str] = []

    def take(request: Request) -> Response:
        posted.append(request.get_json()["text"])
        return Response("ok")

    httpserver.expect_request("/hook").respond_with_handler(take)
    settings = settings_of(
        tmp_path,
        GITHUB_TOKEN="token-for-issues",
        GITHUB_REPOSITORY="acme/shop",
        GITHUB_API_URL=httpserver.url_for("").rstrip("/"),
        QGATE_WEBHOOK_URL=httpserver.url_for("/hook"),
    )
    for done in (
        audit(a="A is bad."),
        audit(a="A is bad."),
        audit(a="A.", b="B is bad."),
    ):
        places, problems = tell(settings, done, wait=0.0)
        assert problems == []
        assert places == ["https://github.com/acme/shop/issues/1"]
    assert posted == ["Known: 1 new.\nA is bad.", "Known: 1 new.\nB is bad."]
    tell(settings, audit(), wait=0.0)
    assert hub.found[0]["state"] == "closed"
    assert tell(settings, audit(), wait=0.0) == ([], [])
    assert len(hub.found) == 1


def test_an_audit_that_saw_nothing_is_not_clean() -> None:
    assert not Audit("k", "t", "x", {}, looked_at=0).clean
    assert not Audit("k", "t", "x", {}, looked_at=1, unjudged="no database").clean
    assert Audit("k", "t", "x", {}, looked_at=1).clean


def test_what_cannot_be_told_is_said(tmp_path: Path) -> None:
    places, problems = tell(settings_of(tmp_path), audit(a="A"), wait=0.0)
    assert places == []
    assert "There is no" in problems[0]
