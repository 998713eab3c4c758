"""Stage static with all its tools, judged by the policy qgate ships with."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from qgate.environment import Environment
from qgate.errors import StageFailed
from qgate.frames import tables
from qgate.policy.static import judge_static
from qgate.stages.static import StaticStage
from tests.support.shelves import make_context, write_shelf
from tests.support.workspaces import make_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

ALL = {
    *("ruff", "flake8", "pylint-odoo", "black", "isort", "bandit"),
    *("data-files", "oca-hooks"),
}

DEFECTS: dict[str | None, dict[str, str]] = {
    # For each defect the tools that fail, with a part of the reason.
    None: {},
    "misformatted": {"black": "models/shelf.py would-reformat", "flake8": "E251"},
    "unsorted": {"isort": "models/shelf.py unsorted", "ruff": "models/shelf.py:1 I001"},
    "unused": {
        "ruff": "models/shelf.py:1 F401",
        "flake8": "models/shelf.py:1 F401",
    },
    "sql_by_formatting": {
        "pylint-odoo": "models/shelf.py:11 E8103 sql-injection",
        "bandit": "models/shelf.py:11 B608",
    },
    "shell": {"bandit": "models/shelf.py:13 B602"},
    "syntax_error": {
        "ruff": "models/shelf.py:4 invalid-syntax",
        "flake8": "models/shelf.py:4 E999",
        "pylint-odoo": "models/shelf.py:4 E0001",
        "black": "models/shelf.py:4 cannot-parse",
        "bandit": "models/shelf.py unreadable",
    },
    "broken_xml": {"data-files": "views/shelf_views.xml:5 xml-malformed"},
    "broken_csv": {"data-files": "ir.model.access.csv:1 csv-malformed"},
    "duplicate_id": {"oca-hooks": "views/shelf_views.xml:3 xml-duplicate-record-id"},
    "broken_translation": {"oca-hooks": "i18n/de.po:10 po-python-parse-printf"},
    "low_score": {"pylint-odoo": "shelf scores"},
}


def measure(root: Path, *overrides: str) -> dict[str, pd.DataFrame]:
    settings = make_settings(root, *overrides)
    with Environment(settings) as environment:
        context = make_context(settings, environment, root.parent / f"{root.name}-run")
        frames = StaticStage().measure(context).frames
    return {**frames, "modules": modules("shelf")}


def modules(*names: str) -> pd.DataFrame:
    return tables.MODULES.frame(
        {"module": name, "path": name, "depends": [], "gated": True, "why": "named"}
        for name in names
    )


def judged(
    root: Path, frames: Mapping[str, pd.DataFrame]
) -> tuple[list[str], list[str]]:
    return judge_static(make_settings(root).policy.static, frames)


@pytest.mark.parametrize("defect", DEFECTS, ids=str)
def test_a_seeded_defect_fails_with_a_reason_that_names_it(
    defect: str | None, tmp_path: Path
) -> None:
    write_shelf(tmp_path, defect)
    frames = measure(tmp_path)
    failures, errors = judged(tmp_path, frames)
    assert errors == []
    expected = DEFECTS[defect]
    assert {failure.partition(":")[0] for failure in failures} == set(expected)
    for tool, part in expected.items():
        reasons = [failure for failure in failures if failure.startswith(f"{tool}: ")]
        assert any(part in reason for reason in reasons), reasons


def test_the_frames_and_the_evidence(tmp_path: Path) -> None:
    write_shelf(tmp_path, "shell")
    frames = measure(tmp_path)
    tools = frames["tools"].set_index("tool")
    assert set(tools.index) == ALL
    assert (tools["files"] >= 2).all()
    assert (tools["seconds"] > 0).all()
    assert tools.loc["pylint-odoo", "score"] == 10.0
    findings = frames["findings"]
    assert list(findings["tool"].unique()) == ["bandit"]
    assert tools.loc["bandit", "findings"] == len(findings) == 2
    evidence = tmp_path.parent / f"{tmp_path.name}-run" / "evidence"
    report = json.loads((evidence / "bandit.json").read_text())
    assert {result["test_id"] for result in report["results"]} == {"B404", "B602"}
    assert {path.stem for path in evidence.glob("*.txt")} == ALL - {"data-files"}


def test_only_the_tools_that_are_asked_for_run(tmp_path: Path) -> None:
    write_shelf(tmp_path)
    frames = measure(tmp_path, 'static.tools=["ruff", "data-files"]')
    assert set(frames["tools"]["tool"]) == {"ruff", "data-files"}
    _, errors = judged(tmp_path, frames)
    assert "bandit did not report on shelf." in errors


def test_a_tool_that_crashes_fails_the_stage_and_the_others_are_kept(
    tmp_path: Path,
) -> None:
    write_shelf(tmp_path, "shell")
    (tmp_path / "ruff.toml").write_text("line-length = 'long'\n")
    (tmp_path / ".flake8").write_text("[flake8]\nmax-line-length = long\n")
    with pytest.raises(StageFailed) as caught:
        measure(tmp_path)
    assert "ruff: crashed with exit code 2" in caught.value.message
    assert "flake8: crashed" in caught.value.message
    frames = caught.value.frames
    assert set(frames["tools"]["tool"]) == ALL - {"ruff", "flake8"}
    assert "B602" in set(frames["findings"]["rule"])
    evidence = tmp_path.parent / f"{tmp_path.name}-run" / "evidence"
    assert "line-length" in (evidence / "ruff.txt").read_text()


def test_missing_programs_fail_the_stage_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_shelf(tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    with pytest.raises(StageFailed) as caught:
        measure(tmp_path)
    for tool in ALL - {"data-files"}:
        assert f"{tool}: cannot be started" in caught.value.message
    assert list(caught.value.frames["tools"]["tool"]) == ["data-files"]


def test_each_module_is_judged_by_its_own_score(tmp_path: Path) -> None:
    write_shelf(tmp_path)
    write_shelf(tmp_path, "low_score", name="box")
    frames = measure(tmp_path) | {"modules": modules("shelf", "box")}
    failures, errors = judged(tmp_path, frames)
    assert errors == []
    assert [failure for failure in failures if "box scores" in failure]
    assert not [failure for failure in failures if "shelf scores" in failure]
