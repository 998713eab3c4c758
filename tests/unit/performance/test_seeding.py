from __future__ import annotations

import pytest

from qgate.errors import StageFailed
from qgate.performance.seeding import Seeded, checked


def row(records: int | None, *logins: str) -> dict[str, object]:
    return {"records": records, "logins": list(logins), "seconds": 0.5}


def test_what_the_seeds_have_left_is_added_up() -> None:
    told = {"a": row(100, "ann", "bob"), "b": row(250)}
    logins = {"a": ["ann", "bob"], "b": []}
    assert checked(told, 100) == Seeded(350, logins)
    assert checked({}, 100) == Seeded(0, {})


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        (99, r"a: perf/seed\.py left 99 of 100 records"),
        (0, r"a: perf/seed\.py left 0 of 100 records"),
        (None, r"a: seed\(\) of perf/seed\.py does not return its records"),
    ],
)
def test_too_few_records_are_an_error(records: int | None, reason: str) -> None:
    with pytest.raises(StageFailed, match=reason):
        checked({"a": row(records)}, 100)
