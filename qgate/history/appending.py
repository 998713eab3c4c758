"""Adding a run to a history: a file per table, the run's own row last."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from qgate.errors import QgateError
from qgate.history import compaction, digest, files, layout, tables
from qgate.history.place import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qgate.record import Record
    from qgate.settings import Settings

_TOLERANCE: Final = timedelta(minutes=5)
"""By which clocks of machines may differ before it is worth a word."""


def append(
    place: Place,
    record: Record,
    *,
    report: str | None = None,
    tidy: bool = True,
    again: bool = False,
    now: datetime | None = None,
) -> str | None:
    """Add the run of *record* to the history; a run that is there already stays as it is.

    A run is part of the history once its row in `runs` is, which is written last: what a
    killed append leaves is not seen by anybody.

    Args:
        place: The history.
        record: The run.
        report: Address of its report, for links.
        tidy: Whether to merge some files of single runs in passing.
        again: Whether to write the files of a run that is there already once more.
        now: The time, by default the clock's.

    Returns:
        What is odd about the run, None when nothing is.

    Raises:
        HistoryProblem: The history cannot be read or written.
    """
    now = now or datetime.now(UTC)
    key = digest.key_of(record.data)
    month = layout.month_of(digest.started(record.data))
    others = [
        file for file in files.listed(place, tables.RUNS, month) if file.month >= month
    ]
    same_id = _with_id(place, others, str(record.data["run_id"]))
    if key in same_id and not again:
        return None
    note = _oddness(record, others, same_id - {key}, now)
    made = digest.of_record(record, report=report, note=note, now=now)
    for name, rows in made.items():
        path = layout.loose(tables.ALL[name], month, key)
        place.write(place.path(path), files.encoded(rows))
    if tidy:
        # Any two tables: over some appends each has its turn, and none makes an append long.
        for name in random.sample(list(made), min(2, len(made))):
            compaction.tidy(place, tables.ALL[name], month)
    [said] = made["runs"].column("note").to_pylist()
    return str(said) if said else None


def remember(settings: Settings, record: Record) -> str | None:
    """Append a finished run to the history of the configuration.

    What is odd about it, or that it cannot be done, is noted in the record and returned; it
    changes no verdict.
    """
    if not settings.history.enabled:
        return None
    try:
        place = Place(settings.history_url, settings.history.options, settings.secrets)
        note = append(place, record, report=settings.report_address(record.data))
    except QgateError as error:
        note = f"The run is not in the history: {error}"
    if note:
        record.annotate("history", {"note": note})
    return note


def _with_id(place: Place, others: Sequence[layout.File], run_id: str) -> set[str]:
    """Return the keys of the runs with *run_id* that the history has."""
    begins = f"{run_id}-"
    merged = [
        file
        for file in others
        if file.merged and file.span[0] <= f"{begins}~" and begins <= file.span[1]
    ]
    known = {file.name for file in others if not file.merged}
    for keys in files.runs_in(place, merged)[0].values():
        known.update(keys)
    return {key for key in known if key.startswith(begins)}


def _oddness(
    record: Record, others: Sequence[layout.File], same_id: set[str], now: datetime
) -> str | None:
    """Say when clocks cannot be right, or another run has this run's id."""
    said = []
    begun = digest.started(record.data)
    if begun > now + _TOLERANCE or float(record.data.get("seconds") or 0) < 0:
        said.append(
            f"A clock ran backwards: the run began at {begun:%Y-%m-%d %H:%M} UTC by it, "
            f"and was appended at {now:%Y-%m-%d %H:%M}."
        )
    newest = max((file.span[1] for file in others), default="")
    stated = _stated(newest)
    if stated and stated > now + _TOLERANCE:
        said.append(
            f"A clock is wrong: run {newest.rpartition('-')[0]} of the history began later "
            "than this one was appended."
        )
    if same_id:
        said.append(f"Another run has the id {record.data['run_id']}; both are kept.")
    return " ".join(said) or None


def _stated(key: str) -> datetime | None:
    """Return when a run began by its id, None when that is not one of qgate's."""
    try:
        return datetime.strptime(key[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


__all__ = ["append", "remember"]
