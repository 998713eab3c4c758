"""What is said of a server that dies, is silent, or is not well."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from qgate import process
from qgate.environment.serving import OdooServer, free_port
from qgate.errors import EnvironmentProblem, Interrupted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ANSWERS = """
import http.server, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[2]))
        self.end_headers()
        self.wfile.write(b'{"status": "told"}')

http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@contextmanager
def served(folder: Path, source: str, *words: str) -> Iterator[OdooServer]:
    port = free_port()
    argv = [sys.executable, "-u", "-c", source, str(port), *words]
    with process.background("odoo", argv, env={}, log=folder / "odoo.log") as running:
        yield OdooServer(f"http://127.0.0.1:{port}", "none", running)


def test_a_server_that_answers_is_healthy(tmp_path: Path) -> None:
    with served(tmp_path, _ANSWERS, "200") as server:
        assert server.wait_until_healthy(20) < 20
        assert server.health() == (200, '{"status": "told"}')
        server.check()
    with pytest.raises(EnvironmentProblem, match="died with exit code"):
        server.health()


def test_a_server_that_dies_is_told_with_its_last_words(tmp_path: Path) -> None:
    source = "import sys; print('no such database'); sys.exit(3)"
    with (
        served(tmp_path, source) as server,
        pytest.raises(EnvironmentProblem) as caught,
    ):
        server.wait_until_healthy(20)
    assert "died with exit code 3; its log ends with: no such database" in str(
        caught.value
    )
    assert str(tmp_path / "odoo.log") in str(caught.value)


def test_a_server_that_stays_silent_is_not_healthy(tmp_path: Path) -> None:
    source = "import time; print('loading'); time.sleep(600)"
    with (
        served(tmp_path, source) as server,
        pytest.raises(EnvironmentProblem) as caught,
    ):
        server.wait_until_healthy(1.0)
    assert str(caught.value).startswith(
        "The Odoo server was not healthy after 1 s (it did not answer); its log ends with"
    )


def test_a_server_without_its_database_is_not_healthy(tmp_path: Path) -> None:
    with (
        served(tmp_path, _ANSWERS, "500") as server,
        pytest.raises(EnvironmentProblem, match="it answered 500: .*told"),
    ):
        server.wait_until_healthy(3.0)


def test_waiting_ends_with_the_stage(tmp_path: Path) -> None:
    scope = process.Scope(process.ALL)
    source = "import time; time.sleep(600)"
    with scope.entered(), served(tmp_path, source) as server:
        scope.stop("the stage reached its time limit")
        with pytest.raises((Interrupted, EnvironmentProblem)):
            server.wait_until_healthy(20)
    assert server.running.returncode is not None
