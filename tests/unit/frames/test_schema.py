from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pytest

from qgate.frames import Column, SchemaError, Table, read_frame, tables, write_frame

if TYPE_CHECKING:
    from pathlib import Path

TABLE = Table(
    "things",
    1,
    "A thing.",
    (
        Column("name", pa.string(), "Name.", key=True),
        Column("size", pa.int64(), "Size.", unit="bytes"),
        Column("share", pa.float64(), "Share.", optional=True),
        Column("lines", pa.list_(pa.int64()), "Lines.", optional=True),
    ),
)


def test_rows_become_a_typed_frame() -> None:
    frame = TABLE.frame(
        [{"name": "a", "size": 1, "lines": [1, 2]}, {"name": "b", "size": 2}]
    )
    assert list(frame.columns) == ["name", "size", "share", "lines"]
    assert frame["size"].dtype == pd.Int64Dtype()
    assert frame["lines"].iloc[0] == [1, 2]
    assert pd.isna(frame["share"].iloc[0])


def test_an_empty_frame_has_the_columns_and_types() -> None:
    for table in tables.ALL.values():
        frame = table.empty()
        assert list(frame.columns) == table.names
        assert table.check(frame).empty
        pd.testing.assert_frame_equal(table.frame([]), frame)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"name": "a", "size": 1, "colour": "red"}, "has no column colour"),
        ({"name": "a"}, "things.size must have a value"),
        ({"name": "a", "size": "many"}, "things.size takes int64"),
        ({"name": 1, "size": 1}, "things.name takes string"),
        ({"name": "a", "size": 1, "lines": ["x"]}, "things.lines takes list"),
    ],
)
def test_a_row_that_does_not_keep_to_it_is_refused(
    row: dict[str, object], said: str
) -> None:
    with pytest.raises(SchemaError, match=said):
        TABLE.frame([row])


def test_two_rows_of_the_same_key_are_refused() -> None:
    with pytest.raises(SchemaError, match=r"two rows for \{'name': 'a'\}"):
        TABLE.frame([{"name": "a", "size": 1}, {"name": "a", "size": 2}])


def test_a_plain_frame_is_checked_and_ordered() -> None:
    plain = pd.DataFrame({"size": [3.0], "name": ["a"], "lines": [[4]]})
    frame = TABLE.check(plain)
    assert list(frame.columns) == TABLE.names
    assert frame.iloc[0].to_dict() | {"share": None} == {
        "name": "a",
        "size": 3,
        "share": None,
        "lines": [4],
    }
    with pytest.raises(SchemaError, match="no column other"):
        TABLE.check(pd.DataFrame({"other": [1]}))


def test_a_frame_survives_the_file(tmp_path: Path) -> None:
    frame = TABLE.frame(
        [
            {"name": "é\n", "size": 2**40, "share": 0.5, "lines": []},
            {"name": "b", "size": 0},
        ]
    )
    write_frame(frame, TABLE, tmp_path / "x" / "things.parquet")
    found = read_frame(tmp_path / "x" / "things.parquet", TABLE)
    pd.testing.assert_frame_equal(found, frame)
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["things.parquet"]


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "things.parquet"
    write_frame(TABLE.frame([{"name": "a", "size": 1}]), TABLE, path)
    with pytest.raises(SchemaError):
        write_frame(pd.DataFrame({"name": ["b"]}), TABLE, path)
    assert read_frame(path, TABLE)["name"].tolist() == ["a"]


def test_a_truncated_or_foreign_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "things.parquet"
    write_frame(TABLE.frame([{"name": "a", "size": 1}]), TABLE, path)
    newer = Table("things", 2, "A thing.", TABLE.columns)
    with pytest.raises(
        SchemaError, match="things version 1, this qgate reads things version 2"
    ):
        read_frame(path, newer)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SchemaError, match="is not a readable Parquet file"):
        read_frame(path, TABLE)
    with pytest.raises(SchemaError, match="is not a readable Parquet file"):
        read_frame(tmp_path / "missing.parquet", TABLE)
