"""How a history is laid out, and which of its files are read.

    TABLE/v1/month=2026-11/KEY.parquet                         one run
    TABLE/v1/month=2026-11/merged-32_FIRST_LAST_HASH.parquet   several, put together

A merged file names its runs in its metadata, the first and the last one in its own name. It
is put there before what it replaces is removed, and that only by a later compaction: a reader
who listed the folder meanwhile sees both, never neither. So files may hold a run twice;
`chosen` picks one of them for each run.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from qgate.history.place import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from qgate.frames.schema import Table

KEYS: Final = "qgate.keys"
"""Metadata of a merged file: its runs, as JSON."""

_MERGED: Final = "merged-"


@dataclass(frozen=True)
class File:
    """One file of a table.

    Attributes:
        path: Full path.
        version: Version of the table it has.
        month: As 2026-11.
        name: Its name without the ending.
    """

    path: str
    version: int
    month: str
    name: str

    @property
    def merged(self) -> bool:
        """Whether it may hold more than one run."""
        return self.name.startswith(_MERGED)

    @property
    def span(self) -> tuple[str, str]:
        """The first and the last run it may hold, by their keys."""
        parts = self.name.split("_")
        return (parts[1], parts[2]) if self.merged else (self.name, self.name)


@dataclass(frozen=True)
class Chosen:
    """A file to be read, and the runs in it that are read from another one."""

    file: File
    without: frozenset[str] = frozenset()


def month_of(moment: datetime) -> str:
    """Return the partition of a run that started at *moment*."""
    return f"{moment:%Y-%m}"


def loose(table: Table, month: str, key: str) -> str:
    """Return the path, in the history, of the file of one run."""
    return f"{_folder(table, month)}/{key}{SUFFIX}"


def merged(table: Table, month: str, keys: Iterable[str]) -> str:
    """Return the path of a file that holds *keys*; the same ones have the same path."""
    known = sorted(keys)
    digest = hashlib.sha256("\n".join(known).encode()).hexdigest()[:12]
    name = f"{_MERGED}{len(known)}_{known[0]}_{known[-1]}_{digest}"
    return f"{_folder(table, month)}/{name}{SUFFIX}"


def parsed(path: str) -> File | None:
    """Return what a path says, None when it is not of a history's file."""
    parts = path.rsplit("/", 3)
    if len(parts) != 4:  # noqa: PLR2004 - as above
        return None
    _, version, month, name = parts
    number = version.removeprefix("v")
    if not number.isdecimal() or not month.startswith("month="):
        return None
    stem = name.removesuffix(SUFFIX)
    if stem.startswith(_MERGED) and stem.count("_") != 3:  # noqa: PLR2004 - as above
        return None
    return File(path, int(number), month.removeprefix("month="), stem)


def doubtful(files: Iterable[File]) -> list[File]:
    """Return the merged files that may hold a run which another file holds too.

    Only of these the runs have to be known, and a history that is appended to in the order
    of time has few.
    """
    found: list[File] = []
    reach = ""
    widest: File | None = None
    for file in sorted(files, key=lambda file: file.span):
        first, last = file.span
        if widest is not None and first <= reach:
            found += [file, widest]
        if last >= reach:
            reach, widest = last, file
    return list({file.path: file for file in found if file.merged}.values())


def chosen(
    files: Sequence[File], keys: Mapping[str, Sequence[str]]
) -> tuple[list[Chosen], list[File]]:
    """Return the files that have every run once, and those that others replace.

    Args:
        files: All files of a table.
        keys: The runs of the doubtful files, by their paths; the others share none.
    """
    covered: set[str] = set()
    picked = [Chosen(file) for file in files if file.merged and file.path not in keys]
    # The largest first; the name decides between equals, so that all readers agree.
    order = sorted(
        (file for file in files if file.path in keys),
        key=lambda file: (-len(keys[file.path]), -file.version, file.name),
    )
    replaced: list[File] = []
    for file in order:
        own = set(keys[file.path])
        if own <= covered:
            replaced.append(file)
            continue
        picked.append(Chosen(file, frozenset(own & covered)))
        covered |= own
    # A run that was appended by two versions of qgate is there twice; the newer one is read.
    for file in sorted(
        (file for file in files if not file.merged), key=lambda file: -file.version
    ):
        if file.name in covered:
            replaced.append(file)
        else:
            picked.append(Chosen(file))
            covered.add(file.name)
    return picked, replaced


def _folder(table: Table, month: str) -> str:
    return f"{table.name}/v{table.version}/month={month}"
