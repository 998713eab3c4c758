"""The samples and alerts of a watch on disk, as two Parquet files in a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qgate.errors import UsageError
from qgate.frames import read_frame, rows, write_frame
from qgate.frames.schema import SchemaError
from qgate.operations.tables import ALERTS, SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from qgate.frames import Table

FILES: Final = {"samples.parquet": SAMPLES, "alerts.parquet": ALERTS}


def load(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the frames `operations` and `alerts` of a watch.

    Raises:
        UsageError: There is no watch in *folder*.
        SchemaError: A file cannot be read.
    """
    if not (folder / "samples.parquet").is_file():
        message = f"There are no samples in {folder}."
        raise UsageError(message, hint="Make some with `qgate watch URL`.")
    samples, alerts = (
        read_frame(folder / name, table) if (folder / name).is_file() else table.empty()
        for name, table in FILES.items()
    )
    return samples, alerts


class Kept:
    """What a watch writes; samples of an earlier one in the folder stay.

    Args:
        folder: The folder.
        most: Samples and alerts that are kept; the oldest go first.
    """

    def __init__(self, folder: Path, most: int) -> None:
        self.folder = folder
        self._most = most
        self.problems: list[str] = []
        self._rows = {name: self._read(name, table) for name, table in FILES.items()}

    def add(self, sample: dict[str, Any], alerts: list[dict[str, Any]]) -> None:
        """Note a sample and its alerts."""
        for name, new in (("samples.parquet", [sample]), ("alerts.parquet", alerts)):
            self._rows[name] = [*self._rows[name], *new][-self._most :]

    def write(self) -> None:
        """Write both files, each whole or not at all.

        Raises:
            OSError: The folder cannot be written.
        """
        for name, table in FILES.items():
            write_frame(table.frame(self._rows[name]), table, self.folder / name)

    def _read(self, name: str, table: Table) -> list[dict[str, Any]]:
        path = self.folder / name
        if not path.is_file():
            return []
        try:
            return list(rows(read_frame(path, table)))
        except SchemaError as error:
            aside = path.with_suffix(".unreadable")
            path.replace(aside)
            self.problems.append(f"{error.message} It is now {aside.name}.")
            return []
