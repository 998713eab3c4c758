"""A real Odoo is watched: well at first, then with errors, then dead."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from qgate.environment.serving import serve
from qgate.frames import rows
from qgate.operations import Watch, watch
from qgate.operations.kept import load
from qgate.report.operations import write_page
from tests.support.workspaces import make_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from qgate.environment import Environment

pytestmark = pytest.mark.odoo

INTERVAL = 0.4
"""Seconds between two looks."""


def test_a_server_that_dies_is_told_with_what_was_seen_before(
    environment: Environment, tmp_path: Path, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    settings = make_settings(
        tmp_path,
        f"watch.interval={INTERVAL}",
        "watch.max_error_rate=20",
        environ={"QGATE_WEBHOOK_URL": httpserver.url_for("/hook")},
    )
    databases = environment.databases()
    template = databases.template(
        frozenset({"base"}), extra_addons=(), time_limit=300, log=tmp_path / "t.log"
    )
    server = environment.postgres()
    folder = tmp_path / "operations"
    told: list[str] = []
    looks: list[bool] = []
    with databases.clone(template, "watched", tmp_path) as database:
        odoo = serve(
            settings,
            environment.odoo(),
            server,
            database,
            addons=(),
            log=tmp_path / "odoo.log",
        )
        with odoo as running:
            wanted = Watch(
                url=running.url,
                folder=folder,
                log=tmp_path / "odoo.log",
                server=server,
                database=database.name,
                seconds=60,
            )

            def meanwhile() -> None:
                while len(looks) < 4:
                    time.sleep(0.05)
                    requests.get(f"{running.url}/web/login", timeout=10)
                os.killpg(running.running.pid, signal.SIGKILL)

            def seen_one(sample: Mapping[str, Any]) -> None:
                looks.append(sample["healthy"])
                if any("does not answer" in text for text in told):
                    raise KeyboardInterrupt  # as a person ends it

            work = threading.Thread(target=meanwhile)
            work.start()
            ended = watch(
                settings,
                wanted,
                seen=seen_one,
                tell=told.append,
            )
            work.join()

    samples, alerts = load(folder)
    seen = list(rows(samples))
    assert seen[0]["healthy"]
    assert seen[0]["status"] == 200
    assert not seen[-1]["healthy"]
    assert max(row["requests"] or 0 for row in seen) > 0
    assert all(row["max_connections"] > row["connections"] >= 0 for row in seen)
    assert max(row["connections"] for row in seen) > 0
    [death] = [row for row in rows(alerts) if row["kind"] == "health"]
    assert death["state"] == "raised"
    assert f"{wanted.url} does not answer (ConnectionError)." in told
    assert ended.open
    posted = [request.get_json()["text"] for request, _ in httpserver.log]
    assert death["message"] in posted

    page = write_page(folder, settings).read_text(encoding="utf-8")
    assert death["message"] in page
    for unit in ("Response time, ms", "Errors a request, %", "Alert above"):
        assert unit in page
