"""Reading and writing the files of a history as Arrow tables."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.parquet as pq

from qgate.frames.schema import SchemaError
from qgate.history import layout, tables
from qgate.history.migrations import migrate
from qgate.history.place import HistoryProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qgate.frames.schema import Table
    from qgate.history.layout import Chosen, File
    from qgate.history.place import Place

_COMPRESSION: Final = "zstd"


def encoded(found: pa.Table, keys: Sequence[str] = ()) -> bytes:
    """Return *found* as a Parquet file; *keys* are the runs of a merged one."""
    if keys:
        metadata = dict(found.schema.metadata or {})
        metadata[layout.KEYS.encode()] = json.dumps(sorted(keys)).encode()
        found = found.replace_schema_metadata(metadata)
    buffer = io.BytesIO()
    pq.write_table(found, buffer, compression=_COMPRESSION)
    return buffer.getvalue()


def decoded(content: bytes, name: str) -> pa.Table:
    """Return the table in a Parquet file.

    Raises:
        SchemaError: It is corrupt or truncated.
    """
    try:
        return pq.read_table(io.BytesIO(content))
    # A corrupt file makes Arrow raise whatever the broken bytes lead to.
    except (OSError, ValueError, pa.ArrowException, MemoryError) as error:
        message = f"{name} is not a readable Parquet file ({_first(error)})."
        raise SchemaError(message) from error


def read(place: Place, file: File, table: Table) -> pa.Table:
    """Return the rows of a file as *table* is now.

    Raises:
        FileNotFoundError: It was replaced meanwhile.
        SchemaError: It is corrupt, or of a newer version.
        HistoryProblem: The place refuses.
    """
    found = decoded(place.read(file.path), file.path)
    return migrate(found, table, file.version)


def runs_in(
    place: Place, files: Iterable[File]
) -> tuple[dict[str, list[str]], list[File]]:
    """Return the runs of each merged file by path, and the files that do not say."""
    found: dict[str, list[str]] = {}
    broken = []
    for file in files:
        if not file.merged:
            continue
        try:
            with place.fs.open(file.path, "rb") as opened:
                stated = pq.read_metadata(opened).metadata or {}
            found[file.path] = json.loads(stated[layout.KEYS.encode()])
        except FileNotFoundError:
            continue
        except PermissionError as error:
            message = f"{file.path} may not be read."
            raise HistoryProblem(message, hint="Check the rights.") from error
        except (OSError, ValueError, KeyError, pa.ArrowException):
            broken.append(file)
    return found, broken


def listed(place: Place, table: Table, since: str = "") -> list[File]:
    """Return the files of a table, of the months from *since* on.

    Raises:
        HistoryProblem: The place cannot be listed.
    """
    found = []
    if place.local and since:
        paths = [
            path
            for version in place.folders(table.name)
            for month in place.folders(table.name, version)
            if month.removeprefix("month=") >= since
            for path in place.files(table.name, version, month)
        ]
    else:
        paths = place.files(table.name)
    for path in paths:
        file = layout.parsed(path)
        if file is not None and file.month >= since:
            found.append(file)
    return found


def joined(parts: Sequence[tuple[Chosen, pa.Table]], table: Table) -> pa.Table:
    """Return the rows of several files, each run once."""
    kept = []
    for chosen, found in parts:
        if chosen.without:
            value_set = pa.array(sorted(chosen.without), pa.string())
            own = pa.compute.invert(
                pa.compute.is_in(found.column(tables.KEY), value_set=value_set)
            )
            kept.append(found.filter(own))
        else:
            kept.append(found)
    if not kept:
        return table.schema().empty_table()
    return pa.concat_tables([part.combine_chunks() for part in kept])


def _first(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
