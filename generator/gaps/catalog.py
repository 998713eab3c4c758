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
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS: Final = (
    "module",
    "latest_series_seen",
    "latest_version",
    "released",
    "summary",
)
NAME: Final = "oca_modules.tsv.gz"


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
    reader = csv.DictReader(io.StringIO(text), delimiter="\t")
    return [Entry(*(row[column] or "" for column in COLUMNS)) for row in reader]


__all__ = ["COLUMNS", "NAME", "Entry", "entries"]
