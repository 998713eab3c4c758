"""What a run's record becomes in the history: its frames, its row, and small figures."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qgate import machine
from qgate.frames import tables as frames
from qgate.frames.schema import SchemaError
from qgate.history import tables
from qgate.history.migrations import migrate
from qgate.policy.judge import PASSED, SKIPPED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from qgate.frames.schema import Table
    from qgate.record import Record

_LATER: Final = ("history",)
"""Of run.json, what is written after the run was appended."""

_ELSEWHERE: Final = frozenset(
    "workspace environment history report targets deployment cache".split()  # noqa: SIM905
)
"""Sections that say where things lie and go: they differ between machines that judge alike."""

_LOAD: Final = (
    "host",
    "users",
    "spawn_rate",
    "warm_up",
    "seconds",
    "records",
    "workers",
    "processes",
)


def key_of(data: Mapping[str, Any]) -> str:
    """Return the name of a run in the history: two runs with one id have two."""
    own = {name: value for name, value in data.items() if name not in _LATER}
    text = json.dumps(own, sort_keys=True, ensure_ascii=False)
    # The id is part of a file's name, and a record may come from anywhere.
    run_id = re.sub(r"[^0-9A-Za-z-]", "-", str(data["run_id"]))
    return f"{run_id}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def started(data: Mapping[str, Any]) -> datetime:
    """Return when a run began, in UTC."""
    found = datetime.fromisoformat(str(data["started"]))
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def of_record(
    record: Record, *, report: str | None, note: str | None, now: datetime
) -> dict[str, pa.Table]:
    """Return the tables of a run by name, `runs` last; those without rows are left out.

    A frame that cannot be read is left out too, and the run's note says so.

    Args:
        record: The run.
        report: Address of its report.
        note: What is odd about it.
        now: When it is appended.
    """
    key = key_of(record.data)
    read, odd = _frames(record)
    notes = [note] if note else []
    kept = {name: found for name, found in read.items() if found.num_rows}
    made = {name: _keyed(key, found, tables.ALL[name]) for name, found in kept.items()}
    made |= {
        name: tables.OWN[name].schema().empty_table()
        if not rows
        else pa.Table.from_pylist(
            [{tables.KEY: key, **row} for row in rows], tables.OWN[name].schema()
        )
        for name, rows in _digests(kept).items()
    }
    made = {name: found for name, found in made.items() if found.num_rows}
    row = _row(record.data, kept) | {
        "key": key,
        "report": report,
        "note": " ".join([*notes, *odd]) or None,
        "appended": now,
        "frames": [f"{name}={found.num_rows}" for name, found in kept.items()],
        "data": json.dumps(record.data, ensure_ascii=False),
    }
    made["runs"] = pa.Table.from_pylist([row], tables.RUNS.schema())
    return made


def configuration_of(sections: Mapping[str, Any]) -> str:
    """Return the hash of a gate's configuration: of what may change a verdict or a figure."""
    own = {name: value for name, value in sections.items() if name not in _ELSEWHERE}
    text = json.dumps(own, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _frames(record: Record) -> tuple[dict[str, pa.Table], list[str]]:
    found: dict[str, pa.Table] = {}
    odd = []
    for name, path in record.data.get("frames", {}).items():
        if name not in frames.ALL:
            odd.append(f"This qgate knows no frame {name}.")
            continue
        try:
            found[name] = read(record.folder / path, frames.ALL[name])
        except SchemaError as error:
            odd.append(f"Frame {name} could not be kept: {error.message}")
    return found, odd


def read(path: Path, table: Table) -> pa.Table:
    """Read a frame of a record, of this or an older version of its table.

    Raises:
        SchemaError: It cannot be read, or is of a newer version.
    """
    try:
        arrow = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        message = f"{path.name} is not a readable Parquet file."
        raise SchemaError(message) from error
    stated = (arrow.schema.metadata or {}).get(b"qgate.version", b"1")
    return migrate(arrow, table, int(stated))


def _keyed(key: str, found: pa.Table, table: Table) -> pa.Table:
    keys = pa.array([key] * found.num_rows, pa.string())
    return pa.Table.from_arrays([keys, *found.columns], schema=table.schema())


def _digests(kept: Mapping[str, pa.Table]) -> dict[str, list[dict[str, Any]]]:
    return {
        "module_coverage": _coverage(kept.get("coverage")),
        "module_tests": [
            *_tests("tests", kept.get("tests")),
            *_tests("e2e", kept.get("e2e")),
        ],
        "test_events": [
            *_events("tests", kept.get("tests"), ("class", "test"), "."),
            *_events("e2e", kept.get("e2e"), ("spec", "test", "browser"), " "),
        ],
        "finding_marks": _marks(kept.get("findings")),
    }


def _coverage(found: pa.Table | None) -> list[dict[str, Any]]:
    if found is None:
        return []
    summed = found.group_by("module").aggregate(
        [("statements", "sum"), ("covered", "sum")]
    )
    return [
        {
            "module": row["module"],
            "statements": row["statements_sum"],
            "covered": row["covered_sum"],
        }
        for row in summed.to_pylist()
    ]


def _tests(kind: str, found: pa.Table | None) -> list[dict[str, Any]]:
    if found is None:
        return []
    passed = pc.cast(pc.equal(found.column("outcome"), PASSED), pa.int64())
    summed = (
        found.append_column("passed", passed)
        .group_by("module")
        .aggregate([("outcome", "count"), ("passed", "sum"), ("seconds", "sum")])
    )
    return [
        {
            "module": row["module"],
            "kind": kind,
            "tests": row["outcome_count"],
            "passed": row["passed_sum"],
            "seconds": row["seconds_sum"] or 0.0,
        }
        for row in summed.to_pylist()
    ]


def _events(
    kind: str, found: pa.Table | None, names: Sequence[str], separator: str
) -> Iterable[dict[str, Any]]:
    if found is None:
        return []
    odd = found.filter(pc.not_equal(found.column("outcome"), PASSED))
    return [
        {
            "module": row["module"],
            "kind": kind,
            "test": separator.join(row[name] for name in names),
            "outcome": row["outcome"],
        }
        for row in odd.select(["module", "outcome", *names]).to_pylist()
    ]


def _marks(found: pa.Table | None) -> list[dict[str, Any]]:
    if found is None:
        return []
    counted: dict[tuple[str, ...], dict[str, Any]] = {}
    names = ("tool", "rule", "path", "message")
    for row in found.select([*names, "severity", "module"]).to_pylist():
        words = tuple(row[name] for name in names)
        same = counted.setdefault(
            words,
            {
                "module": row["module"],
                "tool": row["tool"],
                "rule": row["rule"],
                "severity": row["severity"],
                "mark": _mark(words),
                "findings": 0,
            },
        )
        same["findings"] += 1
    return list(counted.values())


def _mark(words: Iterable[str]) -> int:
    digest = hashlib.blake2b("\0".join(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _row(data: Mapping[str, Any], kept: Mapping[str, pa.Table]) -> dict[str, Any]:
    git = data.get("git") or {}
    own = data.get("machine") or {}
    versions = (
        {
            row["module"]: row["version"] or ""
            for row in kept["modules"].select(["module", "version"]).to_pylist()
        }
        if "modules" in kept
        else {}
    )
    modules = list(data.get("modules") or ())
    author = git.get("author_date")
    return {
        "run_id": data["run_id"],
        "started": started(data),
        "seconds": float(data.get("seconds") or 0),
        "verdict": data["verdict"],
        "blocking": _blocking(data, kept.get("stages")),
        "profile": data.get("profile"),
        "demanded": list(data.get("demanded") or ()),
        "modules": modules,
        "versions": [versions.get(name, "") for name in modules],
        "commit": git.get("commit"),
        "branch": git.get("branch"),
        "author_date": datetime.fromisoformat(author) if author else None,
        "dirty": git.get("dirty"),
        "machine": own.get("id"),
        "machine_name": machine.described(own) if own else None,
        "conditions": conditions_of(own, kept.get("loads")),
        "configuration": data.get("configuration"),
        "qgate": str(data.get("qgate") or "unknown"),
    }


def _blocking(data: Mapping[str, Any], stages: pa.Table | None) -> list[str]:
    verdicts = dict(data.get("verdicts") or {})
    if not verdicts and stages is not None:
        verdicts = {row["stage"]: row["verdict"] for row in stages.to_pylist()}
    demanded = data.get("demanded") or ()
    return [stage for stage in demanded if verdicts.get(stage) not in (PASSED, SKIPPED)]


def conditions_of(own: Mapping[str, Any], loads: pa.Table | None) -> str | None:
    """Return what makes times under load comparable; None where nothing was loaded."""
    if not own or loads is None:
        return None
    # The measured time is only roughly that of the configuration.
    put = [
        {
            name: round(value) if name == "seconds" else value
            for name, value in row.items()
        }
        for row in loads.select(list(_LOAD)).to_pylist()
    ]
    text = json.dumps([own["id"], put])
    return hashlib.sha256(text.encode()).hexdigest()[:10]
