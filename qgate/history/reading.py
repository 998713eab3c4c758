"""Queries over a history: DuckDB over the files that hold each run once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import duckdb

from qgate.frames.schema import SchemaError
from qgate.history import files, layout, tables
from qgate.history.place import HistoryProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from qgate.history.layout import Chosen
    from qgate.history.place import Place

_TRIES: Final = 5
"""Times a query is tried again when files were replaced or set aside meanwhile."""

_MEMORY: Final = "400MB"
"""What DuckDB may take before it writes to disk."""


class Reader:
    """Answers SQL over tables of a history.

    Args:
        place: The history.

    Attributes:
        problems: What was left out and why, one sentence each.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.problems: list[str] = []
        self._broken: set[str] = set()

    def query(
        self,
        sql: str,
        names: Sequence[str],
        parameters: Sequence[object] = (),
        *,
        since: str = "",
    ) -> pa.Table:
        """Return the answer of *sql*.

        Args:
            sql: A query over the tables *names*; `runs` is always one of them.
            names: Tables of the history it reads.
            parameters: Values of its question marks.
            since: First month that is looked at, as 2026-11.

        Raises:
            HistoryProblem: The history cannot be read, or the query is wrong.
        """
        wanted = list(dict.fromkeys(["runs", *names]))
        for _ in range(_TRIES):
            picked = {name: self._files(name, since) for name in wanted}
            with self._connected() as connection:
                try:
                    for name, chosen in picked.items():
                        self._view(connection, name, chosen)
                    found = connection.sql(sql, params=list(parameters))
                    return found.to_arrow_table()
                except FileNotFoundError:
                    continue  # a compaction removed a file after it was listed
                except duckdb.Error as error:
                    if not self._set_aside(picked):
                        message = (
                            f"The history {self.place.url} cannot be read "
                            f"({self.place.shown(str(error).splitlines()[0])})."
                        )
                        raise HistoryProblem(
                            message, hint="Is the query right?"
                        ) from error
        message = f"The history {self.place.url} changes faster than it can be read."
        raise HistoryProblem(message, hint="Try again when fewer runs end.")

    def _connected(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(":memory:", config={"memory_limit": _MEMORY})
        connection.execute("SET TimeZone = 'UTC'")
        if not self.place.local:
            connection.register_filesystem(self.place.fs)
        return connection

    def _files(self, name: str, since: str) -> list[Chosen]:
        table = tables.ALL[name]
        found = []
        for file in files.listed(self.place, table, since):
            if file.path in self._broken:
                continue
            if file.version > table.version:
                self._tell(
                    f"{file.path} was written by a newer qgate and is left out: it has "
                    f"version {file.version} of {name}, this qgate reads up to "
                    f"{table.version}."
                )
                continue
            found.append(file)
        keys, broken = files.runs_in(self.place, layout.doubtful(found))
        for file in broken:
            self._leave_out(file.path, "it is not a readable Parquet file")
        sound = [file for file in found if file.path not in self._broken]
        return layout.chosen(sound, keys)[0]

    def _view(
        self,
        connection: duckdb.DuckDBPyConnection,
        name: str,
        chosen: Sequence[Chosen],
    ) -> None:
        """Make the view *name* of the chosen files."""
        table = tables.ALL[name]
        now = [
            each
            for each in chosen
            if each.file.version == table.version and not each.without
        ]
        parts = []
        if now:
            listed = ", ".join(
                _quoted(self.place.address(each.file.path)) for each in now
            )
            parts.append(
                f"SELECT * FROM read_parquet([{listed}], hive_partitioning=false)"  # noqa: S608 - quoted
            )
        if rest := self._read(name, [each for each in chosen if each not in now]):
            connection.register(f"_{name}", files.joined(rest, table))
            parts.append(f"SELECT * FROM _{name}")  # noqa: S608 - a table of ours
        if not parts:
            connection.register(f"_{name}", table.schema().empty_table())
            parts.append(f"SELECT * FROM _{name}")  # noqa: S608 - a table of ours
        # Names of tables are ours, and paths are quoted.
        connection.execute(
            f"CREATE VIEW {_name(name)} AS {' UNION ALL BY NAME '.join(parts)}"
        )

    def _read(
        self, name: str, chosen: Sequence[Chosen]
    ) -> list[tuple[Chosen, pa.Table]]:
        """Read files that DuckDB cannot take as they are: of older versions, or in part."""
        found = []
        for each in chosen:
            try:
                rows = files.read(self.place, each.file, tables.ALL[name])
            except SchemaError as error:
                self._leave_out(each.file.path, error.message)
                continue
            found.append((each, rows))
        return found

    def _set_aside(self, picked: dict[str, list[Chosen]]) -> bool:
        """Look for files that cannot be read; return whether trying again makes sense."""
        again = False
        for name, chosen in picked.items():
            for each in chosen:
                try:
                    files.read(self.place, each.file, tables.ALL[name])
                except FileNotFoundError:
                    again = True
                except SchemaError:
                    self._leave_out(each.file.path, "it is not a readable Parquet file")
                    again = True
        return again

    def _leave_out(self, path: str, why: str) -> None:
        self._broken.add(path)
        self._tell(
            f"{self.place.shown(path)} is left out: {why.rstrip('.')}. "
            "`qgate history import --again RUN` writes it anew where the record is still there."
        )

    def _tell(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(table: str) -> str:
    return f'"{table}"'
