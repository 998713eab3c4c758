"""What a database keeps, before and after SQL that migration scripts may hold."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest

from qgate.readiness import kept
from qgate.readiness.kept import Lost

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from qgate.environment import Environment

pytestmark = pytest.mark.odoo

OWNED = {
    "models": [["a.thing", "a_thing"], ["a.gone", "a_gone"]],
    "relations": ["a_rel", "a_nowhere"],
    "columns": {"a_thing": ["size", "name"], "res_partner": ["lot"]},
}

SET_UP = """
CREATE TABLE ir_model_data (model varchar, res_id int);
CREATE TABLE a_thing (id serial PRIMARY KEY, "size" int, name varchar, other int);
CREATE TABLE a_rel (left_id int, right_id int);
CREATE TABLE res_partner (id serial PRIMARY KEY, lot varchar);
INSERT INTO a_thing (size, name, other) SELECT n, 'x' || n, n FROM generate_series(1, 5) n;
INSERT INTO a_rel SELECT n, n FROM generate_series(1, 5) n;
INSERT INTO res_partner (lot) VALUES ('a'), (NULL);
INSERT INTO ir_model_data VALUES ('a.thing', 5), ('b.thing', 1);
"""


@pytest.fixture
def connection(environment: Environment) -> Iterator[psycopg.Connection[Any]]:
    server = environment.postgres()
    name = f"qgate_kept_{secrets.token_hex(4)}"
    with server.connect() as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
    try:
        with server.connect(name) as connection:
            connection.execute(SET_UP.encode())
            yield connection
    finally:
        with server.connect() as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.mark.parametrize(
    ("script", "lost"),
    [
        ("", Lost()),
        ("UPDATE a_thing SET size = size + 1, name = NULL WHERE id = 1", Lost()),
        (
            "DELETE FROM a_thing WHERE id IN (2, 5); DELETE FROM a_rel WHERE left_id = 2",
            Lost(records={"a_thing": [2]}, declared={"a_thing": [5]}),
        ),
        ("DELETE FROM a_rel WHERE left_id < 3", Lost(pairs={"a_rel": 2})),
        ("DROP TABLE a_rel", Lost(relations={"a_rel": 5})),
        (
            "ALTER TABLE a_rel RENAME TO b_rel; ALTER TABLE a_thing RENAME TO b_thing",
            Lost(moved=["a_thing to b_thing", "a_rel to b_rel"]),
        ),
        (
            "CREATE TABLE b_thing AS SELECT * FROM a_thing; DROP TABLE a_thing",
            Lost(moved=["a_thing to b_thing"]),
        ),
        (
            "CREATE TABLE b_thing AS SELECT * FROM a_thing WHERE id > 1; DROP TABLE a_thing",
            Lost(records={"a_thing": [1, 2, 3, 4]}, declared={"a_thing": [5]}),
        ),
        ("ALTER TABLE a_thing DROP COLUMN size", Lost(values={"a_thing.size": 5})),
        ("ALTER TABLE a_thing DROP COLUMN other", Lost()),
        ("UPDATE a_thing SET size = NULL", Lost(values={"a_thing.size": 5})),
        ("ALTER TABLE res_partner DROP lot", Lost(values={"res_partner.lot": 1})),
        (
            'ALTER TABLE a_thing RENAME "size" TO extent',
            Lost(moved=["a_thing.size to extent"]),
        ),
        (
            (
                "ALTER TABLE a_thing ADD extent int; UPDATE a_thing SET extent = size;"
                "ALTER TABLE a_thing DROP size"
            ),
            Lost(moved=["a_thing.size to extent"]),
        ),
        (  # a column that was there before holds the same by chance
            "UPDATE a_thing SET other = size; ALTER TABLE a_thing DROP size",
            Lost(values={"a_thing.size": 5}),
        ),
        ("ALTER TABLE a_thing ALTER size TYPE bigint", Lost()),
    ],
)
def test_what_is_lost_and_what_has_only_moved(
    connection: psycopg.Connection[Any], script: str, lost: Lost
) -> None:
    before = kept.look(connection, OWNED)
    if script:
        connection.execute(script.encode())
    found = kept.compare(connection, before)
    found.moved.sort()
    lost.moved.sort()
    assert found == lost


def test_what_there_is_to_lose(connection: psycopg.Connection[Any]) -> None:
    state = kept.look(connection, OWNED)
    counts = {item.table: item.count for item in state.tables.values()}
    assert counts == {"a_thing": 5, "a_rel": 5, "res_partner": 0}
    assert state.declared == {("a.thing", 5)}
    partner = next(t for t in state.tables.values() if t.table == "res_partner")
    assert [(v.name, v.count) for v in partner.columns.values()] == [("lot", 1)]
