"""Frames: DataFrames with a declared schema."""

from qgate.frames.io import read_arrow, read_frame, write_frame
from qgate.frames.schema import Column, SchemaError, Table, rows

__all__ = [
    "Column",
    "SchemaError",
    "Table",
    "read_arrow",
    "read_frame",
    "rows",
    "write_frame",
]
