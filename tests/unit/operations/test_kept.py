from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from qgate.errors import UsageError
from qgate.operations import Watch, watch
from qgate.operations.kept import Kept, load
from tests.support.workspaces import make_settings

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

AT = datetime(2026, 11, 25, tzinfo=UTC)


def sample(number: int) -> dict[str, Any]:
    when = AT + timedelta(seconds=number)
    return {"at": when, "url": "http://odoo", "healthy": True}


def test_samples_of_an_earlier_watch_stay_and_the_oldest_go_first(
    tmp_path: Path,
) -> None:
    for start in (0, 2):
        kept = Kept(tmp_path, 3)
        for number in (start, start + 1):
            kept.add(sample(number), [])
        kept.write()

    samples, alerts = load(tmp_path)
    assert list(samples["at"]) == [AT + timedelta(seconds=n) for n in (1, 2, 3)]
    assert alerts.empty


def test_a_file_that_cannot_be_read_is_put_aside_and_named(tmp_path: Path) -> None:
    (tmp_path / "samples.parquet").write_bytes(b"PAR1 half of it")

    kept = Kept(tmp_path, 3)
    kept.add(sample(1), [])
    kept.write()

    [problem] = kept.problems
    assert "It is now samples.unreadable." in problem
    assert (tmp_path / "samples.unreadable").read_bytes() == b"PAR1 half of it"
    assert len(load(tmp_path)[0]) == 1


def test_a_folder_without_a_watch_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no samples"):
        load(tmp_path)


def test_a_watch_ends_with_its_time_and_says_what_it_cannot_see(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/web/health").respond_with_json({"status": "pass"})
    told: list[str] = []
    wanted = Watch(
        url=httpserver.url_for(""),
        folder=tmp_path / "kept",
        log=tmp_path / "missing.log",
        seconds=0.2,
    )

    ended = watch(
        make_settings(tmp_path, "watch.interval=0.05"), wanted, tell=told.append
    )

    assert ended.samples >= 2
    assert ended.raised == 1
    assert told == [
        (
            f"The log {wanted.log} cannot be read (No such file or directory), so the error "
            "rate is unknown."
        )
    ]
    assert ended.open == tuple(told)
    samples, alerts = load(wanted.folder)
    assert len(samples) == ended.samples
    assert list(alerts["kind"]) == ["blind"]


def test_a_webhook_that_does_not_answer_is_told_without_its_address(
    tmp_path: Path,
) -> None:
    told: list[str] = []
    settings = make_settings(
        tmp_path,
        "watch.after=1",
        environ={"QGATE_WEBHOOK_URL": "http://127.0.0.1:9/secret-token"},
    )
    wanted = Watch(url="http://127.0.0.1:9", folder=tmp_path / "kept", seconds=0)

    watch(settings, wanted, tell=told.append)

    assert len(told) == 2
    assert told[0] == "http://127.0.0.1:9 does not answer (ConnectionError)."
    assert "webhook" in told[1]
    assert "secret-token" not in "".join(told)
