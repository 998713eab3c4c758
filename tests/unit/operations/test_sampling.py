from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.environment.postgres import PostgresServer
from qgate.errors import QgateError, UsageError
from qgate.operations.sampling import Connections, Health, Log

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

PREFIX = "2026-11-25 05:29:29,123 7 {level} shop {logger}: "


def request(path: str, status: int) -> str:
    prefix = PREFIX.format(level="INFO", logger="werkzeug")
    return (
        f'{prefix}10.0.0.9 - - [25/Nov/2026 05:29:29] "GET {path} HTTP/1.1" '
        f"{status} - 12 0.010 0.020\n"
    )


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        ('{"status": "pass", "db_server_status": true}', 200, None),
        ('{"status": "pass"}', 200, None),
        (
            '{"status": "fail", "db_server_status": false}',
            500,
            "Odoo does not reach its database server.",
        ),
        ("<html>Bad gateway</html>", 502, "its health check answers 502."),
        ("<html>Welcome</html>", 200, "what answers the health check is not Odoo."),
        ("[]", 200, "what answers the health check is not Odoo."),
        ('{"status": "pass"}', 303, "its health check answers 303."),
    ],
)
def test_only_odoo_itself_with_its_database_is_healthy(
    httpserver: HTTPServer, body: str, status: int, problem: str | None
) -> None:
    httpserver.expect_request(
        "/web/health", query_string="db_server_status=1"
    ).respond_with_data(body, status=status)
    health = Health(httpserver.url_for("/"), 5)

    found = health.look()

    assert found["healthy"] is (problem is None)
    assert found["status"] == status
    assert found["response_time"] > 0
    assert found["problem"] == (f"{health.url}: {problem}" if problem else None)


def test_credentials_of_the_address_are_not_shown() -> None:
    health = Health("http://admin:hidden@127.0.0.1:9/odoo/", 0.5)

    assert health.url == "http://127.0.0.1:9/odoo"
    found = health.look()
    assert found == {
        "healthy": False,
        "problem": "http://127.0.0.1:9/odoo does not answer (ConnectionError).",
    }


@pytest.mark.parametrize("url", ["odoo.example.com", "ftp://odoo", "http://", ""])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="no address of a server"):
        Health(url, 1)


def test_the_log_is_read_from_now_on(tmp_path: Path) -> None:
    path = tmp_path / "odoo.log"
    path.write_text(request("/old", 500))
    log = Log(path)
    assert log.look() == {"requests": 0, "errors": 0, "error_rate": 0.0}

    error = PREFIX.format(level="ERROR", logger="odoo.http")
    text = (
        request("/web", 200)
        + request("/web/health?db_server_status=1", 200)
        + f"{error}Exception during request handling.\nTraceback (most recent)\n"
        + request("/web/dataset/call_kw", 200)
        + request("/shop", 404)
        + request("/web/content/1", 500)
    )
    half = len(text) - 10
    with path.open("a") as file:
        file.write(text[:half])
    assert log.look() == {
        "requests": 3,
        "errors": 1,
        "error_rate": pytest.approx(33.3, 0.01),
    }
    with path.open("a") as file:
        file.write(text[half:])
    assert log.look() == {"requests": 1, "errors": 1, "error_rate": 100.0}


@pytest.mark.parametrize("rotated", [True, False])
def test_a_log_that_is_rotated_or_cut_is_read_on(
    tmp_path: Path,
    rotated: bool,  # noqa: FBT001
) -> None:
    path = tmp_path / "odoo.log"
    path.write_text(request("/old", 200) * 5)
    log = Log(path)
    if rotated:
        path.rename(tmp_path / "odoo.log.1")
    path.write_text(request("/new", 200))

    assert log.look()["requests"] == 1


def test_a_log_that_comes_later_is_read_as_a_whole(tmp_path: Path) -> None:
    log = Log(tmp_path / "odoo.log")
    with pytest.raises(FileNotFoundError):
        log.look()
    (tmp_path / "odoo.log").write_text(request("/new", 200) * 2)

    assert log.look()["requests"] == 2


def test_errors_without_any_request_are_all_errors(tmp_path: Path) -> None:
    log = Log(tmp_path / "odoo.log")
    line = PREFIX.format(level="CRITICAL", logger="odoo.service.server")
    (tmp_path / "odoo.log").write_text(f"{line}Failed to load registry\n")

    assert log.look()["error_rate"] == 100.0


def test_a_database_server_out_of_reach_is_said() -> None:
    server = PostgresServer("127.0.0.1", 9, "odoo", None, "16.11", "server")

    with pytest.raises(QgateError, match=r"127\.0\.0\.1"):
        Connections(server, "shop").look()
