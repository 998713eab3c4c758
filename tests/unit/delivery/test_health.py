from __future__ import annotations

import socket
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from qgate.delivery.health import Crashes, no_websocket, unhealthy
from tests.support.containers import free_port

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer


def container(name: str, restarts: int | None) -> SimpleNamespace:
    return SimpleNamespace(name=name, attrs={"RestartCount": restarts})


def test_only_what_ends_again_and_again_from_now_on_crashes() -> None:
    crashes = Crashes([container("old", 7), container("new", None)])
    assert crashes.among([container("old", 9), container("new", 2)]) is None
    ends = container("late", 3)
    assert crashes.among([container("old", 9), ends]) is ends
    ends = container("old", 10)
    assert crashes.among([ends]) is ends


@pytest.mark.parametrize(
    ("status", "said"),
    [(200, ""), (500, "/web/health?db_server_status=1 answers 500")],
)
def test_what_is_not_healthy_says_why(
    httpserver: HTTPServer, status: int, said: str
) -> None:
    httpserver.expect_request("/web/health").respond_with_data("{}", status=status)
    assert unhealthy(httpserver.url_for("").rstrip("/")) == said


def test_what_opens_no_websocket_says_why(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/websocket").respond_with_data("no", status=404)
    url = httpserver.url_for("").rstrip("/")
    assert no_websocket(url, "session", 10) == "/websocket answers 404"
    nobody = f"http://127.0.0.1:{free_port()}"
    assert no_websocket(nobody, "session", 10) == "ConnectionRefusedError"
    assert unhealthy(nobody) == "ConnectionError"


def test_who_hangs_up_at_once_opens_no_websocket() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            server.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        port = server.getsockname()[1]
        assert no_websocket(f"http://127.0.0.1:{port}", "session", 10)
        thread.join()
