"""Files of older table versions become what this qgate reads.

Whoever raises the version of a table adds the step from the version before to `STEPS`. Where
nothing but optional columns came or any went, no step is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from qgate.frames.schema import SchemaError

if TYPE_CHECKING:
    from qgate.frames.schema import Table

Step = Callable[[pa.Table], pa.Table]
"""Takes the rows of one version and returns those of the next."""

STEPS: Final[dict[tuple[str, int], Step]] = {}
"""By the table's name and the version a step starts from."""


def migrate(
    found: pa.Table,
    table: Table,
    version: int,
    steps: Mapping[tuple[str, int], Step] | None = None,
) -> pa.Table:
    """Return the rows of *table* at *version* as the table is now.

    Raises:
        SchemaError: The version is newer, or a value that has to be there is not.
    """
    if version > table.version:
        message = (
            f"Table {table.name} has version {version}, this qgate reads up to "
            f"{table.version}."
        )
        raise SchemaError(message, hint="Upgrade qgate.")
    known = STEPS if steps is None else steps
    for number in range(version, table.version):
        step = known.get((table.name, number))
        found = step(found) if step else found
    return as_now(found, table)


def as_now(found: pa.Table, table: Table) -> pa.Table:
    """Return *found* with the columns, the order and the types of *table*.

    Raises:
        SchemaError: A column that must have a value is missing, or has another type.
    """
    columns = []
    for column in table.columns:
        if column.name in found.column_names:
            try:
                columns.append(found.column(column.name).cast(column.type))
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
                message = (
                    f"Column {table.name}.{column.name} takes {column.type}: {error}."
                )
                raise SchemaError(message) from error
        elif column.optional:
            columns.append(pa.nulls(found.num_rows, column.type))
        else:
            message = f"Table {table.name} needs a column {column.name}, there is none."
            raise SchemaError(message)
        if columns[-1].null_count and not column.optional:
            message = (
                f"Column {table.name}.{column.name} must have a value in every row."
            )
            raise SchemaError(message)
    return pa.Table.from_arrays(columns, schema=table.schema())
