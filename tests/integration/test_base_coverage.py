"""A real run on a base branch, then one of a feature that is covered worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import qgate
from qgate.frames import rows
from qgate.report import page
from tests.support import odoo_modules
from tests.support.workspaces import git

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.odoo, pytest.mark.usefixtures("environment")]

DEMANDED = (
    "tests.no_worse_than_base=true",
    "tests.min_changed_coverage=80",
    "tests.min_changed_statements=3",
)


def reasons(run: qgate.Run) -> list[str]:
    [row] = [row for row in rows(run.stages) if row["stage"] == "tests"]
    return list(row["reasons"])


def test_a_feature_is_held_to_its_base_and_to_the_lines_it_changed(
    tmp_path: Path,
) -> None:
    folder = odoo_modules.good(tmp_path / "addons")
    (tmp_path / ".gitignore").write_text("reports/\n__pycache__/\n")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")

    def gate() -> qgate.Run:
        return qgate.run(
            tmp_path / "addons", stages=["tests"], root=tmp_path, overrides=DEMANDED
        )

    first = gate()
    # The history has no run of the base branch yet, so nobody knows its coverage.
    assert first.verdict == "error"
    [reason, note] = reasons(first)
    assert reason == (
        "Coverage of the base branch is unknown: The history has no run of main with "
        "coverage."
    )
    assert note.startswith("0 changed statements since main, fewer than 3")

    git(tmp_path, "switch", "-q", "-c", "feature")
    model = folder / "models" / "thing.py"
    model.write_text(
        f"{model.read_text()}\n    def never(self):\n        x = 1\n        y = x\n"
        "        return y\n"
    )
    git(tmp_path, "commit", "-q", "-am", "two")

    second = gate()
    assert second.verdict == "failed"
    worse, changed = reasons(second)
    assert "is worse than the 100.0 % of the base branch" in worse
    commit = git(tmp_path, "rev-parse", "main")
    assert commit[:10] in worse
    # `def never` itself runs when the class is made.
    assert changed.startswith("25.0 % of 4 statements changed since main are covered")
    assert "addons/thing_a/models/thing.py:22" in changed
    [file] = rows(second.frames["changed_coverage"])
    assert file["missing"] == [22, 23, 24]
    shown = page.changed_lines(second).data
    assert "22-24" in shown
    assert "points against run" in shown
    comparisons = {row["measure"]: row for row in rows(second.frames["comparisons"])}
    assert comparisons["coverage"]["status"] == "too_few"
    assert comparisons["coverage"]["runs"] == 1
