"""What holds for every tool of stage static, and each one's own seeded defects."""

from __future__ import annotations

import importlib
import shutil
from typing import TYPE_CHECKING

import pytest

from qgate.tools.registry import TOOLS
from tests.support.shelves import files, found, look, make_target, write_shelf

if TYPE_CHECKING:
    from pathlib import Path

PYTHON_TOOLS = ("ruff", "flake8", "pylint-odoo", "black", "bandit")
SHELF = "addons/shelf/models/shelf.py"

DEFECTS: list[tuple[str, str, set[tuple[str, str, int | None]]]] = [
    ("ruff", "unused", {("F401", SHELF, 1)}),
    ("ruff", "unsorted", {("I001", SHELF, 1)}),
    ("ruff", "syntax_error", {("invalid-syntax", SHELF, 4)}),
    ("flake8", "unused", {("F401", SHELF, 1)}),
    (
        "flake8",
        "misformatted",
        {("E201", SHELF, 8), ("E202", SHELF, 8), ("E251", SHELF, 8)},
    ),
    ("flake8", "syntax_error", {("E999", SHELF, 4)}),
    ("pylint-odoo", "sql_by_formatting", {("E8103", SHELF, 11)}),
    ("pylint-odoo", "syntax_error", {("E0001", SHELF, 4)}),
    (
        "pylint-odoo",
        "low_score",
        {
            ("W8113", SHELF, 8),
            ("W8113", SHELF, 9),
            ("W8113", SHELF, 10),
            ("C8108", SHELF, 10),
        },
    ),
    ("black", "misformatted", {("would-reformat", SHELF, None)}),
    ("black", "syntax_error", {("cannot-parse", SHELF, 4)}),
    ("isort", "unsorted", {("unsorted", SHELF, None)}),
    ("bandit", "shell", {("B404", SHELF, 1), ("B602", SHELF, 13)}),
    ("bandit", "sql_by_formatting", {("B608", SHELF, 11)}),
    ("bandit", "syntax_error", {("unreadable", SHELF, None)}),
    (
        "data-files",
        "broken_xml",
        {("xml-malformed", "addons/shelf/views/shelf_views.xml", 5)},
    ),
    (
        "data-files",
        "broken_csv",
        {
            ("csv-malformed", "addons/shelf/security/ir.model.access.csv", 1),
            ("csv-malformed", "addons/shelf/security/ir.model.access.csv", 2),
        },
    ),
    (
        "oca-hooks",
        "duplicate_id",
        {("xml-duplicate-record-id", "addons/shelf/views/shelf_views.xml", 3)},
    ),
    (
        "oca-hooks",
        "broken_translation",
        {("po-python-parse-printf", "addons/shelf/i18n/de.po", 10)},
    ),
]


@pytest.mark.parametrize("name", TOOLS)
def test_a_good_module_has_no_findings_and_was_looked_at(
    name: str, tmp_path: Path
) -> None:
    write_shelf(tmp_path)
    report = look(TOOLS[name], tmp_path)
    assert found(report) == set()
    expected = {"isort": 3, "data-files": 2, "oca-hooks": 3}.get(name, 6)
    assert files(report) == {"shelf": expected}
    assert TOOLS[name].version()[-1].isdigit()


@pytest.mark.parametrize(("name", "defect", "expected"), DEFECTS)
def test_a_seeded_defect_is_found_where_it_is(
    name: str,
    defect: str,
    expected: set[tuple[str, str, int | None]],
    tmp_path: Path,
) -> None:
    write_shelf(tmp_path, defect)
    report = look(TOOLS[name], tmp_path)
    assert found(report) == expected
    assert {finding.module for finding in report.findings} == {"shelf"}
    assert all(finding.message for finding in report.findings)


@pytest.mark.parametrize("name", TOOLS)
def test_names_with_blanks_dashes_and_other_scripts(name: str, tmp_path: Path) -> None:
    root = tmp_path / "a workspace, übrig"
    odd = b"import os\nx=[ 1]\nassert  eval('x')\n"
    module = write_shelf(
        root,
        files={
            "models/-x.py": odd,
            "models/naïve 模块.py": odd,
            "views/-größe 1.xml": "<odoo>",
        },
    )
    report = look(TOOLS[name], root)
    paths = {finding.path for finding in report.findings}
    if name == "oca-hooks":
        assert paths == {"addons/shelf/__manifest__.py"}  # the view is not used
    elif name == "data-files":
        assert paths == {"addons/shelf/views/-größe 1.xml"}
    elif name == "pylint-odoo":
        assert files(report) == {"shelf": 8}
    else:
        assert paths == {f"addons/shelf/models/{n}.py" for n in ("-x", "naïve 模块")}
    assert module.is_dir()


@pytest.mark.parametrize("name", TOOLS)
def test_a_workspace_behind_a_link(name: str, tmp_path: Path) -> None:
    real = tmp_path / "real"
    shutil.copytree(write_shelf(tmp_path / "source", "unsorted"), real / "x" / "shelf")
    (real / "x" / "shelf" / "security" / "ir.model.access.csv").write_text("id\n1,2\n")
    (tmp_path / "link").symlink_to(real)
    (real / "addons").mkdir()
    (real / "addons" / "shelf").symlink_to("../x/shelf")
    report = look(TOOLS[name], tmp_path / "link")
    assert sum(files(report).values()) >= 1
    for finding in report.findings:
        assert finding.path.startswith("addons/shelf/")


@pytest.mark.parametrize("name", ["ruff", "black", "isort", "pylint-odoo", "bandit"])
def test_a_file_that_cannot_be_decoded_is_a_finding(name: str, tmp_path: Path) -> None:
    # flake8 is not among them: it reads such a file as Latin-1.
    write_shelf(tmp_path, files={"models/latin.py": b'NAME = "\xe9\xe8"\n'})
    report = look(TOOLS[name], tmp_path)
    assert {f.path for f in report.findings} == {"addons/shelf/models/latin.py"}


def test_bandit_and_the_others_look_at_files_outside_packages(tmp_path: Path) -> None:
    script = 'def migrate(cr, version):\n    cr.execute(f"DELETE FROM x WHERE n = {version}")\n'
    write_shelf(
        tmp_path,
        files={
            "migrations/19.0.0.9.1/post-fill.py": script,
            "migrations/19.0.0.9.2/post-fill.py": script,
        },
    )
    for name in PYTHON_TOOLS:
        assert files(look(TOOLS[name], tmp_path)) == {"shelf": 8}, name
    assert found(look(TOOLS["pylint-odoo"], tmp_path)) == {
        ("E8103", f"addons/shelf/migrations/19.0.0.9.{n}/post-fill.py", 2)
        for n in (1, 2)
    }


def test_each_tool_is_its_own_module() -> None:
    for name in TOOLS:
        module = importlib.import_module(f"qgate.tools.{name.replace('-', '_')}")
        assert module.__doc__


def test_a_target_knows_what_is_not_its_own(tmp_path: Path) -> None:
    write_shelf(tmp_path)
    target = make_target(tmp_path)
    assert target.relative("/etc/hosts") == "/etc/hosts"
    with pytest.raises(LookupError, match="belongs to no module"):
        target.module_of("/etc/hosts")
