"""A run's record: one folder with run.json, frames, evidence and the report."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import statistics
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qgate.errors import EnvironmentProblem, QgateError, UsageError
from qgate.frames import read_frame, tables, write_frame
from qgate.json_file import write_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

FORMAT: Final = 1
"""Version of run.json; a reader refuses a newer one."""

_ESTIMATED_FROM: Final = 5
"""Runs whose times are an estimate for the next: few, as modules grow and machines change."""

_RUN_ID: Final = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}")


@dataclass(frozen=True)
class Record:
    """The folder of one run.

    Attributes:
        folder: Where it lies.
        data: What run.json says.
    """

    folder: Path
    data: Mapping[str, Any] = field(repr=False)

    @property
    def run_id(self) -> str:
        """Identifier of the run, which is also the folder's name."""
        return str(self.data["run_id"])

    @property
    def report(self) -> Path | None:
        """The HTML report, if one was written."""
        path = self.folder / "report.html"
        return path if path.exists() else None

    def annotate(self, name: str, value: object) -> None:
        """Add to run.json what became known after the run was saved.

        Raises:
            OSError: It cannot be written.
        """
        full = {**self.data, name: value}
        write_json(self.folder / "run.json", full)
        object.__setattr__(self, "data", full)  # a record is what its run.json says

    def frames(self) -> dict[str, pd.DataFrame]:
        """Read all frames; a table that the run did not fill is empty.

        Raises:
            SchemaError: A file of the record cannot be read.
        """
        named = self.data.get("frames", {})
        return {
            name: read_frame(self.folder / named[name], table)
            if name in named
            else table.empty()
            for name, table in tables.ALL.items()
        }


def new_run_id(now: datetime | None = None) -> str:
    """Return an identifier that sorts by time and does not collide between processes."""
    now = now or datetime.now(UTC)
    return f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def create(reports: Path, run_id: str) -> Path:
    """Make the folder of a new run and return it.

    Raises:
        EnvironmentProblem: It cannot be made.
    """
    folder = reports / "runs" / run_id
    try:
        (folder / "frames").mkdir(parents=True)
        (folder / "evidence").mkdir()
    except OSError as error:
        message = f"The record {folder} cannot be written ({error.strerror})."
        hint = "Check rights and free space, or set report.folder."
        raise EnvironmentProblem(message, hint=hint) from error
    return folder


def save(
    folder: Path, data: Mapping[str, Any], frames: Mapping[str, pd.DataFrame]
) -> Record:
    """Write *frames* and, last, run.json: a record without it is one of a killed run.

    Raises:
        EnvironmentProblem: The disk is full or refuses.
    """
    try:
        named = {}
        for name, frame in frames.items():
            write_frame(frame, tables.ALL[name], folder / "frames" / f"{name}.parquet")
            named[name] = f"frames/{name}.parquet"
        full = {"format": FORMAT, **data, "frames": named}
        write_json(folder / "run.json", full)
    except OSError as error:
        message = f"The record {folder} cannot be written ({error.strerror})."
        hint = "Check rights and free space, or set report.folder."
        raise EnvironmentProblem(message, hint=hint) from error
    return Record(folder, full)


def load(reports: Path, run: str | Path) -> Record:
    """Return the record of *run*: its id, the start of its id, its folder, or `latest`.

    Raises:
        UsageError: There is no such run, or it is not complete.
    """
    folder = Path(run)
    if not (folder / "run.json").is_file():
        folder = _find(reports, str(run))
    try:
        data = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"The record {folder} has no readable run.json ({error})."
        hint = "The run was killed, or its files were changed; run the gate again."
        raise UsageError(message, hint=hint) from error
    if data.get("format") != FORMAT:
        message = f"The record {folder} has format {data.get('format')}, not {FORMAT}."
        raise UsageError(message, hint="Use the version of qgate that wrote it.")
    return Record(folder, data)


def run_ids(reports: Path) -> list[str]:
    """Return the ids of all complete runs, oldest first."""
    runs = reports / "runs"
    if not runs.is_dir():
        return []
    return sorted(
        path.name
        for path in runs.iterdir()
        if _RUN_ID.fullmatch(path.name) and (path / "run.json").is_file()
    )


def prune(reports: Path, keep: int) -> list[str]:
    """Remove the oldest complete runs beyond *keep*; return their ids."""
    gone = run_ids(reports)[:-keep]
    for run_id in gone:
        shutil.rmtree(reports / "runs" / run_id)
    return gone


@dataclass(frozen=True)
class Durations:
    """How long stages are likely to take, in seconds.

    Attributes:
        whole: All of their time.
        beside: Without the time in which they have to be alone.
    """

    whole: Mapping[str, float]
    beside: Mapping[str, float]


def durations(reports: Path, modules: Sequence[str]) -> Durations:
    """Return how long each stage is likely to take for *modules*.

    That is the median of the newest runs that judged the same modules and measured it; a
    stage that none of them measured is left out.
    """
    whole: dict[str, list[float]] = {}
    beside: dict[str, list[float]] = {}
    alike = 0
    for run_id in reversed(run_ids(reports)):
        try:
            data = load(reports, run_id).data
        except QgateError:
            continue
        if list(data.get("modules", ())) != list(modules):
            continue
        alone = data.get("alone", {})
        for stage, seconds in data.get("durations", {}).items():
            whole.setdefault(stage, []).append(seconds)
            beside.setdefault(stage, []).append(seconds - alone.get(stage, 0.0))
        alike += 1
        if alike == _ESTIMATED_FROM:
            break
    return Durations(_medians(whole), _medians(beside))


def _medians(found: Mapping[str, list[float]]) -> dict[str, float]:
    return {stage: statistics.median(seconds) for stage, seconds in found.items()}


def _find(reports: Path, run: str) -> Path:
    known = run_ids(reports)
    matching = (
        known[-1:] if run == "latest" else [i for i in known if i.startswith(run)]
    )
    if len(matching) == 1:
        return reports / "runs" / matching[0]
    if not known:
        message = f"There is no run in {reports}."
        raise UsageError(message, hint="Make one with `qgate run`.")
    if len(matching) > 1:
        message = f"{run} is the start of {len(matching)} runs."
        raise UsageError(message, hint="Give more of its id.")
    message = f"There is no run {run} in {reports}."
    raise UsageError(message, hint=f"The latest one is {known[-1]}.")
