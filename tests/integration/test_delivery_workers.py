"""Several replicas with worker processes, and websockets, across a switch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
import websocket

from tests.integration.test_delivery import ONE, deploy, names
from tests.support import delivery
from tests.support.containers import wait_for
from tests.support.delivery import PASSWORD, Load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.delivery import Bench, Site

pytestmark = [pytest.mark.containers, pytest.mark.odoo]

REPLICAS = 2


@pytest.fixture(scope="module")
def several(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give a target with two replicas of two worker processes each."""
    folder = tmp_path_factory.mktemp("workers")
    more = f"replicas = {REPLICAS}\nworkers = 2"
    with delivery.site(bench, folder, "workers", watch=1, more=more) as made:
        first = deploy(made, ONE)
        assert first.verdict == "passed", first.reasons
        yield made


def connected(site: Site) -> tuple[websocket.WebSocket, str]:
    """Open a websocket as a browser does; return it and the colour that answered."""
    params = {"db": site.database, "login": "admin", "password": PASSWORD}
    with requests.Session() as session:
        answer = session.post(
            f"{site.url}/web/session/authenticate",
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=30,
        ).json()
        assert "error" not in answer, answer
        cookie = session.cookies["session_id"]
    made = websocket.create_connection(
        f"{site.url.replace('http', 'ws', 1)}/websocket",
        cookie=f"session_id={cookie}",
        origin=site.url,
        timeout=20,
    )
    headers = made.getheaders()
    assert headers is not None
    return made, headers["x-odoo-colour"]


def answers(socket: websocket.WebSocket) -> bool:
    """Send a ping frame, and tell whether Odoo sends the pong with what it held."""
    socket.ping("are you there")
    opcode, frame = socket.recv_data_frame(control_frame=True)
    return bool(opcode == websocket.ABNF.OPCODE_PONG and frame.data == b"are you there")


def ended(socket: websocket.WebSocket) -> bool:
    """Tell whether the server has closed it."""
    try:
        return not answers(socket)
    except (websocket.WebSocketException, OSError):
        return True


def test_websockets_and_replicas_across_a_switch(several: Site) -> None:
    before, old = connected(several)
    assert answers(before)
    with Load(several.url, several.database) as load:
        run = deploy(several, several.bench.image("two", base=ONE))
        assert run.verdict == "passed", run.reasons
        load.wait_for(load.answered + 40)
    assert load.failures == []
    assert set(load.written) <= names(several, several.database)
    after, new = connected(several)
    assert new != old
    assert answers(after)
    # The old colour is stopped: its browsers open another websocket, as Odoo's client does.
    wait_for(lambda: ended(before), seconds=30)
    assert several.proxy().up(new)
    running = several.bench.engine.podman("ps", "--format", "{{.Names}}").split()
    live = [name for name in running if new in name and "workers" in name]
    assert len([name for name in live if name[-1].isdigit()]) == REPLICAS, running
    after.close()
    before.close()
