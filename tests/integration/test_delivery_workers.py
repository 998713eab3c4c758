"""Several replicas with worker processes, and websockets, across a switch.

Odoo with worker processes answers websockets in a process of its own, which it starts last. What a
deploy does when that one is late is tried with the light server, whose port for websockets opens
when the test says so; that it works with Odoo, with Odoo.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import requests
import websocket

from qgate.delivery.journal import Journal
from tests.integration.test_delivery import ONE, deploy, names, serves, steps
from tests.support import delivery
from tests.support.containers import wait_for
from tests.support.delivery import PASSWORD, Load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qgate.api import Run
    from tests.support.delivery import Bench, Site

pytestmark = [pytest.mark.containers, pytest.mark.odoo]

REPLICAS = 2
LATE = ("qgate-shelf:light-one", "qgate-shelf:light-two")


@pytest.fixture(scope="module")
def several(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give a target with two replicas of two worker processes each."""
    folder = tmp_path_factory.mktemp("workers")
    more = f"replicas = {REPLICAS}\nworkers = 2"
    with delivery.site(bench, folder, "workers", watch=1, more=more) as made:
        first = deploy(made, ONE)
        assert first.verdict == "passed", first.reasons
        yield made


@pytest.fixture(scope="module")
def late(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give a target of the light server, which has worker processes."""
    base = delivery.light_base(bench)
    for kind in LATE:
        bench.image(kind.partition(":")[2], base=base)
    folder = tmp_path_factory.mktemp("late")
    with delivery.site(
        bench, folder, "late", watch=0, more="workers = 1", light=True
    ) as made:
        door(made).touch()
        first = deploy(made, LATE[0])
        assert first.verdict == "passed", first.reasons
        yield made


def door(site: Site) -> Path:
    """Return the file without which no port for websockets is opened."""
    return site.folder / "data" / "websockets"


def details(run: Run) -> dict[str, str]:
    frame = run.frames["deployment"]
    return dict(zip(frame["step"], frame["detail"], strict=True))


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
    assert "a websocket opened" in details(run)["smoke"]
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


def test_nobody_is_sent_where_no_websocket_can_be_opened_yet(late: Site) -> None:
    before = serves(late)
    door(late).unlink(missing_ok=True)
    runs: list[Run] = []
    deploying = threading.Thread(target=lambda: runs.append(deploy(late, LATE[1])))
    with Load(late.url, late.database, path="/websocket") as load:
        deploying.start()
        new = "green" if before == "blue" else "blue"
        wait_for(lambda: not late.proxy().not_up(new, websockets=False))
        load.wait_for(load.answered + 200)
        # Every request is answered, by the proxy's own checks too; websockets are not.
        assert not late.proxy().up(new)
        assert late.proxy().not_up(new).startswith(f"odoo-{new}-websocket/{new}1 is ")
        assert runs == []
        assert late.journal()[-1].get("step") == "healthy"
        assert serves(late) == before
        door(late).touch()
        deploying.join()
        load.wait_for(load.answered + 20)
    assert runs[0].verdict == "passed", runs[0].reasons
    assert load.failures == []
    assert serves(late) == new


def test_what_never_answers_websockets_is_told_and_not_switched_to(late: Site) -> None:
    before = serves(late)
    served = Journal(late.folder / "state").state().live
    assert served
    other = next(name for name in LATE if name != served.name)
    door(late).unlink(missing_ok=True)
    with Load(late.url, late.database, path="/websocket") as load:
        limit = f"targets.{late.name}.health.start_seconds=3"
        run = deploy(late, other, limit)
        load.wait_for(load.answered + 20)
    door(late).touch()
    assert run.verdict == "failed"
    assert "Step healthy failed: The " in run.reasons[0]
    assert " replica answers no websockets at http://127.0.0.1:" in run.reasons[0]
    assert steps(run)["roll back"] == "passed"
    assert load.failures == []
    assert serves(late) == before
