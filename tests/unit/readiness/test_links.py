"""What an answer of a web server says of a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.environment.serving import free_port
from qgate.readiness import links

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "passed"),
        (404, "failed"),
        (410, "failed"),
        (401, "error"),
        (403, "error"),
        (429, "error"),
        (500, "error"),
        (503, "error"),
    ],
)
def test_an_answer_says_whether_the_page_is_there(
    httpserver: HTTPServer, status: int, outcome: str
) -> None:
    httpserver.expect_request("/page").respond_with_data("", status=status)
    found = links.answer(httpserver.url_for("/page"))
    assert found[0] == outcome
    assert f"answer {status}" in found[1]
    assert found[2] is None


@pytest.mark.parametrize("status", [403, 404, 405, 501])
def test_a_server_that_only_knows_get_is_asked_so(
    httpserver: HTTPServer, status: int
) -> None:
    httpserver.expect_request("/page", method="HEAD").respond_with_data(
        "", status=status
    )
    httpserver.expect_request("/page", method="GET").respond_with_data("here")
    assert links.answer(httpserver.url_for("/page"))[0] == "passed"


def test_a_redirection_is_not_followed_unseen(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/old").respond_with_data(
        "", status=301, headers={"Location": "/new"}
    )
    _, _, further = links.answer(httpserver.url_for("/old"))
    assert further == httpserver.url_for("/new")
    assert links.follow(httpserver.url_for("/old"))[0] == "failed"  # it is our machine


def test_a_server_that_is_not_there_leaves_it_open() -> None:
    outcome, said, _ = links.answer(f"http://127.0.0.1:{free_port()}/page")
    assert outcome == "error"
    assert "cannot be reached (ConnectionError)" in said


def test_too_many_redirections_lead_nowhere(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/loop").respond_with_data(
        "", status=302, headers={"Location": "/loop"}
    )
    monkeypatch.setattr(links, "own_machine", lambda _url: None)
    assert links.follow(httpserver.url_for("/loop")) == (
        "failed",
        "more than 5 redirections",
    )
