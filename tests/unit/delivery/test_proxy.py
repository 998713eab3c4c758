"""The configuration of a real HAProxy; requests go to two small servers behind it."""

from __future__ import annotations

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
from tests.support.containers import free_port, wait_for

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


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("proxy")
    path = folder / "qgate.toml"
    servers: list[ThreadingHTTPServer] = []
    while len(servers) < 2:
        port = free_port()
        try:
            servers = [
                ThreadingHTTPServer(("127.0.0.1", number), Handler)
                for number in (port, port + 100)
            ]
        except OSError:
            continue
    path.write_text(CONFIG.format(port=port, folder=folder, web=free_port()))
    found = settings.load(path, environ={}).targets["t"]
    (folder / "state.map").write_text("live blue\nwrites open\n")
    config = folder / "haproxy.cfg"
    config.write_text(proxy.configuration("t", found))
    with (folder / "log").open("wb") as log:
        haproxy = subprocess.Popen(["haproxy", "-db", "-f", config], stderr=log)
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        wait_for((folder / "admin.sock").exists)
        wait_for(lambda: all(proxy.Proxy(found).up(c) for c in target.COLOURS))
        yield found
    finally:
        haproxy.terminate()
        haproxy.wait()
        for server in servers:
            server.shutdown()
            server.server_close()


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
    seen = [
        port
        for colour in (*target.COLOURS, target.REHEARSAL)
        for item in target.ports(busy, colour)
        for port in (item.http, item.websocket)
    ]
    assert len(seen) == len(set(seen)) == 2 * (40 + 40 + 1)


def test_an_unknown_target_is_told() -> None:
    with pytest.raises(UsageError, match="There is no target nope"):
        target.find(settings.load(environ={}), "nope")
