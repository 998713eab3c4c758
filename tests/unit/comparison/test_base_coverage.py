from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qgate.comparison import compared, joined
from qgate.frames import rows, tables
from tests.support import past_runs
from tests.support.workspaces import git, make_settings, write_module

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.records import Story


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    write_module(tmp_path / "addons", "a", files={"models/a.py": "A = 1\n"})
    (tmp_path / ".gitignore").write_text("reports/\nhistory/\n")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    git(tmp_path, "switch", "-q", "-c", "feature")
    return tmp_path


def base(
    root: Path, past: list[Story], *overrides: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the row on the base's coverage, and what it has of each module."""
    kept = past_runs.history(root, past)
    this = past_runs.run(40, covered=80, branch="feature")
    frames = {
        name: table.frame(this.rows.get(name, ())) for name, table in tables.ALL.items()
    }
    settings = make_settings(root, f"history.url='{root / 'history'}'", *overrides)
    assert kept.url == str(root / "history")
    found = compared(settings, frames, this.data)
    [row] = [row for row in rows(found["baselines"]) if row["kind"] == "coverage"]
    return row, list(rows(found["base_coverage"]))


def test_the_newest_run_of_the_base_branch_counts(repository: Path) -> None:
    past = [
        past_runs.run(1, covered=70),
        past_runs.run(3, covered=85),
        past_runs.run(2, covered=75),
        past_runs.run(5, covered=99, branch="feature"),
        past_runs.run(6, covered=98, git={"dirty": True}),
    ]

    row, [module] = base(repository, past)

    assert (row["status"], row["ref"]) == ("ready", "main")
    assert (module["status"], module["covered"]) == ("measured", 85)
    assert module["commit"] == f"{3:040x}"


def test_the_run_of_the_commit_the_branch_left_from_goes_first(
    repository: Path,
) -> None:
    commit = git(repository, "rev-parse", "main").strip()
    past = [
        past_runs.run(1, covered=70, git={"commit": commit}),
        past_runs.run(3, covered=85),
    ]

    assert base(repository, past)[1][0]["covered"] == 70


def test_a_module_the_base_does_not_have_is_new(repository: Path) -> None:
    git(repository, "rm", "-rq", "--cached", "addons/a")
    git(repository, "commit", "-q", "-m", "without a")
    git(repository, "branch", "-f", "main")

    row, [module] = base(repository, [])

    assert row["status"] == "missing"
    assert "has no run of main with coverage" in row["detail"]
    assert module["status"] == "new"


def test_a_module_the_base_has_but_did_not_measure_is_missing(
    repository: Path,
) -> None:
    assert base(repository, [])[1][0]["status"] == "missing"


def test_a_record_can_stand_for_the_base(repository: Path) -> None:
    kept = past_runs.run(9, covered=61)
    folder = past_runs.save(repository / "reports", kept).folder

    row, [module] = base(repository, [], f"history.base_run='{folder}'")
    assert (row["status"], module["covered"]) == ("ready", 61)

    row, _ = base(repository, [], "history.base_run='nowhere'")
    assert (row["status"], row["ref"]) == ("missing", "nowhere")
    assert row["detail"]


def test_entries_of_a_plan_become_one_comparison() -> None:
    file = {"module": "a", "file": "a.py"}
    whole = {"kind": "diff", "ref": "main"}
    figure = {"value": 1.0, "unit": "%", "status": "compared", "runs": 9, "needed": 9}
    one = {
        "changed_coverage": tables.CHANGED_COVERAGE.frame(
            [file | {"statements": 4, "covered": 2, "missing": [1, 2]}]
        ),
        "baselines": tables.BASELINES.frame([whole | {"status": "missing"}]),
        "base_coverage": tables.BASE_COVERAGE.frame(
            [{"module": "a", "status": "missing"}]
        ),
        "comparisons": tables.COMPARISONS.frame(
            [
                figure | {"measure": "coverage", "subject": "a"},
                figure | {"measure": "coverage", "subject": "b"},
            ]
        ),
    }
    two = {
        "changed_coverage": tables.CHANGED_COVERAGE.frame(
            [file | {"statements": 4, "covered": 3, "missing": [2]}]
        ),
        "baselines": tables.BASELINES.frame([whole | {"status": "ready"}]),
        "base_coverage": tables.BASE_COVERAGE.frame(
            [{"module": "a", "status": "measured", "statements": 9, "covered": 9}]
        ),
        "comparisons": tables.COMPARISONS.frame(
            [figure | {"measure": "coverage", "subject": "a"}]
        ),
    }

    found = joined([one, two, {}])

    [lines] = rows(found["changed_coverage"])
    assert (lines["covered"], lines["missing"]) == (3, [2])
    assert list(found["baselines"]["status"]) == ["missing"]
    assert list(found["base_coverage"]["status"]) == ["measured"]
    assert list(found["comparisons"]["subject"]) == ["b"]
