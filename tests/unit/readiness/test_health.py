"""Which answers of the health endpoint count as healthy."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from qgate.environment.serving import HEALTH, OdooServer
from qgate.errors import EnvironmentProblem
from qgate.readiness import health

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, '{"status": "pass", "db_server_status": true}', "passed"),
        (200, '{"status": "pass", "db_server_status": false}', "failed"),
        (200, '{"status": "pass"}', "failed"),
        (200, '["pass"]', "failed"),
        (200, "<html>pass</html>", "failed"),
        (500, '{"status": "fail", "db_server_status": false}', "failed"),
    ],
)
def test_only_a_full_answer_is_healthy(
    httpserver: HTTPServer, tmp_path: Path, status: int, body: str, outcome: str
) -> None:
    httpserver.expect_request("/web/health").respond_with_data(body, status=status)
    running: Any = SimpleNamespace(log=tmp_path / "health.log", returncode=None)
    server = OdooServer(httpserver.url_for("").rstrip("/"), "db", running)
    postgres: Any = SimpleNamespace(connect=_refuse)
    with pytest.raises(EnvironmentProblem, match="down"):
        health.check(server, postgres)
    found = health._endpoint(server)
    assert (found.subject, found.outcome) == (HEALTH, outcome)
    assert str(status) in found.detail


def _refuse(_database: str) -> None:
    message = "The server is down."
    raise EnvironmentProblem(message)
