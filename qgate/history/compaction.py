"""Putting the files of many runs together, while others read and append."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from qgate.frames.schema import SchemaError
from qgate.history import files, layout, tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from qgate.frames.schema import Table
    from qgate.history.layout import Chosen, File
    from qgate.history.place import Place

BATCH: Final = 32
"""Files of single runs of which an append makes one."""

ROWS: Final = 4_000_000
"""Rows above which a compaction begins another file."""

GRACE: Final = 120.0
"""Seconds that replaced files stay: nobody lists a folder for so long."""


@dataclass
class Compacted:
    """What a compaction did.

    Attributes:
        merged: Files that were put together.
        written: Files that came of them.
        removed: Files that were replaced before, and are gone now.
        waiting: Replaced files that a reader may still be about to open.
        problems: Files that were left alone, and why.
    """

    merged: int = 0
    written: int = 0
    removed: int = 0
    waiting: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, other: Compacted) -> None:
        """Count what another part of the compaction did."""
        self.merged += other.merged
        self.written += other.written
        self.removed += other.removed
        self.waiting += other.waiting
        self.problems += other.problems


def compact(place: Place, *, grace: float = GRACE) -> Compacted:
    """Make few files of many: one per table and month, as long as it is not too large.

    Args:
        place: The history.
        grace: Seconds for which a replaced file stays.

    Raises:
        HistoryProblem: The place cannot be read or written.
    """
    done = Compacted()
    for table in tables.ALL.values():
        months: dict[str, list[File]] = {}
        for file in files.listed(place, table):
            months.setdefault(file.month, []).append(file)
        for month, found in sorted(months.items()):
            done.add(_month(place, table, month, found, grace))
    return done


def tidy(place: Place, table: Table, month: str, *, grace: float = GRACE) -> Compacted:
    """Merge some files of single runs, if there are many: what an append does in passing.

    Its work is bounded, so that appending takes as long in a large history as in a small one.

    Raises:
        HistoryProblem: The place cannot be read or written.
    """
    done = Compacted()
    found = _of_month(place, table, month)
    if sum(not file.merged for file in found) < BATCH:
        return done
    picked, replaced, keys = _chosen(place, found, layout.doubtful(found))
    _remove_replaced(place, picked, replaced, keys, grace, done)
    single = [each for each in picked if not each.file.merged]
    if len(single) >= BATCH:
        _merge(place, table, month, single[:BATCH], {}, done)
    return done


def _of_month(place: Place, table: Table, month: str) -> list[File]:
    found = []
    for version in place.folders(table.name):
        for path in place.files(table.name, version, f"month={month}"):
            file = layout.parsed(path)
            if file is not None and file.version <= table.version:
                found.append(file)
    return found


def _chosen(
    place: Place, found: Sequence[File], asked: Sequence[File]
) -> tuple[list[Chosen], list[File], dict[str, list[str]]]:
    keys, broken = files.runs_in(place, asked)
    sound = [file for file in found if file not in broken]
    picked, replaced = layout.chosen(sound, keys)
    return picked, replaced, keys


def _month(
    place: Place, table: Table, month: str, found: Sequence[File], grace: float
) -> Compacted:
    done = Compacted()
    newer = [file for file in found if file.version > table.version]
    done.problems += [f"{file.path} was written by a newer qgate." for file in newer]
    known = [file for file in found if file.version <= table.version]
    picked, replaced, keys = _chosen(place, known, known)
    _remove_replaced(place, picked, replaced, keys, grace, done)
    old = any(each.file.version < table.version for each in picked)
    if len(picked) > 1 or old:
        _merge(place, table, month, picked, keys, done)
    return done


def _remove_replaced(
    place: Place,
    picked: Sequence[Chosen],
    replaced: Sequence[File],
    keys: Mapping[str, Sequence[str]],
    grace: float,
    done: Compacted,
) -> None:
    """Remove replaced files, once what replaces them has been there for *grace* seconds."""
    now = time.time()
    held = {key for file in replaced for key in keys.get(file.path, [file.name])}
    young: set[str] = set()
    for each in picked:
        own = held.intersection(keys.get(each.file.path, [each.file.name]))
        if own and place.age(each.file.path, now) < grace:
            young |= own
    gone = [
        file for file in replaced if young.isdisjoint(keys.get(file.path, [file.name]))
    ]
    place.remove(file.path for file in gone)
    done.removed += len(gone)
    done.waiting += len(replaced) - len(gone)


def _merge(
    place: Place,
    table: Table,
    month: str,
    picked: Sequence[Chosen],
    keys: Mapping[str, Sequence[str]],
    done: Compacted,
) -> None:
    parts: list[tuple[Chosen, pa.Table]] = []
    rows = 0
    for each in picked:
        try:
            found = files.read(place, each.file, table)
        except FileNotFoundError:
            continue
        except SchemaError as error:
            done.problems.append(error.message)
            continue
        if parts and rows + found.num_rows > ROWS:
            _write(place, table, month, parts, keys, done)
            parts, rows = [], 0
        parts.append((each, found))
        rows += found.num_rows
    _write(place, table, month, parts, keys, done)


def _write(
    place: Place,
    table: Table,
    month: str,
    parts: Sequence[tuple[Chosen, pa.Table]],
    keys: Mapping[str, Sequence[str]],
    done: Compacted,
) -> None:
    alone = len(parts) == 1 and parts[0][0].file.merged
    if not parts or (alone and parts[0][0].file.version == table.version):
        return
    held = {
        key
        for each, _ in parts
        for key in keys.get(each.file.path, [each.file.name])
        if key not in each.without
    }
    path = place.path(layout.merged(table, month, held))
    place.write(path, files.encoded(files.joined(parts, table), sorted(held)))
    done.merged += len(parts)
    done.written += 1
