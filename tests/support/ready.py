"""The record of a run that passed all six stages, with nothing skipped."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from tests.support.records import STARTED, story

if TYPE_CHECKING:
    from tests.support.records import Story

STAGES: Final = ("static", "tests", "e2e", "security", "performance", "readiness")
OPERATIONS: Final = ("Login", "List Load", "Create Record", "Search")


def ready(module: str = "ipai_expense") -> Story:
    """Return such a run of one module, to be changed before it is saved."""
    made = story((module,))
    made.demanded = STAGES
    for number, stage in enumerate(STAGES[2:]):
        made.add(
            "executions",
            {
                "stage": stage,
                "status": "measured",
                "started": STARTED + timedelta(minutes=number + 1),
                "seconds": 30.0,
            },
        )
    spec = {"module": module, "spec": f"addons/{module}/e2e/test_expense.py"}
    made.add("specs", {**spec, "found": 1, "executed": 1, "missing": []})
    made.add(
        "e2e",
        {
            **spec,
            "test": "test_expense",
            "browser": "chromium",
            "outcome": "passed",
            "seconds": 4.0,
            "retries": 0,
            "artifacts": [],
        },
    )
    made.add("scans", *_scans(made.rows["modules"][-1]["path"]))
    made.add("loads", _load(module))
    made.add("performance", *map(_operation, OPERATIONS))
    made.add("readiness", *_checks(module))
    return made


def _scans(path: str) -> list[dict[str, Any]]:
    """Return every target with every scanner."""
    targets = (("environment", "environment"), ("system", "system"), (path, "module"))
    return [
        {
            "target": target,
            "kind": kind,
            "scanner": scanner,
            "looked_at": 12,
            "missing": [],
            "version": "0.76.0",
            "database_updated": STARTED,
            "seconds": 1.0,
        }
        for target, kind in targets
        for scanner in ("vuln", "secret", "misconfig")
    ]


def _load(module: str) -> dict[str, Any]:
    return {
        "load": "load",
        "modules": [module],
        "ended": "completed",
        "operations": list(OPERATIONS),
        "users": 10,
        "users_seen": 10,
        "spawn_rate": 1.0,
        "warm_up": 10.0,
        "seconds": 60.0,
        "records": 1000,
        "workers": 0,
        "processes": 1,
        "samples": 400,
        "counted": 400,
        "exceptions": 0,
        "cpu": 2.0,
        "peak_memory": 150_000_000,
        "locust": "2.47.0",
    }


def _operation(name: str) -> dict[str, Any]:
    times = {"avg": 100.0, "p50": 90.0, "p95": 200.0, "p99": 300.0, "max": 400.0}
    return {
        "operation": name,
        "requests": 100,
        "failures": 0,
        "rps": 1.5,
        "threshold": 800.0,
        "queries": 12.0,
        "queries_max": 20,
        **times,
    }


def _checks(module: str) -> list[dict[str, Any]]:
    found = (
        ("security", "security", "measured", None),
        ("performance", "performance", "measured", None),
        ("image", "shop:1", "measured", 1.82),
        ("documentation", "docs/DEPLOYMENT.md", "passed", None),
        ("health", "SELECT 1", "passed", None),
        ("migration", module, "passed", None),
        ("variables", "variables that are read", "passed", None),
    )
    return [
        {
            "check": check,
            "subject": subject,
            "outcome": outcome,
            "detail": f"What {check} found.",
            "figure": figure,
            "evidence": ["health.log"] if check == "health" else [],
            "seconds": 0.4,
        }
        for check, subject, outcome, figure in found
    ]
