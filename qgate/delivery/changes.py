"""What is written to a database since a switch, so that a rollback can carry it over.

Triggers note each row in the order in which it was written. On the way back the rows are
written to the other database in that order, in one transaction; what does not fit there (a
table or a column that it does not have, a row that it refuses) is named, and unless that was
accepted nothing is written at all.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Self

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from qgate import process
from qgate.delivery import target as targets
from qgate.delivery.upgrade import Lock

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from qgate.sections import Target
    from qgate.settings import Settings

_LEFT_OUT: Final = (
    "bus_bus",
    "bus_presence",
    "mail_presence",
    "ir_cron",
    "ir_cron_progress",
    "ir_cron_trigger",
    "ir_logging",
    "ir_profile",
)
"""Tables of the running server, not of its users."""

_SCHEMA: Final = """
DROP SCHEMA IF EXISTS qgate CASCADE;
CREATE SCHEMA qgate;
CREATE TABLE qgate.capture (token text PRIMARY KEY);
INSERT INTO qgate.capture VALUES (gen_random_uuid());
CREATE TABLE qgate.changes (
    id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(),
    name text NOT NULL, kind text NOT NULL, before jsonb, after jsonb
);
CREATE FUNCTION qgate.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF current_setting('qgate.replay', true) = 'on' THEN
        RETURN NULL;  -- the other database has it already
    END IF;
    INSERT INTO qgate.changes (name, kind, before, after) VALUES (
        TG_TABLE_NAME, TG_OP,
        CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END,
        CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END
    );
    RETURN NULL;
