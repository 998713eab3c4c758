"""Runs before a run, made up and appended by the real store, to be compared with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from qgate import machine, record
from qgate.frames import tables
from qgate.history.store import History
from tests.support.records import Story

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from qgate.record import Record

BEGUN: Final = datetime(2026, 9, 1, 8, tzinfo=UTC)

LOAD: Final[dict[str, Any]] = {
    "load": "load",
    "modules": ["a"],
    "ended": "completed",
    "operations": ["List Load"],
    "users": 10,
    "users_seen": 10,
    "spawn_rate": 1.0,
    "warm_up": 10.0,
    "seconds": 60.0,
    "records": 1000,
    "workers": 0,
    "processes": 1,
    "samples": 640,
    "counted": 640,
    "exceptions": 0,
    "cpu": 2.0,
    "peak_memory": 150_000_000,
    "locust": "2.47.0",
}

MODULE: Final[dict[str, Any]] = {
    "module": "a",
    "path": "addons/a",
    "version": "19.0.1.0.0",
    "depends": ["base"],
    "gated": True,
    "why": "in the workspace",
}


def run(
    number: int,
    *,
    p95: float | None = None,
    covered: int | None = None,
    branch: str = "main",
    load: dict[str, Any] | None = None,
    git: dict[str, Any] | None = None,
    status: str = "measured",
) -> Story:
    """Return a run of *branch*, a day after the one with the number before.

    Args:
        number: Its place; its commit is that number.
        p95: Response time of `List Load`, if there was a load.
        covered: Statements of module a that ran, of 100, if tests ran.
        branch: Branch of the workspace.
        load: What is different of the load.
        git: What is different of the checkout.
        status: How its stages went.
    """
    when = BEGUN + timedelta(days=number)
    made = Story(demanded=())
    made.data = {
        "run_id": f"{when:%Y%m%d-%H%M%S}-{len(branch):02x}{number:04x}",
        "started": when.isoformat(),
        "machine": machine.fingerprint(),
        "modules": ["a"],
        "git": {
            "commit": f"{number:040x}",
            "branch": branch,
            "dirty": False,
            "author_date": when.isoformat(),
        }
        | (git or {}),
    }
    made.add("modules", MODULE)
    if p95 is not None:
        made.add("executions", _execution("performance", status))
        made.add("loads", LOAD | (load or {}))
        made.add("performance", _operation(p95))
    if covered is not None:
        made.add("executions", _execution("tests", status))
        made.add("coverage", _file(covered))
    return made


def history(folder: Path, runs: Sequence[Story]) -> History:
    """Append *runs* to a history below *folder*."""
    kept = History(str(folder / "history"))
    for one in runs:
        kept.append(save(folder / "reports", one))
    return kept


def save(reports: Path, one: Story) -> Record:
    """Write the record of a run below *reports*, with the frames alone that have rows."""
    frames = {name: tables.ALL[name].frame(rows) for name, rows in one.rows.items()}
    data = {"verdict": "passed", "demanded": [], "policy": {}, "seconds": 1.0}
    return record.save(
        record.create(reports, one.data["run_id"]), data | one.data, frames
    )


def _execution(stage: str, status: str) -> dict[str, Any]:
    return {"stage": stage, "status": status, "seconds": 1.0}


def _operation(p95: float) -> dict[str, Any]:
    return {
        "operation": "List Load",
        "requests": 100,
        "failures": 0,
        "rps": 1.5,
        "avg": p95 / 2,
        "p50": p95 / 2,
        "p95": p95,
        "p99": p95,
        "max": p95,
    }


def _file(covered: int) -> dict[str, Any]:
    return {
        "module": "a",
        "file": "addons/a/models/a.py",
        "statements": 100,
        "covered": covered,
        "missing": list(range(covered + 1, 101)),
        "branches": 0,
        "branches_covered": 0,
        "body_statements": 0,
        "body_covered": 0,
        "body_missing": [],
    }
