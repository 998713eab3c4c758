"""The history as a person or a notebook asks it: every answer is a DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qgate.errors import UsageError
from qgate.frames.schema import to_pandas
from qgate.history import compaction, tables
from qgate.history.appending import append
from qgate.history.period import Choice, When, moment
from qgate.history.place import Place
from qgate.history.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    import pyarrow as pa

    from qgate.history.compaction import Compacted
    from qgate.record import Record

CONTEXT: Final = (
    "run_id",
    "started",
    "branch",
    "commit",
    "author_date",
    "machine",
    "conditions",
)
"""Columns of the run that stand before those of a frame."""


class History:
    """The frames of all runs at one place.

    Every method reads what the place holds when it is called. Files that cannot be read are
    left out, and `problems` says which and why.

    Args:
        url: A folder, or an fsspec URL.
        options: What the URL's driver takes.
        secrets: Words that never get into a message.

    Raises:
        UsageError: No driver for the URL is installed, or it is not a URL.
    """

    def __init__(
        self,
        url: str,
        options: Mapping[str, object] | None = None,
        *,
        secrets: Sequence[str] = (),
    ) -> None:
        self.place = Place(url, options or {}, secrets)
        self._reader = Reader(self.place)

    @property
    def url(self) -> str:
        """Where it lies, without passwords."""
        return self.place.url

    @property
    def problems(self) -> list[str]:
        """What was left out so far, and why, one sentence each."""
        return list(self._reader.problems)

    def runs(
        self,
        *,
        branch: str | None = None,
        since: When = None,
        until: When = None,
        module: str | None = None,
        machine: str | None = None,
        profile: str | None = None,
    ) -> pd.DataFrame:
        """Return the runs, one row each, oldest first; `data` (run.json) is left out.

        Where several runs have the same id, theirs has the start of their key's hash behind it.

        Args:
            branch: Only those of this branch.
            since: Only those that began then or later: `30d`, a date, a datetime.
            until: Only those that began before.
            module: Only those that judged this module.
            machine: Only those of this machine, by its hash.
            profile: Only those under this profile.

        Raises:
            UsageError: A moment is none.
            HistoryProblem: The history cannot be read.
        """
        choice = Choice(branch, moment(since), moment(until), module, machine, profile)
        where, values = choice.where()
        names = ", ".join(
            f"runs.{name}" for name in tables.RUNS.names if name != "data"
        )
        sql = f"SELECT {names} FROM runs WHERE {where} ORDER BY started, key"  # noqa: S608
        return to_pandas(self.query(sql, (), values, since=choice.month))

    def frame(
        self,
        name: str,
        *,
        branch: str | None = None,
        since: When = None,
        until: When = None,
        module: str | None = None,
        machine: str | None = None,
        profile: str | None = None,
        **equal: object,
    ) -> pd.DataFrame:
        """Return the rows of the frame *name* of many runs, with each run's own columns first.

        Args:
            name: A frame, as `performance`, or a table of the history, as `module_coverage`.
            branch: As in `runs`.
            since: As in `runs`.
            until: As in `runs`.
            module: Only rows of this module; runs that judged it where rows have none.
            machine: As in `runs`.
            profile: As in `runs`.
            **equal: Values that columns of the frame have to have; None is no condition.

        Raises:
            UsageError: There is no such frame or column.
            HistoryProblem: The history cannot be read.
        """
        table = tables.ALL.get(name)
        if table is None or name == "runs":
            message = f"The history has no frame {name}."
            raise UsageError(message, hint=f"It has {', '.join(sorted(tables.ALL))}.")
        given = {column: value for column, value in equal.items() if value is not None}
        if unknown := sorted(set(given) - set(table.names)):
            message = f"Frame {name} has no column {', '.join(unknown)}."
            raise UsageError(message, hint=f"It has {', '.join(table.names)}.")
        choice = Choice(branch, moment(since), moment(until), module, machine, profile)
        where, values = choice.where()
        if module and "module" in table.names:
            given["module"] = module
        conditions = "".join(f' AND own."{column}" = ?' for column in given)
        shown = [f"runs.{column}" for column in CONTEXT]
        shown += [
            f'own."{column}"' + (f' AS "{name}_{column}"' if column in CONTEXT else "")
            for column in table.names
            if column != tables.KEY
        ]
        sql = (
            f'SELECT {", ".join(shown)} FROM "{name}" AS own '  # noqa: S608 - names of ours
            f"JOIN runs USING (key) WHERE {where}{conditions} ORDER BY runs.started, key"
        )
        return to_pandas(
            self.query(sql, [name], [*values, *given.values()], since=choice.month)
        )

    def performance(
        self,
        *,
        operation: str | None = None,
        branch: str | None = None,
        since: When = None,
        until: When = None,
        machine: str | None = None,
    ) -> pd.DataFrame:
        """Return operations under load, one row per run and operation.

        Times of rows with the same `conditions` (machine and load) can be compared.

        Raises:
            HistoryProblem: The history cannot be read.
        """
        return self.frame(
            "performance",
            operation=operation,
            branch=branch,
            since=since,
            until=until,
            machine=machine,
        )

    def coverage(
        self,
        *,
        module: str | None = None,
        branch: str | None = None,
        since: When = None,
        until: When = None,
    ) -> pd.DataFrame:
        """Return coverage, one row per run and module; `frame("coverage")` has the files.

        Raises:
            HistoryProblem: The history cannot be read.
        """
        found = self.frame(
            "module_coverage", module=module, branch=branch, since=since, until=until
        )
        share = 100 * found["covered"] / found["statements"].replace(0, None)
        return found.assign(percent=share.astype("Float64").fillna(100.0))

    def query(
        self,
        sql: str,
        names: Sequence[str] = (),
        parameters: Sequence[object] = (),
        *,
        since: str = "",
    ) -> pa.Table:
        """Return the answer of *sql*, as Arrow, over `runs` and the tables *names*.

        Tables are joined by their column `key`. Rows of runs that have no row in `runs` belong
        to an append that was killed, so join with it.

        Args:
            sql: A query in DuckDB's SQL.
            names: Tables it reads besides `runs`.
            parameters: Values of its question marks.
            since: First month that is looked at, as 2026-11.

        Raises:
            HistoryProblem: The history cannot be read, or the query is wrong.
        """
        return self._reader.query(sql, names, parameters, since=since)

    def append(
        self, record: Record, *, report: str | None = None, again: bool = False
    ) -> str | None:
        """Add the run of *record*; see `qgate.history.appending.append`."""
        return append(self.place, record, report=report, again=again)

    def compact(self, *, grace: float = compaction.GRACE) -> Compacted:
        """Make few files of many; see `qgate.history.compaction.compact`."""
        return compaction.compact(self.place, grace=grace)

    def __repr__(self) -> str:
        return f"<History {self.url}>"


__all__ = ["CONTEXT", "History"]
