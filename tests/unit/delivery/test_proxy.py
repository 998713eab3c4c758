"""The configuration of a real HAProxy; requests go to two small servers behind it."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from qgate import settings
from qgate.delivery import proxy, target
from qgate.errors import EnvironmentProblem, UsageError
from tests.support.containers import claimed_ports, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qgate.sections import Target

pytestmark = pytest.mark.containers  # HAProxy comes with what deploys need

CONFIG = """
[targets.t]
port = {port}
data = "{folder}"
replicas = 1
[targets.t.database]
host = "db"
name = "production"
[targets.t.proxy]
socket = "{folder}/admin.sock"
map = "{folder}/state.map"
url = "http://127.0.0.1:{web}"
bind = "127.0.0.1:{web}"
"""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_POST = do_GET  # noqa: N815 - as the library spells it

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def odoo(port: int) -> Iterator[None]:
    """Let a small server stand in for a process of Odoo."""
    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def haproxy(folder: Path, port: int, **changes: int) -> Iterator[Target]:
    """Run HAProxy with the configuration of a target whose first port is *port*."""
    path = folder / "qgate.toml"
    path.write_text(CONFIG.format(port=port, folder=folder, web=port + 250))
    found = settings.load(path, environ={}).targets["t"].model_copy(update=changes)
    (folder / "state.map").write_text("live blue\nwrites open\n")
    config = folder / "haproxy.cfg"
    config.write_text(proxy.configuration("t", found))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(["haproxy", "-db", "-f", config], stderr=log)
    try:
        wait_for((folder / "admin.sock").exists)
        yield found
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("proxy")
    with (
        claimed_ports() as port,
        odoo(port),
        odoo(port + 100),
        haproxy(folder, port) as found,
    ):
        wait_for(lambda: all(proxy.Proxy(found).up(c) for c in target.COLOURS))
        yield found


def ask(found: Target, path: str, method: str = "GET") -> requests.Response:
    return requests.request(method, f"{found.proxy.url}{path}", timeout=10)


def test_the_map_says_who_answers_in_memory_and_on_disk(running: Target) -> None:
    it = proxy.Proxy(running)
    for colour in ("green", "blue"):
        it.change(live=colour)
        assert it.state()["live"] == colour
        assert f"live {colour}\n" in Path(running.proxy.map).read_text()
        for path in ("/", "/websocket", "/web/health"):
            assert ask(running, path).headers["X-Odoo-Colour"] == colour
    assert it.in_flight("blue") == 0


def test_a_colour_is_up_once_its_websockets_are(tmp_path: Path) -> None:
    one, two = (
        f"odoo-blue-websocket/blue{number} is DOWN (L4CON)" for number in (1, 2)
    )
    with (
        claimed_ports() as port,
        odoo(port),
        odoo(port + 2),
        haproxy(tmp_path, port, workers=2, replicas=2) as found,
    ):
        it = proxy.Proxy(found)
        wait_for(lambda: not it.not_up("blue", websockets=False))
        wait_for(lambda: it.not_up("blue") == f"{one}, {two}")
        assert ask(found, "/").headers["X-Odoo-Colour"] == "blue"
        assert ask(found, "/websocket").status_code == 503
        with odoo(port + 1):
            wait_for(lambda: it.not_up("blue") == two)
            assert not it.up("blue")
            with odoo(port + 3):
                wait_for(lambda: it.up("blue"))
                assert ask(found, "/websocket").headers["X-Odoo-Colour"] == "blue"


def test_a_server_that_was_never_looked_at_is_not_up(running: Target) -> None:
    it = proxy.Proxy(running)
    missing = "odoo-violet is missing, odoo-violet-websocket is missing"
    assert it.not_up("violet") == missing
    row = {"pxname": "odoo-blue", "svname": "blue1", "tracked": "", "status": "UP"}
    checks = {"": False, "INI": False, "* L4TOUT": False, "L7OK": True, "* L7OK": True}
    for check, healthy in checks.items():
        assert proxy._healthy(row | {"check_status": check}) is healthy
    assert not proxy._healthy(row | {"status": "UP 1/3", "check_status": "L7OK"})


@pytest.mark.parametrize(
    ("method", "path", "reads"),
    [
        ("GET", "/odoo", True),
        ("HEAD", "/odoo", True),
        ("POST", "/web/dataset/call_kw/res.partner/web_search_read", True),
        ("POST", "/web/dataset/call_kw/res.partner/read", True),
        ("POST", "/web/action/load", True),
        ("POST", "/json/2/res.partner/search_read", True),
        ("POST", "/web/dataset/call_kw/res.partner/web_save", False),
        ("POST", "/web/dataset/call_kw/res.partner/create", False),
        ("POST", "/web/dataset/call_button/sale.order/read", False),
        ("POST", "/json/2/res.partner/write", False),
        ("POST", "/jsonrpc", False),
        ("POST", "/shop/cart", False),
        ("PUT", "/anything", False),
    ],
)
def test_held_writes_are_told_to_wait_and_reads_are_served(
    running: Target, method: str, path: str, *, reads: bool
) -> None:
    it = proxy.Proxy(running)
    assert ask(running, path, method).status_code in (200, 501)
    it.change(writes="held")
    try:
        answer = ask(running, path, method)
    finally:
        it.change(writes="open")
    assert (answer.status_code == 503) is not reads
    if not reads:
        assert "Maintenance" in answer.text
        assert answer.headers["Retry-After"] == "5"
        json = path.startswith(("/web", "/json"))
        kind = "application/json" if json else "text/html"
        assert answer.headers["Content-Type"].startswith(kind)


def test_a_proxy_that_is_down_or_has_another_map_is_told(running: Target) -> None:
    other = running.model_copy(
        update={"proxy": running.proxy.model_copy(update={"socket": "/nowhere"})}
    )
    with pytest.raises(EnvironmentProblem, match="HAProxy at /nowhere does not answer"):
        proxy.Proxy(other).state()
    other = running.model_copy(
        update={"proxy": running.proxy.model_copy(update={"map": "/other.map"})}
    )
    with pytest.raises(EnvironmentProblem, match="does not use /other.map"):
        proxy.Proxy(other).state()


def test_ports_of_the_colours_do_not_meet(running: Target) -> None:
    busy = running.model_copy(update={"replicas": 40, "workers": 2})
    every = [
        {item.http, item.websocket}
        for colour in (*target.COLOURS, target.REHEARSAL)
        for item in target.ports(busy, colour)
    ]
    assert [len(own) for own in every] == [2] * 80 + [1]  # a rehearsal is one process
    assert len(set[int]().union(*every)) == 161


def test_an_unknown_target_is_told() -> None:
    with pytest.raises(UsageError, match="There is no target nope"):
        target.find(settings.load(environ={}), "nope")
