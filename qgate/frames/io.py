"""Frames to Parquet files and back, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from qgate.frames.schema import SchemaError, to_pandas

if TYPE_CHECKING:
    import pandas as pd

    from qgate.frames.schema import Table


def write_frame(frame: pd.DataFrame, table: Table, path: Path) -> None:
    """Write *frame* as *table* to *path*; a killed write leaves no half file there.

    Raises:
        SchemaError: The frame does not keep to the table.
    """
    arrow = pa.Table.from_pandas(
        table.check(frame), schema=table.schema(), preserve_index=False
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(handle)
    try:
        pq.write_table(arrow, name)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def read_frame(path: Path, table: Table) -> pd.DataFrame:
    """Read the frame of *table* at *path*.

    Raises:
        SchemaError: The file cannot be read, or is of another table or a newer version.
    """
    return table.check(to_pandas(read_arrow(path, table)))


def read_arrow(path: Path, table: Table) -> pa.Table:
    """Read the frame of *table* at *path* as Arrow has it, for joining many.

    Raises:
        SchemaError: As `read_frame`; the values themselves are not checked.
    """
    try:
        arrow = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        message = f"{path} is not a readable Parquet file ({error})."
        raise SchemaError(message) from error
    found = (arrow.schema.metadata or {}).get(b"qgate.table", b"").decode()
    version = int((arrow.schema.metadata or {}).get(b"qgate.version", b"0"))
    if found != table.name or version != table.version:
        message = (
            f"{path} holds table {found or 'unknown'} version {version}, "
            f"this qgate reads {table.name} version {table.version}."
        )
        raise SchemaError(message)
    if arrow.schema.names != table.names:
        message = f"{path} does not have the columns of table {table.name}."
        raise SchemaError(message)
    return arrow
