"""Histories of many runs, made up: what a team's gate may have seen in some months."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from qgate.history import files, layout, tables
from qgate.history.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qgate.frames.schema import Column, Table

START: Final = datetime(2026, 1, 5, 6, tzinfo=UTC)
_STAGES: Final = ("static", "tests", "e2e", "security", "performance", "readiness")
_NAMED: Final = (
    ("Login", 2000),
    ("List Load", 1500),
    ("Create Record", 1000),
    ("Search", 800),
)
_SLOWER: Final = 0.6
"""Share of the runs after which List Load is a quarter slower."""


def write_history(
    folder: Path,
    runs: int,
    *,
    modules: int = 4,
    operations: int = 6,
    seed: int = 19,
    every: timedelta = timedelta(hours=3),
    merged: bool = True,
) -> None:
    """Write a history of *runs* runs below *folder*.

    Args:
        folder: Where.
        runs: How many.
        modules: Modules that every run judges.
        operations: Operations under load in every run.
        seed: Of what is random.
        every: Time from a run to the next.
        merged: Whether each table of a month is one file, as after a compaction; else each
            run has its own.
    """
    place = Place(str(folder), {})
    months: dict[str, list[int]] = {}
    for number in range(runs):
        month = layout.month_of(START + number * every)
        months.setdefault(month, []).append(number)
    story = _Story(runs, modules, operations, every, np.random.default_rng(seed))
    for month, numbers in months.items():
        parts = [numbers] if merged else [[number] for number in numbers]
        for part in parts:
            keys = [_key(number, every) for number in part]
            for name, rows in story.rows(part).items():
                _put(place, tables.ALL[name], month, keys, rows, merged=merged)


def _put(
    place: Place,
    table: Table,
    month: str,
    keys: list[str],
    rows: list[dict[str, Any]],
    *,
    merged: bool,
) -> None:
    empty = {column.name: _nothing(column) for column in table.columns}
    full = [empty | row for row in rows]
    made = pa.Table.from_pylist(full, schema=table.schema())
    if merged:
        path = layout.merged(table, month, keys)
        place.write(place.path(path), files.encoded(made, keys))
    else:
        path = layout.loose(table, month, keys[0])
        place.write(place.path(path), files.encoded(made))


def _nothing(column: Column) -> Any:  # noqa: ANN401 - a value of any column
    """Return what stands in a column that a story says nothing of."""
    if column.optional:
        return None
    kind = column.type
    if pa.types.is_list(kind):
        return []
    if pa.types.is_string(kind):
        return ""
    if pa.types.is_timestamp(kind):
        return START
    return False if pa.types.is_boolean(kind) else 0


def _key(number: int, every: timedelta) -> str:
    begun = START + number * every
    tail = hashlib.sha256(str(number).encode()).hexdigest()
    return f"{begun:%Y%m%dT%H%M%S}-{tail[:6]}-{tail[6:14]}"


class _Story:
    def __init__(
        self,
        runs: int,
        modules: int,
        operations: int,
        every: timedelta,
        random: np.random.Generator,
    ) -> None:
        self._runs = runs
        self._every = every
        self._random = random
        self._modules = [f"acme_module_{number:02d}" for number in range(modules)]
        more = [(f"Browse {n}", None) for n in range(max(0, operations - len(_NAMED)))]
        self._operations = [*_NAMED, *more][:operations]
        self._usual = random.uniform(40, 400, operations)
        self._coverage = random.uniform(72, 98, modules)

    def rows(self, part: list[int]) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of the runs of one file, by table."""
        found: dict[str, list[dict[str, Any]]] = {}
        for number in part:
            for name, row in self._run(number):
                found.setdefault(name, []).append(row)
        return found

    def _run(self, number: int) -> Iterator[tuple[str, dict[str, Any]]]:
        key = _key(number, self._every)
        begun = START + number * self._every
        done = number / self._runs
        red = self._random.random() < 0.12 + 0.2 * (0.3 < done < 0.36)
        blocking = [str(self._random.choice(_STAGES[:5]))] if red else []
        yield (
            "runs",
            {
                "key": key,
                "run_id": key.rsplit("-", 1)[0],
                "started": begun,
                "seconds": 150.0 + float(self._random.normal(0, 6)),
                "verdict": "failed" if red else "passed",
                "blocking": blocking,
                "profile": "main",
                "demanded": list(_STAGES),
                "modules": self._modules,
                "versions": ["19.0.1.0.0"] * len(self._modules),
                "commit": hashlib.sha256(f"c{number}".encode()).hexdigest()[:40],
                "branch": "main",
                "author_date": begun - timedelta(minutes=20),
                "dirty": False,
                "machine": "m1",
                "machine_name": "runner, 2 cores",
                "conditions": "load1",
                "configuration": "conf1",
                "qgate": "0.1.0",
                "appended": begun + timedelta(minutes=3),
                "frames": [],
                "data": "{}",
            },
        )
        yield from self._tested(key, done)
        yield from self._loaded(key, done)
        yield from self._stages(key)
        yield from self._found(key, done, number)

    def _tested(self, key: str, done: float) -> Iterator[tuple[str, dict[str, Any]]]:
        for place, module in enumerate(self._modules):
            drop = 9 * (place == 0 and done > _SLOWER)
            share = self._coverage[place] - drop + float(self._random.normal(0, 0.15))
            own = {"key": key, "module": module}
            yield "module_coverage", {
                **own, "statements": 1000, "covered": int(10 * min(share, 100)),
            }  # fmt: skip
            yield "module_tests", {
                **own, "kind": "tests", "tests": 40, "passed": 40,
                "seconds": 20.0 + float(self._random.normal(0, 0.6)),
            }  # fmt: skip
            if self._random.random() < 0.03 * (place == 1):
                yield "test_events", {
                    **own, "kind": "e2e", "test": "test_process.py test_approve chromium",
                    "outcome": "flaky",
                }  # fmt: skip

    def _loaded(self, key: str, done: float) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "loads", {
            "key": key, "load": "load", "modules": self._modules, "host": "",
            "ended": "completed", "operations": [n for n, _ in self._operations],
            "users": 10, "users_seen": 10, "spawn_rate": 1.0, "warm_up": 5.0,
            "seconds": 60.0, "records": 1000, "workers": 0, "processes": 1,
            "samples": 900, "counted": 900, "exceptions": 0, "locust": "2",
        }  # fmt: skip
        for place, (name, limit) in enumerate(self._operations):
            slower = 1.25 if name == "List Load" and done > _SLOWER else 1.0
            p95 = self._usual[place] * slower * float(self._random.lognormal(0, 0.08))
            yield "performance", {
                "key": key, "operation": name, "requests": 120, "failures": 0, "rps": 2.0,
                "avg": 0.6 * p95, "p50": 0.5 * p95, "p95": p95, "p99": 1.3 * p95,
                "max": 1.5 * p95, "threshold": limit, "queries": 12.0, "queries_max": 20,
            }  # fmt: skip

    def _stages(self, key: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, usual in zip(_STAGES, (3, 28, 45, 4, 70, 6), strict=True):
            yield "executions", {
                "key": key, "stage": name, "status": "measured",
                "seconds": usual * float(self._random.lognormal(0, 0.06)),
            }  # fmt: skip

    def _found(
        self, key: str, done: float, number: int
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        for mark in range(int(24 * (1 - done)) + number % 3):
            yield "finding_marks", {
                "key": key, "module": self._modules[mark % len(self._modules)],
                "tool": ("ruff", "pylint_odoo", "bandit")[mark % 3],
                "rule": ("E501", "W8113", "B101")[mark % 3],
                "severity": "warning", "mark": mark, "findings": 1,
            }  # fmt: skip
        yield "scans", {
            "key": key, "target": "environment", "kind": "fs", "scanner": "trivy",
        }  # fmt: skip
        for place in range(1 + int(3 * done)):
            yield "vulnerabilities", {
                "key": key, "target": "environment", "kind": "library",
                "package": ("lxml", "pillow", "jinja2", "zeep")[place],
                "installed": "1.0", "fixed": "1.1", "id": f"CVE-2026-000{place}",
                "severity": ("MEDIUM", "LOW", "HIGH", "CRITICAL")[place],
                "title": "A flaw",
            }  # fmt: skip
        yield "image", {
            "key": key, "image": "registry.example/acme:1", "id": key, "size": int(
                1.2e9 + 2e8 * (done > 0.5) + float(self._random.normal(0, 1e6))
            ),
            "layers": [], "layer_sizes": [], "labels": [],
        }  # fmt: skip
