"""Joins the records of a plan's entries into one run with one verdict."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from qgate import comparison, record, settings, sharding
from qgate.errors import QgateError, UsageError
from qgate.frames import read_arrow, rows, tables
from qgate.frames.schema import to_pandas
from qgate.pipeline import Outcome
from qgate.policy.judge import (
    BLOCKED,
    ERROR,
    MEASURED,
    REUSED,
    SKIPPED,
    evaluate,
    overall,
)
from qgate.policy.wording import some
from qgate.stages.registry import STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd

    from qgate.frames import Table
    from qgate.record import Record
    from qgate.sharding import Entry, Sharding

_LINKED: Final = {"e2e": "artifacts", "readiness": "evidence"}
"""Columns that name files of evidence, by the table they are in."""

_NAMED: Final = {"suites": "suite", "loads": "load"}
"""Columns whose names are unique in a run only, by the table they are in."""

_ALIKE: Final = ("qgate", "profile", "policy")
"""What the records of one plan have to agree on."""

_SHOWN: Final = 3


@dataclass
class Shard:
    """One entry of the plan, with what came of it.

    Attributes:
        entry: The entry.
        record: Its record; None when there is none that can be read.
        cause: Why there is none.
        frames: What it measured, by table.
    """

    entry: Entry
    record: Record | None = None
    cause: str = ""
    frames: dict[str, pa.Table] = field(default_factory=dict)


def merge(reports: Path, runs: Sequence[str | Path]) -> tuple[Outcome, list[str]]:
    """Join the records *runs* into a new one below *reports*, and judge the whole.

    An entry of the plan without a record that can be read makes its stage an error; the
    rest is joined and judged all the same, so that there is something to look at.

    Args:
        reports: Folder of the records.
        runs: Records of entries of one plan: ids or folders.

    Returns:
        The joined run, and what a person should know about the joining.

    Raises:
        UsageError: A record belongs to no plan or another one, two are of the same entry,
            or they were made with other thresholds.
        QgateError: The new record cannot be written.
    """
    found, notes = _loaded(reports, runs)
    plan, records = _of_one_plan(found)
    shards = [_shard(entry, records.get(entry.name)) for entry in plan.entries]
    if not any(shard.record for shard in shards):
        message = (
            f"None of {len(shards)} entries has a record whose frames can be read."
        )
        raise UsageError(message, hint=shards[0].cause)
    notes += [shard.cause for shard in shards if shard.cause]
    run_id = record.new_run_id()
    folder = record.create(reports, run_id)
    frames = dict(_joined(plan, shards))
    _keep_evidence(folder / "evidence", shards)
    return _judged(plan, shards, folder, frames), notes


def _loaded(
    reports: Path, runs: Sequence[str | Path]
) -> tuple[list[Record], list[str]]:
    """Load every record once; what cannot be loaded is told."""
    found: dict[str, Record] = {}
    notes = []
    for run in runs:
        try:
            kept = record.load(reports, run)
        except UsageError as error:
            notes.append(f"{run} is left out: {error.message}")
            continue
        if kept.run_id in found and found[kept.run_id].folder != kept.folder:
            notes.append(f"Run {kept.run_id} was named twice and counts once.")
        found[kept.run_id] = kept
    if not found:
        message = f"None of {len(runs)} records can be read. {' '.join(notes[:_SHOWN])}"
        hint = "Name the folders that `qgate run --plan` has written."
        raise UsageError(message.strip(), hint=hint)
    return list(found.values()), notes


def _of_one_plan(found: Sequence[Record]) -> tuple[Sharding, dict[str, Record]]:
    """Return the plan that all of *found* belong to, and the record of each entry."""
    records: dict[str, Record] = {}
    first = found[0]
    for kept in found:
        given = kept.data.get("entry")
        if not isinstance(given, dict):
            message = f"Run {kept.run_id} is no entry of a plan."
            hint = (
                "Make plans with `qgate plan`, and run entries with `qgate run --plan`."
            )
            raise UsageError(message, hint=hint)
        plan = sharding.parse(given.get("plan"), f"The plan of run {kept.run_id}")
        name = plan.entry(str(given.get("name"))).name
        if plan.plan != first.data["entry"]["plan"]["plan"]:
            message = (
                f"Runs {first.run_id} and {kept.run_id} belong to different plans."
            )
            raise UsageError(message, hint="Merge the runs of one plan.")
        if name in records:
            message = f"Runs {records[name].run_id} and {kept.run_id} are both of entry {name}."
            raise UsageError(message, hint="Leave one of them out.")
        _demand_alike(first, kept)
        records[name] = kept
    return plan, records


def _demand_alike(first: Record, other: Record) -> None:
    """Refuse records that no single policy and revision can speak for."""
    for key in _ALIKE:
        if first.data.get(key) != other.data.get(key):
            message = (
                f"Runs {first.run_id} and {other.run_id} were made with different "
                f"values of {key}."
            )
            raise UsageError(message, hint="Run the entries with one configuration.")
    one, two = (dict(kept.data.get("git") or {}) for kept in (first, other))
    if one.get("commit") != two.get("commit"):
        message = f"Runs {first.run_id} and {other.run_id} judged different commits."
        raise UsageError(message, hint="Merge the runs of one commit.")


def _shard(entry: Entry, kept: Record | None) -> Shard:
    """Read what *entry* measured."""
    what = f"entry {entry.name}" + (
        f" ({some(entry.modules, _SHOWN)})" if entry.modules else ""
    )
    if kept is None:
        return Shard(entry, None, f"There is no record of {what}.")
    stage = STAGES.get(entry.stage)
    wanted = (*(stage.tables if stage else ()), *_OF_EVERY_RUN)
    named = kept.data.get("frames", {})
    frames = {}
    try:
        for table in wanted:
            if table.name in named:
                path = kept.folder / named[table.name]
                frames[table.name] = read_arrow(path, table).cast(table.schema())
    except (QgateError, pa.ArrowException, ValueError) as error:
        cause = f"The record of {what} cannot be read: {error}"
        return Shard(entry, None, cause)
    if "executions" not in frames:
        return Shard(entry, None, f"The record of {what} says nothing of its stage.")
    return Shard(entry, kept, "", frames)


_OF_EVERY_RUN: Final = (
    tables.MODULES,
    tables.EXECUTIONS,
    tables.COMPONENTS,
    *comparison.TABLES,
)


def _joined(
    plan: Sharding, shards: Sequence[Shard]
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield every frame of the joined run by its name, but that of the verdicts."""
    parts: dict[str, list[pa.Table]] = defaultdict(list)
    for shard in shards:
        stage = STAGES.get(shard.entry.stage)
        for table in stage.tables if stage else ():
            if table.name in shard.frames:
                parts[table.name].append(_renamed(table, shard, _split(plan, shard)))
    for name, found in parts.items():
        frame = to_pandas(pa.concat_tables(found))
        if name == "coverage":
            frame = _covered(frame)
        yield name, tables.ALL[name].check(frame)
    own = {table.name for table in comparison.TABLES}
    yield from comparison.joined(
        [
            {name: to_pandas(shard.frames[name]) for name in own & {*shard.frames}}
            for shard in shards
        ]
    ).items()
    yield "modules", tables.MODULES.frame(_modules(plan, shards))
    yield "executions", tables.EXECUTIONS.frame(_executions(plan, shards))
    yield "components", tables.COMPONENTS.frame(_components(shards))


