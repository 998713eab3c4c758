from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from qgate.tools.base import CONFIG
from qgate.tools.pylint_odoo import score
from qgate.tools.registry import TOOLS
from tests.support.shelves import look, write_shelf

if TYPE_CHECKING:
    from pathlib import Path

TOOL = TOOLS["pylint-odoo"]


@pytest.mark.parametrize(
    ("severities", "statements", "expected"),
    [
        ({}, 10, 10.0),
        ({}, 0, 10.0),
        ({"convention": 1}, 10, 9.0),
        ({"warning": 1, "refactor": 1}, 10, 8.0),
        ({"error": 1}, 10, 5.0),
        ({"error": 3}, 10, 0.0),
        ({"info": 9}, 10, 10.0),
        ({"fatal": 1}, 1000, 0.0),
        ({"warning": 1}, 0, 0.0),
    ],
)
def test_the_score(
    severities: dict[str, int], statements: int, expected: float
) -> None:
    assert score(severities, statements) == expected


@pytest.mark.parametrize("defect", [None, "low_score", "sql_by_formatting"])
def test_the_score_is_pylints_own(defect: str | None, tmp_path: Path) -> None:
    module = write_shelf(tmp_path, defect)
    told = subprocess.run(
        [
            *(sys.executable, "-m", "pylint", f"--rcfile={CONFIG / 'pylintrc'}"),
            *("--disable=manifest-required-author", str(module)),
        ],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    match = re.search(r"rated at (-?[\d.]+)/10", told)
    assert match
    report = look(TOOL, tmp_path).modules[0]
    assert report.score == float(match[1])
    assert report.statements


def test_a_good_module_does_not_hide_a_bad_one(tmp_path: Path) -> None:
    write_shelf(tmp_path, name="good")
    # Named as a file of the other: what belongs to whom is not told by dotted names.
    write_shelf(tmp_path, "low_score", name="models")
    reports = {module.module: module for module in look(TOOL, tmp_path).modules}
    good, bad = reports["good"], reports["models"]
    assert good.score == 10.0
    assert bad.score is not None
    assert bad.score < 8.0
    assert (good.files, bad.files) == (6, 6)


def test_folders_of_modules_may_share_names(tmp_path: Path) -> None:
    write_shelf(tmp_path / "a", name="shelf")
    alone = look(TOOL, tmp_path / "a").modules[0]
    for name in ("shelf", "box", "tests"):
        write_shelf(tmp_path / "b", name=name)
    for report in look(TOOL, tmp_path / "b").modules:
        assert (report.files, report.statements, report.score) == (
            alone.files,
            alone.statements,
            alone.score,
        )
