from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qgate.comparison import compared as compare
from qgate.comparison.earlier import NEEDED, earlier
from qgate.frames import rows, tables
from tests.support import past_runs
from tests.support.workspaces import make_settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.records import Story

LEVELS = [100 + number % 5 for number in range(20)]


def compared(
    folder: Path, past: list[Story], this: Story, *overrides: str
) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """Return comparisons by measure, and the changes."""
    kept = past_runs.history(folder, past)
    frames = {
        name: table.frame(this.rows.get(name, ())) for name, table in tables.ALL.items()
    }
    found = earlier(make_settings(folder, *overrides), lambda: kept, frames, this.data)
    by_measure = {row["measure"]: row for row in rows(found["comparisons"])}
    return by_measure, list(rows(found["changes"]))


def steady(count: int = 20, **values: Any) -> list[Story]:  # noqa: ANN401
    return [past_runs.run(i, p95=LEVELS[i], **values) for i in range(count)]


def test_a_slowdown_is_found_with_the_run_itself(tmp_path: Path) -> None:
    slow = [past_runs.run(i, p95=150 + i % 3) for i in range(20, 24)]

    found, [change] = compared(tmp_path, [*steady(), *slow], past_runs.run(24, p95=151))

    assert (found["p95"]["status"], found["p95"]["runs"]) == ("compared", 24)
    assert (change["commit"], change["commit_before"]) == (
        f"{20:040x}",
        f"{19:040x}",
    )
    assert (change["runs_after"], change["latest"], change["worse"]) == (5, True, True)


def test_a_feature_is_compared_with_the_branch_it_left(tmp_path: Path) -> None:
    # Its commits are older than the newest of the base branch.
    own = [past_runs.run(i, p95=150 + i % 3, branch="feature") for i in range(1, 5)]
    others = [past_runs.run(30, p95=900, branch="of-others")]

    found, [change] = compared(
        tmp_path,
        [*steady(), *own, *others],
        past_runs.run(5, p95=151, branch="feature"),
    )

    assert found["p95"]["runs"] == 24
    assert (change["commit"], change["latest"]) == (f"{1:040x}", True)


@pytest.mark.parametrize(
    "unlike",
    [
        {"load": {"users": 20}},
        {"git": {"dirty": True}},
        {"status": "reused"},
        {"load": {"ended": "early", "cause": "killed"}},
    ],
)
def test_only_like_is_compared_with_like(
    tmp_path: Path, unlike: dict[str, Any]
) -> None:
    past = [*steady(10), *[past_runs.run(i, p95=500, **unlike) for i in range(10, 20)]]

    found, changes = compared(tmp_path, past, past_runs.run(20, p95=101))

    assert found["p95"]["runs"] == 10
    assert found["p95"]["status"] == "too_few"
    assert found["p95"]["detail"] == (
        f"The history has 10 of the {NEEDED} earlier runs that it takes."
    )
    assert changes == []


def test_without_a_history_that_can_be_read_that_is_said(tmp_path: Path) -> None:
    this = past_runs.run(20, p95=101)

    found, _ = compared(tmp_path, steady(2), this, "history.enabled=false")
    assert found["p95"]["status"] == "off"

    reused = past_runs.run(20, p95=101, status="reused")
    found, _ = compared(tmp_path, [], reused)
    assert found["p95"]["status"] == "reused"


def test_a_history_out_of_reach_is_said_and_ends_nothing(tmp_path: Path) -> None:
    this = past_runs.run(20, p95=101, covered=80)
    frames = {
        name: table.frame(this.rows.get(name, ())) for name, table in tables.ALL.items()
    }
    settings = make_settings(tmp_path, "history.url='nothing://of-the-kind'")

    found = compare(settings, frames, this.data)

    statuses = {row["status"] for row in rows(found["comparisons"])}
    assert statuses == {"unreadable"}
    assert all(row["detail"] for row in rows(found["comparisons"]))


def test_coverage_is_compared_on_any_machine(tmp_path: Path) -> None:
    past = [past_runs.run(i, covered=83) for i in range(20)]
    for one in past:
        one.data["machine"] = {**one.data["machine"], "id": "another"}
    past += [past_runs.run(i, covered=75) for i in range(20, 24)]

    found, changes = compared(tmp_path, past, past_runs.run(24, covered=75))

    assert found["coverage"]["status"] == "compared"
    [change] = [row for row in changes if row["measure"] == "coverage"]
    assert (change["before"], change["after"]) == (pytest.approx(83), pytest.approx(75))
    assert change["worse"]