END $$;
"""
_DONE: Final = """
CREATE SCHEMA IF NOT EXISTS qgate_done;
CREATE TABLE IF NOT EXISTS qgate_done.replayed (
    token text PRIMARY KEY, last bigint NOT NULL, lost jsonb NOT NULL
);
"""
_SHOWN: Final = 50


class Changes:
    """The noted changes of one database.

    Args:
        settings: The configuration.
        target: The target.
        database: Where changes are noted.
    """

    def __init__(self, settings: Settings, target: Target, database: str) -> None:
        self._settings = settings
        self._target = target
        self._database = database
        self._lock = Lock(settings, target, database)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._lock.refuse_waiting()
        self.release()

    def release(self) -> None:
        """Let the database be written again."""
        self._lock.release()

    def install(self) -> int:
        """Note every change from now on; return of how many tables."""
        with targets.connect(
            self._settings, self._target, self._database, autocommit=False
        ) as connection:
            connection.execute(_SCHEMA)
            names = [
                name
                for (name,) in connection.execute(
                    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
                    "AND NOT (tablename = ANY(%s)) ORDER BY tablename",
                    (list(_LEFT_OUT),),
                ).fetchall()
            ]
            for name in names:
                connection.execute(
                    sql.SQL(
                        "CREATE TRIGGER qgate_note AFTER INSERT OR UPDATE OR DELETE "
                        "ON public.{} FOR EACH ROW EXECUTE FUNCTION qgate.note()"
                    ).format(sql.Identifier(name))
                )
        return len(names)

    def lock(self, seconds: float) -> None:
        """Keep it from being written while its changes are carried over."""
        self._lock.take(seconds)

    def replay(
        self, to: str, evidence: Path, *, accept_loss: bool, trial: bool = False
    ) -> list[str]:
        """Write the changes to database *to*; return those that cannot be, a sentence each.

        Args:
            to: The other database.
            evidence: Folder that gets the rows that cannot be kept, as they were.
            accept_loss: Whether the others are written all the same; else none is.
            trial: Only find out what could not be written; nothing is kept.
        """
        with (
            targets.connect(self._settings, self._target, self._database) as source,
            targets.connect(
                self._settings, self._target, to, autocommit=False
            ) as other,
        ):
            other.execute(_DONE)
            other.execute("SET LOCAL qgate.replay = 'on'")
            token, last, lost = _earlier(source, other)
            changes = source.execute(
                "SELECT id, name, kind, before, after FROM qgate.changes "
                "WHERE id > %s ORDER BY id",
                (last,),
            ).fetchall()
            replay = _Replay(other)
            for change in changes:
                replay.one(*change)
            lost += replay.lost
            if replay.lost:
                _keep(evidence / "writes-not-kept.jsonl", replay.rows)
            if trial or (lost and not accept_loss):
                other.rollback()
                return lost
            _raise_sequences(source, other)
            other.execute(
                "INSERT INTO qgate_done.replayed VALUES (%s, %s, %s) ON CONFLICT (token) "
                "DO UPDATE SET last = excluded.last, lost = excluded.lost",
                (token, changes[-1][0] if changes else last, Jsonb(lost)),
            )
        return lost


class _Replay:
    """Writes changes to a database one by one; keeps those that it refuses."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._columns: dict[str, set[str]] = {}
        for table, column in connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND is_generated = 'NEVER'"
        ).fetchall():
            self._columns.setdefault(table, set()).add(column)
        self.lost: list[str] = []
        self.rows: list[dict[str, Any]] = []

    def one(
        self,
        number: int,
        table: str,
        kind: str,
        before: dict[str, Any] | None,
        after: dict[str, Any] | None,
    ) -> None:
        """Write one change, or keep it as lost."""
        row = after or before or {}
        if table == "ir_attachment" and str(row.get("url")).startswith("/web/assets/"):
            return  # compiled again by whoever serves
        known = self._columns.get(table)
        if known is None:
            self._lose(
                number, table, kind, row, before, after, "there is no such table"
            )
            return
        changed = {
            key: value
            for key, value in (after or {}).items()
            if before is None or before.get(key) != value
        }
        extra = sorted(
            key
            for key, value in changed.items()
            if key not in known and value is not None
        )
        if extra:
            why = f"there is no column {', '.join(extra)}"
            self._lose(number, table, kind, row, before, after, why)
        try:
            with self._connection.transaction():
                done = self._write(table, kind, before, after, known, changed)
        except psycopg.Error as error:
            why = process.tail(str(error.diag.message_primary or error), 1)
            self._lose(number, table, kind, row, before, after, why)
            return
        if not done:
            why = "the row is not there"
            self._lose(number, table, kind, row, before, after, why)

    def _write(
        self,
        table: str,
        kind: str,
        before: dict[str, Any] | None,
        after: dict[str, Any] | None,
        known: set[str],
        changed: dict[str, Any],
    ) -> bool:
        name = sql.Identifier("public", table)
        keys = ["id"] if "id" in known else sorted(set(before or {}) & known)
        if kind == "INSERT":
            columns = sorted(set(after or {}) & known)
            listed = sql.SQL(", ").join(map(sql.Identifier, columns))
            statement = sql.SQL(
                "INSERT INTO {} ({}) SELECT {} FROM jsonb_populate_record(NULL::{}, %s)"
            ).format(name, listed, listed, name)
            return self._execute(statement, after) == 1
        same = sql.SQL(" AND ").join(
            sql.SQL("t.{0} IS NOT DISTINCT FROM b.{0}").format(sql.Identifier(key))
            for key in keys
        )
        if kind == "DELETE":
            statement = sql.SQL(
                "DELETE FROM {} t USING jsonb_populate_record(NULL::{}, %s) b WHERE {}"
            ).format(name, name, same)
            return self._execute(statement, before) >= 1
        columns = sorted(set(changed) & known)
        if not columns:
            return True
        values = sql.SQL(", ").join(
            sql.SQL("{0} = a.{0}").format(sql.Identifier(key)) for key in columns
        )
        statement = sql.SQL(
            "UPDATE {} t SET {} FROM jsonb_populate_record(NULL::{}, %s) a, "
            "jsonb_populate_record(NULL::{}, %s) b WHERE {}"
        ).format(name, values, name, name, same)
        return self._execute(statement, after, before) >= 1

    def _execute(self, statement: sql.Composed, *rows: dict[str, Any] | None) -> int:
        return self._connection.execute(
            statement, [Jsonb(row) for row in rows]
        ).rowcount

    def _lose(
        self,
        number: int,
        table: str,
        kind: str,
        row: dict[str, Any],
        before: dict[str, Any] | None,
        after: dict[str, Any] | None,
        why: str,
    ) -> None:
        what = {"INSERT": "creation", "UPDATE": "change", "DELETE": "deletion"}[kind]
        which = f"{table} {row['id']}" if "id" in row else f"a row of {table}"
        self.rows.append(
            {
                "number": number,
                "table": table,
                "kind": kind,
                "before": before,
                "after": after,
                "why": why,
            }
        )
        if len(self.lost) < _SHOWN:
            self.lost.append(
                f"The {what} of {which} cannot be kept: {why.rstrip('.')}."
            )


def _earlier(
    source: psycopg.Connection[Any], other: psycopg.Connection[Any]
) -> tuple[str, int, list[str]]:
    """Return what names the notes of *source*, and what *other* has of them already.

    A replay that was killed after its commit is so neither done twice nor forgotten: its last
    change and what it had to leave out were committed with it.
    """
    row = source.execute("SELECT token FROM qgate.capture").fetchone()
    token = str(row[0]) if row else ""
    done = other.execute(
        "SELECT last, lost FROM qgate_done.replayed WHERE token = %s", (token,)
    ).fetchone()
    return (token, int(done[0]), list(done[1])) if done else (token, 0, [])


def _raise_sequences(
    source: psycopg.Connection[Any], other: psycopg.Connection[Any]
) -> None:
    """Let no number be given twice: sequences go on where the other database was."""
    query = (
        "SELECT sequencename, last_value FROM pg_sequences "
        "WHERE schemaname = 'public' AND last_value IS NOT NULL"
    )
    known = dict(
        other.execute(
            "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences "
            "WHERE schemaname = 'public'"
        ).fetchall()
    )
    for name, value in source.execute(query).fetchall():
        if name in known and known[name] < value:
            other.execute(
                sql.SQL("SELECT setval({}, %s)").format(
                    sql.Literal(f'public."{name}"')
                ),
                (value,),
            )


def _keep(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