def _split(plan: Sharding, shard: Shard) -> bool:
    return sum(entry.stage == shard.entry.stage for entry in plan.entries) > 1


def _renamed(table: Table, shard: Shard, split: bool) -> pa.Table:  # noqa: FBT001
    """Return a frame of a shard with names that are unique among all shards."""
    found = shard.frames[table.name]
    if not split:
        return found
    if column := _NAMED.get(table.name):
        names = [f"{shard.entry.name}: {value}" for value in found[column].to_pylist()]
        found = _with(found, column, names)
    if column := _LINKED.get(table.name):
        files = [
            [f"{shard.entry.name}/{name}" for name in names]
            for names in found[column].to_pylist()
        ]
        found = _with(found, column, files)
    return found


def _with(found: pa.Table, column: str, values: Sequence[object]) -> pa.Table:
    place = found.schema.get_field_index(column)
    kind = found.schema.field(place)
    return found.set_column(place, kind, pa.array(values, type=kind.type))


def _covered(frame: pd.DataFrame) -> pd.DataFrame:
    """Join the rows of a file: a line is covered when the tests of any shard ran it.

    Which branches were taken is not in the frame, only how many; the most that one shard
    took is a lower bound of what all took.
    """
    keys = tables.COVERAGE.keys
    if not frame.duplicated(keys).any():
        return frame
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows(frame):
        key = (row["module"], row["file"])
        if key not in found:
            found[key] = row
            continue
        one = found[key]
        if one["statements"] != row["statements"]:
            message = f"Shards have measured different texts of {row['file']}."
            raise UsageError(message, hint="Run all entries on one checkout.")
        missing = sorted({*one["missing"]} & {*row["missing"]})
        body_missing = sorted({*one["body_missing"]} & {*row["body_missing"]})
        found[key] = one | {
            "missing": missing,
            "covered": one["statements"] - len(missing),
            "branches_covered": max(one["branches_covered"], row["branches_covered"]),
            "body_missing": body_missing,
            "body_covered": one["body_statements"] - len(body_missing),
        }
    return tables.COVERAGE.frame(found.values())


