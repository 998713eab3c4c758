"""The contract of a frame: named, typed, documented columns that are checked at the boundary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from qgate.errors import QgateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class SchemaError(QgateError):
    """A frame does not keep to its table."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: Its name, spelled nowhere else.
        type: Its Arrow type.
        meaning: What a value says, one sentence.
        unit: Unit of the values, if they have one.
        key: Whether it is part of the row's identity.
        optional: Whether a value may be missing.
    """

    name: str
    type: pa.DataType
    meaning: str
    unit: str | None = None
    key: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Table:
    """A declared frame.

    Attributes:
        name: The frame's name in a record and in the Python API.
        version: Raised with every change of columns, together with a migration.
        meaning: What one row is.
        columns: In display order.
    """

    name: str
    version: int
    meaning: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]

    @property
    def keys(self) -> list[str]:
        """Names of the columns that identify a row."""
        return [column.name for column in self.columns if column.key]

    def schema(self) -> pa.Schema:
        """Return the Arrow schema, with the table's name and version as metadata."""
        fields = [
            pa.field(
                column.name,
                column.type,
                nullable=column.optional,
                metadata={"unit": column.unit} if column.unit else None,
            )
            for column in self.columns
        ]
        metadata = {"qgate.table": self.name, "qgate.version": str(self.version)}
        return pa.schema(fields, metadata=metadata)

    def empty(self) -> pd.DataFrame:
        """Return a frame of this table without rows."""
        return to_pandas(self.schema().empty_table())

    def frame(self, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
        """Build a checked frame from *rows*; a column that a row leaves out is missing.

        Raises:
            SchemaError: A row has an unknown column, a wrong type or a missing value.
        """
        rows = list(rows)
        known = set(self.names)
        for row in rows:
            if unknown := sorted(set(row) - known):
                message = f"Table {self.name} has no column {', '.join(unknown)}."
                raise SchemaError(message)
        data = {name: [row.get(name) for row in rows] for name in self.names}
        return self._checked(data)

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return *frame* with this table's columns, order and types.

        Raises:
            SchemaError: A column is unknown, missing where it must not be, of a wrong type,
                or two rows have the same key.
        """
        if unknown := [str(name) for name in frame.columns if name not in self.names]:
            message = f"Table {self.name} has no column {', '.join(unknown)}."
            raise SchemaError(message)
        missing: list[object] = [None] * len(frame)
        data = {
            name: _plain(frame[name]) if name in frame else missing
            for name in self.names
        }
        return self._checked(data)

    def _checked(self, data: dict[str, list[object]]) -> pd.DataFrame:
        arrays = []
        for column in self.columns:
            try:
                array = pa.array(data[column.name], type=column.type, from_pandas=True)
            except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
                message = (
                    f"Column {self.name}.{column.name} takes {column.type}: {error}."
                )
                raise SchemaError(message) from error
            if array.null_count and not column.optional:
                message = (
                    f"Column {self.name}.{column.name} must have a value in every row."
                )
                raise SchemaError(message)
            arrays.append(array)
        frame = to_pandas(pa.Table.from_arrays(arrays, schema=self.schema()))
        if self.keys and frame.duplicated(self.keys).any():
            row = frame.loc[frame.duplicated(self.keys), self.keys].iloc[0].to_dict()
            message = f"Table {self.name} has two rows for {row}."
            raise SchemaError(message)
        return frame


def rows(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the rows of *frame* as plain values, None for what is missing."""
    plain = frame.astype(object)
    plain = plain.where(plain.notna(), None)
    yield from ({str(k): v for k, v in row.items()} for row in plain.to_dict("records"))


def _plain(series: pd.Series) -> list[object]:
    return [
        None if _missing(value) else _listed(value) for value in series.astype(object)
    ]


def _missing(value: object) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or value != value  # noqa: PLR0124


def _listed(value: object) -> object:
    return value.tolist() if hasattr(value, "tolist") else value


_PANDAS_TYPES: dict[pa.DataType, object] = {
    pa.string(): pd.StringDtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.float64(): pd.Float64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Convert with nullable types, and lists as Python lists."""
    frame: pd.DataFrame = table.to_pandas(types_mapper=_PANDAS_TYPES.get)
    for field in table.schema:
        if pa.types.is_list(field.type):
            frame[field.name] = pd.Series(
                table.column(field.name).to_pylist(), index=frame.index, dtype=object
            )
    return frame
