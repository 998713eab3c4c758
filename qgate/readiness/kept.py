"""What a database keeps for a module, before and after an upgrade, read past Odoo."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import psycopg

_TABLES: Final = (
    "SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
)


@dataclass(frozen=True)
class Values:
    """What a column holds.

    Attributes:
        name: Its name.
        count: Records with a value.
        mark: Hash of all values with their records.
    """

    name: str
    count: int
    mark: str | None


@dataclass(frozen=True)
class Kept:
    """What a table holds.

    Attributes:
        table: Its name.
        model: Odoo's name of it; None of a relation, and of another module's table.
        ids: Of its records; None where they do not count.
        rows: Of a relation.
        columns: What is entered in it, by the column's number, which no renaming changes.
        last: The highest number a column of it ever had; a new one gets a higher.
    """

    table: str
    model: str | None
    ids: frozenset[int] | None = None
    rows: frozenset[str] | None = None
    columns: Mapping[int, Values] = field(default_factory=dict)
    last: int = 0

    @property
    def count(self) -> int:
        """Records or pairs in it."""
        return len(self.ids or ()) + len(self.rows or ())


@dataclass(frozen=True)
class State:
    """What a database keeps for one module.

    Attributes:
        tables: By PostgreSQL's number of the table, which no renaming changes.
        others: Numbers of all tables there are.
        declared: Records that are data of a module, as (model, id).
    """

    tables: Mapping[int, Kept]
    others: frozenset[int]
    declared: frozenset[tuple[str, int]]


@dataclass
class Lost:
    """What is gone after an upgrade.

    Attributes:
        records: Of people, by table.
        declared: Records that the module itself had brought, by table.
        pairs: Of relations that are there, by table.
        relations: Pairs of relations that are gone themselves, by table.
        values: Columns with the number of values that went with them, as `table.column`.
        moved: Tables and columns that have another name now, as `old to new`.
    """

    records: dict[str, list[int]] = field(default_factory=dict)
    declared: dict[str, list[int]] = field(default_factory=dict)
    pairs: dict[str, int] = field(default_factory=dict)
    relations: dict[str, int] = field(default_factory=dict)
    values: dict[str, int] = field(default_factory=dict)
    moved: list[str] = field(default_factory=list)


def look(connection: psycopg.Connection[Any], owned: Mapping[str, Any]) -> State:
    """Return what the database keeps for a module.

    Args:
        connection: To the database.
        owned: `models` as (model, table), `relations`, and `columns` by table.
    """
    numbers = {name: oid for oid, name in connection.execute(_TABLES).fetchall()}
    models = {table: model for model, table in owned["models"]}
    tables: dict[int, Kept] = {}
    for table in sorted({*models, *owned["columns"]} & {*numbers}):
        columns = _columns(connection, table, owned["columns"].get(table, ()))
        model = models.get(table)
        ids = _ids(connection, table) if model else None
        last = _last(connection, table)
        tables[numbers[table]] = Kept(table, model, ids=ids, columns=columns, last=last)
    for table in owned["relations"]:
        if table in numbers and numbers[table] not in tables:
            pairs = _pairs(connection, table)
            tables[numbers[table]] = Kept(table, None, rows=pairs)
    declared = connection.execute(
        "SELECT model, res_id FROM ir_model_data WHERE model = ANY(%s)",
        ([*models.values()],),
    ).fetchall()
    return State(tables, frozenset(numbers.values()), frozenset(declared))


def compare(connection: psycopg.Connection[Any], before: State) -> Lost:
    """Return what of *before* the database does not have any more."""
    names = dict(connection.execute(_TABLES).fetchall())
    lost = Lost()
    for number, kept in before.tables.items():
        table = names.get(number)
        if table is None:
            _dropped(connection, kept, before, names, lost)
            continue
        if table != kept.table:
            lost.moved.append(f"{kept.table} to {table}")
        if kept.ids is not None:
            _missing(kept, _ids(connection, table), before, lost)
        if kept.rows is not None:
            gone = len(kept.rows - _pairs(connection, table))
            if gone:
                lost.pairs[kept.table] = gone
        _values(connection, table, kept, lost)
    _drop_pairs_of_lost(lost)
    return lost


def _dropped(
    connection: psycopg.Connection[Any],
    kept: Kept,
    before: State,
    names: Mapping[int, str],
    lost: Lost,
) -> None:
    """Note a table that is gone, unless a new one has its records."""
    if kept.rows:
        lost.relations[kept.table] = len(kept.rows)
    if not kept.ids:
        return
    for number, name in names.items():
        if number not in before.others and _has_id(connection, name):
            there = _ids(connection, name)
            if kept.ids <= there:
                lost.moved.append(f"{kept.table} to {name}")
                return
    _missing(kept, frozenset(), before, lost)


def _missing(kept: Kept, there: frozenset[int], before: State, lost: Lost) -> None:
    gone = sorted((kept.ids or frozenset()) - there)
    own = [number for number in gone if (kept.model, number) in before.declared]
    persons = [number for number in gone if (kept.model, number) not in before.declared]
    if own:
        lost.declared[kept.table] = own
    if persons:
        lost.records[kept.table] = persons


def _values(
    connection: psycopg.Connection[Any], table: str, kept: Kept, lost: Lost
) -> None:
    """Note columns whose values are gone: dropped, or left empty."""
    if not kept.columns:
        return
    named = dict(
        connection.execute(
            "SELECT attnum, attname FROM pg_attribute WHERE attrelid = %s::regclass"
            " AND attnum > 0 AND NOT attisdropped",
            (sql.Identifier(table).as_string(connection),),
        ).fetchall()
    )
    now = _columns(connection, table, [*named.values()])
    marks = {
        values.mark: values.name
        for number, values in now.items()
        if values.count and number > kept.last
    }
    for number, old in kept.columns.items():
        new = now.get(number)
        if not old.count or (new and new.count):
            if new and new.name != old.name:
                lost.moved.append(f"{table}.{old.name} to {new.name}")
        elif old.mark in marks:
            lost.moved.append(f"{table}.{old.name} to {marks[old.mark]}")
        elif kept.table not in lost.records:
            lost.values[f"{kept.table}.{old.name}"] = old.count


def _drop_pairs_of_lost(lost: Lost) -> None:
    """Leave out relations of records that are lost themselves."""
    if lost.records:
        lost.pairs.clear()
        lost.relations.clear()


def _columns(
    connection: psycopg.Connection[Any], table: str, names: Iterable[str]
) -> dict[int, Values]:
    there: Sequence[tuple[int, str]] = connection.execute(
        "SELECT attnum, attname FROM pg_attribute WHERE attrelid = %s::regclass"
        " AND attnum > 0 AND NOT attisdropped AND attname = ANY(%s) ORDER BY attnum",
        (sql.Identifier(table).as_string(connection), [*names]),
    ).fetchall()
    if not there or not _has_id(connection, table):
        return {}
    parts = sql.SQL(", ").join(
        sql.SQL(
            "count({0}), md5(string_agg(id || ':' || md5({0}::text), ',' ORDER BY id)"
            " FILTER (WHERE {0} IS NOT NULL))"
        ).format(sql.Identifier(name))
        for _, name in there
    )
    query = sql.SQL("SELECT {} FROM {}").format(parts, sql.Identifier(table))
    row = connection.execute(query).fetchone() or ()
    return {
        number: Values(name, row[2 * i], row[2 * i + 1])
        for i, (number, name) in enumerate(there)
    }


def _last(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(
        "SELECT coalesce(max(attnum), 0) FROM pg_attribute WHERE attrelid = %s::regclass",
        (sql.Identifier(table).as_string(connection),),
    ).fetchone()
    return int(row[0]) if row else 0


def _has_id(connection: psycopg.Connection[Any], table: str) -> bool:
    found = connection.execute(
        "SELECT 1 FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'id'",
        (sql.Identifier(table).as_string(connection),),
    ).fetchone()
    return found is not None


def _ids(connection: psycopg.Connection[Any], table: str) -> frozenset[int]:
    query = sql.SQL("SELECT id FROM {}").format(sql.Identifier(table))
    return frozenset(row[0] for row in connection.execute(query))


def _pairs(connection: psycopg.Connection[Any], table: str) -> frozenset[str]:
    query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table))
    return frozenset(row[0] for row in connection.execute(query))