def _modules(plan: Sharding, shards: Sequence[Shard]) -> Iterable[dict[str, Any]]:
    """Return every module once: judged when the plan judges it, whatever a shard did."""
    found: dict[str, dict[str, Any]] = {}
    for shard in shards:
        if "modules" in shard.frames:
            for row in rows(to_pandas(shard.frames["modules"])):
                found.setdefault(row["module"], row)
    for name, why in plan.why.items():
        lost = {"module": name, "path": name, "depends": []}
        found[name] = {**found.pop(name, lost), "gated": True, "why": why}
    return [
        row if row["module"] in plan.why else {**row, "gated": False}
        for row in found.values()
    ]


def _executions(plan: Sharding, shards: Sequence[Shard]) -> Iterator[dict[str, Any]]:
    for stage in STAGES:
        if stage in plan.skipped:
            yield _row(stage, SKIPPED, plan.skipped[stage])
            continue
        own = [shard for shard in shards if shard.entry.stage == stage]
        if own:
            yield _execution(stage, own)


def _execution(stage: str, shards: Sequence[Shard]) -> dict[str, Any]:
    """Join how the shards of *stage* went: measured only when every one of them was."""
    found = [_own_row(shard) for shard in shards]
    known = [row for row in found if row["started"] is not None]
    statuses = {row["status"] for row in found}
    worst = next(
        s for s in (ERROR, BLOCKED, SKIPPED, MEASURED, REUSED) if s in statuses
    )
    causes = [row["cause"] for row in found if row["status"] == worst and row["cause"]]
    joined = _row(stage, worst, " ".join(dict.fromkeys(causes)) or None)
    if known:
        # The machines worked side by side: the longest is what a person waited for.
        joined["started"] = min(row["started"] for row in known)
        joined["seconds"] = max(row["seconds"] for row in known)
    peaks = [row["peak_memory"] for row in known if row["peak_memory"]]
    joined["peak_memory"] = max(peaks, default=None)
    origins = {row["reused_from"] for row in found}
    joined["reused_from"] = origins.pop() if len(origins) == 1 else None
    return joined


def _own_row(shard: Shard) -> dict[str, Any]:
    if shard.record is not None:
        for row in rows(to_pandas(shard.frames["executions"])):
            if row["stage"] == shard.entry.stage:
                return row
    cause = shard.cause or f"Entry {shard.entry.name} did not measure its stage."
    return _row(shard.entry.stage, ERROR, cause)


def _row(stage: str, status: str, cause: str | None) -> dict[str, Any]:
    return {
        "stage": stage,
        "status": status,
        "cause": cause,
        "started": None,
        "seconds": 0.0,
        "peak_memory": None,
        "reused_from": None,
    }


