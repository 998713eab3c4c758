from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qgate.comparison.changed_lines import changed_lines
from qgate.frames import rows, tables
from tests.support.workspaces import git, make_settings, write_module

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from qgate.settings import Settings

BEFORE = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"
AFTER = (
    "def one():\n    return 1\n\n\ndef two():\n    # changed\n"
    "    if one():\n        return max(\n            2,\n            4,\n        )\n"
    "    return 3  # pragma: no cover\n"
)


@pytest.fixture
def workspace(tmp_path: Path) -> Settings:
    write_module(tmp_path / "addons", "a", files={"models/a.py": BEFORE})
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    git(tmp_path, "switch", "-q", "-c", "feature")
    return make_settings(tmp_path)


def measured(missing: list[int], file: str = "addons/a/models/a.py") -> pd.DataFrame:
    row: dict[str, Any] = {
        "module": "a",
        "file": file,
        "statements": 6,
        "covered": 6 - len(missing),
        "missing": missing,
        "branches": 0,
        "branches_covered": 0,
        "body_statements": 0,
        "body_covered": 0,
        "body_missing": [],
    }
    return tables.COVERAGE.frame([row])


def compare(
    settings: Settings, coverage: pd.DataFrame, since: str | None = None
) -> Any:  # noqa: ANN401
    found = changed_lines(settings, {"coverage": coverage}, since)
    [base] = rows(found["baselines"])
    return base, list(rows(found["changed_coverage"]))


@pytest.mark.parametrize("committed", [True, False])
def test_changed_statements_are_those_of_the_branch(
    workspace: Settings,
    committed: bool,  # noqa: FBT001
) -> None:
    (workspace.root / "addons/a/models/a.py").write_text(AFTER)
    if committed:
        git(workspace.root, "commit", "-q", "-am", "two")

    base, [file] = compare(workspace, measured([2, 8]))

    assert (base["status"], base["ref"]) == ("ready", "main")
    assert base["commit"] == git(workspace.root, "rev-parse", "main").strip()
    # Lines 7 and 8: the statement of 8 goes on to 11, 12 is left out by its pragma.
    assert (file["statements"], file["covered"], file["missing"]) == (2, 1, [8])


def test_a_new_file_has_changed_as_a_whole(workspace: Settings) -> None:
    (workspace.root / "addons/a/models/new.py").write_text("A = 1\nB = 2\n")

    _, [file] = compare(workspace, measured([2], "addons/a/models/new.py"))

    assert (file["statements"], file["missing"]) == (2, [2])


def test_what_the_base_did_meanwhile_is_no_change_of_the_branch(
    workspace: Settings,
) -> None:
    git(workspace.root, "switch", "-q", "main")
    (workspace.root / "addons/a/models/a.py").write_text(AFTER)
    git(workspace.root, "commit", "-q", "-am", "of others")
    git(workspace.root, "switch", "-q", "feature")

    base, files = compare(workspace, measured([2]))

    assert (base["status"], files) == ("ready", [])


def test_a_line_that_looks_like_a_header_is_a_line(workspace: Settings) -> None:
    text = BEFORE + 'TEXT = """\n++ b/addons/a/models/other.py\n@@ -1 +1,9 @@\n"""\n'
    (workspace.root / "addons/a/models/a.py").write_text(text)

    _, [file] = compare(workspace, measured([]))

    assert (file["file"], file["statements"]) == ("addons/a/models/a.py", 1)


def test_the_remotes_branch_goes_before_the_local_one(workspace: Settings) -> None:
    git(workspace.root, "update-ref", "refs/remotes/origin/main", "main")

    assert compare(workspace, measured([]))[0]["ref"] == "origin/main"
    assert compare(workspace, measured([]), "feature")[0]["ref"] == "feature"


def test_without_a_base_it_is_said_what_is_missing(
    workspace: Settings, tmp_path: Path
) -> None:
    base, files = compare(workspace, measured([]), "nowhere")
    assert (base["status"], files) == ("missing", [])
    assert "nowhere" in base["detail"]

    outside = tmp_path / "outside"
    outside.mkdir()
    (workspace.root / ".git").rename(outside / "git")
    base, _ = compare(workspace, measured([]))
    assert base["status"] == "missing"
    assert base["detail"]
