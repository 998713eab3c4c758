from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from qgate import settings
from qgate.delivery import notify
from qgate.frames import tables

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from pytest_httpserver import HTTPServer


def frames(**values: Any) -> dict[str, pd.DataFrame]:  # noqa: ANN401
    deploy = {
        "deploy": "d",
        "kind": "deploy",
        "target": "production",
        "image": "odoo:2",
        "outcome": "deployed",
        "live_colour": "green",
        "live_image": "odoo:2",
        "upgraded": [],
        "pause": 0,
        "lost": [],
    }
    step = {
        "number": 1,
        "step": "smoke",
        "colour": "green",
        "verdict": "failed",
        "started": datetime(2026, 1, 1, tzinfo=UTC),
        "seconds": 1.25,
        "detail": "x | <b>y</b>\n# z",
    }
    return {
        "deploys": tables.DEPLOYS.frame([deploy | values]),
        "deployment": tables.DEPLOYMENT.frame([step]),
    }


def failed() -> dict[str, pd.DataFrame]:
    return frames(
        outcome="rolled_back",
        cause="Step smoke failed: Login failed.",
        live_image="odoo:1",
        live_colour="blue",
    )


def test_a_failure_is_posted_and_says_the_step(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    config = settings.load(environ={notify.WEBHOOK: httpserver.url_for("/hook")})
    notify.tell(config, failed())
    [(request, _)] = httpserver.log
    body = request.get_json()
    assert body["text"].startswith("Deploy of odoo:2 to production: rolled_back.")
    assert "Step smoke failed: Login failed." in body["text"]
    assert "odoo:1 serves on blue." in body["text"]


def test_success_is_not_posted_but_a_rollback_is(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data("ok")
    config = settings.load(environ={notify.WEBHOOK: httpserver.url_for("/hook")})
    assert notify.tell(config, frames()) == []
    assert httpserver.log == []
    assert notify.tell(config, frames(kind="rollback")) == []
    assert len(httpserver.log) == 1


def test_a_webhook_that_refuses_is_told_without_its_address(
    httpserver: HTTPServer,
) -> None:
    httpserver.expect_request("/canary-path").respond_with_data("no", status=500)
    url = httpserver.url_for("/canary-path")
    config = settings.load(environ={notify.WEBHOOK: url})
    [problem] = notify.tell(config, failed())
    assert problem.endswith("answers 500.")
    assert "canary" not in problem
    config = settings.load(environ={notify.WEBHOOK: "http://127.0.0.1:1/canary"})
    [problem] = notify.tell(config, failed())
    assert problem == "The webhook does not answer (ConnectionError)."


def test_the_step_summary_is_a_table_that_text_cannot_break(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    config = settings.load(environ={notify.SUMMARY: str(path)})
    assert notify.tell(config, failed()) == []
    text = path.read_text()
    assert "| ❌ smoke | green | 1.2 |" in text
    assert r"x \| \<b\>y\</b\> \# z |" in text


@pytest.mark.parametrize("name", [notify.SUMMARY])
def test_a_summary_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    config = settings.load(environ={name: str(tmp_path)})
    [problem] = notify.tell(config, failed())
    assert "cannot be written" in problem