def _components(shards: Sequence[Shard]) -> Iterable[dict[str, Any]]:
    """Return each component once; versions that differ among machines are all named."""
    found: dict[str, dict[str, Any]] = {}
    for shard in shards:
        if "components" not in shard.frames:
            continue
        for row in rows(to_pandas(shard.frames["components"])):
            one = found.setdefault(row["component"], row)
            known = str(one["version"]).split(" / ")
            if row["version"] and row["version"] not in known:
                one["version"] = " / ".join([*filter(None, known), row["version"]])
    return found.values()


def _keep_evidence(evidence: Path, shards: Sequence[Shard]) -> None:
    """Link the evidence of all shards; each of a divided stage has a folder of its own."""
    stages = [shard.entry.stage for shard in shards]
    for shard in shards:
        if shard.record is None:
            continue
        stage = shard.entry.stage
        source = shard.record.folder / "evidence" / stage
        target = evidence / stage
        if stages.count(stage) > 1:
            target /= shard.entry.name
        if stage and source.is_dir():
            shutil.copytree(
                source,
                target,
                copy_function=_link,
                ignore=_symlinks,
                dirs_exist_ok=True,
            )


def _symlinks(folder: str, names: list[str]) -> list[str]:
    """Name what may lead out of a record that came from another machine."""
    return [name for name in names if (Path(folder) / name).is_symlink()]


def _link(source: str, target: str) -> None:
    """Share a file of evidence, which nobody changes any more."""
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


def _judged(
    plan: Sharding,
    shards: Sequence[Shard],
    folder: Path,
    frames: Mapping[str, pd.DataFrame],
) -> Outcome:
    records = [shard.record for shard in shards if shard.record]
    first = records[0].data
    policy = settings.with_policy(first["policy"], ())
    complete = {name: table.empty() for name, table in tables.ALL.items()} | dict(
        frames
    )
    verdicts = evaluate(policy, complete, plan.demanded)
    verdict = overall(verdicts, plan.demanded)
    stages = tables.STAGES.frame(
        {
            "stage": item.stage,
            "verdict": item.verdict,
            "seconds": item.seconds,
            "reasons": list(item.reasons),
        }
        for item in verdicts
    )
    started, seconds = _time([kept.data for kept in records])
    git = dict(first.get("git") or {})
    if git:
        git["dirty"] = any(kept.data["git"].get("dirty") for kept in records)
    data = {
        "run_id": folder.name,
        "qgate": first["qgate"],
        "started": started,
        "seconds": seconds,
        "verdict": verdict,
        "profile": plan.profile,
        "demanded": list(plan.demanded),
        "modules": list(plan.why),
        "note": plan.note,
        "git": git,
        **_measured_with(shards),
        "policy": policy.model_dump(mode="json"),
        "verdicts": {item.stage: item.verdict for item in verdicts},
        "fingerprints": {},
        "durations": {
            row["stage"]: round(row["seconds"], 1)
            for row in rows(complete["executions"])
            if row["status"] == MEASURED
        },
        "merged": {
            "plan": plan.plan,
            "runs": {s.entry.name: s.record.run_id for s in shards if s.record},
            "missing": [s.entry.name for s in shards if s.record is None],
        },
    }
    kept = record.save(folder, data, {**frames, "stages": stages})
    return Outcome(kept, verdicts, verdict)


def _measured_with(shards: Sequence[Shard]) -> dict[str, object]:
    """Return the machine that measured times under load, else the first, and its settings."""
    records = [shard.record for shard in shards if shard.record]
    loaded = [kept for kept in records if "performance" in kept.data["demanded"]]
    data = (loaded or records)[0].data
    return {
        "machine": data.get("machine"),
        "configuration": data.get("configuration"),
    }


def _time(found: Sequence[Mapping[str, Any]]) -> tuple[str, float]:
    """Return when the first shard began, and the seconds until the last one ended."""
    begun = [datetime.fromisoformat(data["started"]) for data in found]
    ended = [
        start + timedelta(seconds=float(data["seconds"]))
        for start, data in zip(begun, found, strict=True)
    ]
    first = min(begun)
    return first.isoformat(timespec="seconds"), round(
        (max(ended) - first).total_seconds(), 1
    )
