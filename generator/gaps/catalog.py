"""The catalogue of OCA's published add-ons: the one shipped, or a newer one at hand.

A gzipped table, tab between columns: `module`, `latest_series_seen` (every series it was
published for, newest or all), `latest_version`, `released` (month) and `summary`. The one
shipped was read from the package index in November 2026.
"""

from __future__ import annotations

import csv
import gzip
import importlib.resources
import io
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

COLUMNS: Final = (
    "module",
    "latest_series_seen",
    "latest_version",
    "released",
    "summary",
)
NAME: Final = "oca_modules.tsv.gz"
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


@dataclass(frozen=True)
class Entry:
    """An add-on of OCA.

    Attributes:
        module: Its technical name.
        series: Every series it was seen for, blanks between them.
        version: Newest version.
        released: Month of that version.
        summary: One line.
    """

    module: str
    series: str
    version: str
    released: str
    summary: str

    @property
    def newest(self) -> str:
        """Return the newest of the series, empty when none is known."""
        known = [
            one for one in self.series.split() if one.replace(".", "", 1).isdigit()
        ]
        return max(known, key=float, default="")


def entries(path: Path | None = None) -> list[Entry]:
    """Return the add-ons in the catalogue at *path*, by default the one shipped."""
    shipped = importlib.resources.files(__package__).joinpath("data", NAME)
    packed = path.read_bytes() if path else shipped.read_bytes()
    text = gzip.decompress(packed).decode()
    reader = csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [Entry(*(row[column] or "" for column in COLUMNS)) for row in reader]


def kept(home: Path) -> Path:
    """Return where a refreshed catalogue is kept."""
    return home / "gaps" / NAME


def current(home: Path) -> Path | None:
    """Return the refreshed catalogue if it is newer than the one shipped, else None.

    Newer is the one whose newest add-on is: a package of qgate that is installed later may
    bring a later catalogue. One that cannot be read does not count.
    """
    path = kept(home)
    try:
        mine = max((one.released for one in entries(path)), default="")
    except (OSError, EOFError, ValueError, KeyError):
        return None
    shipped = max(one.released for one in entries())
    return path if mine >= shipped else None


def write(path: Path, found: Iterable[Entry]) -> None:
    """Write a catalogue, which appears whole; the same entries give the same bytes."""
    text = io.StringIO()
    writer = csv.writer(
        text, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE
    )
    writer.writerow(COLUMNS)
    for one in found:
        row = (one.module, one.series, one.version, one.released, one.summary)
        writer.writerow([_BREAKS.sub(" ", value) for value in row])
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))
    part.replace(path)


__all__ = ["COLUMNS", "NAME", "Entry", "current", "entries", "kept", "write"]
