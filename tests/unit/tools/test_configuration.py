"""Whose configuration a tool runs with, and what happens when that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.errors import ToolFailed
from qgate.tools.registry import TOOLS
from tests.support.shelves import files, found, look, write_shelf

if TYPE_CHECKING:
    from pathlib import Path

OWN = [
    # tool, defect it is blind to with this configuration, file, text
    ("ruff", "unused", "ruff.toml", '[lint]\nselect = ["E"]\n'),
    ("ruff", "unused", ".ruff.toml", '[lint]\nselect = ["E"]\n'),
    ("ruff", "unused", "pyproject.toml", '[tool.ruff.lint]\nselect = ["E"]\n'),
    ("flake8", "unused", ".flake8", "[flake8]\nextend-ignore = F401\n"),
    ("flake8", "unused", "setup.cfg", "[flake8]\nextend-ignore = F401\n"),
    ("flake8", "unused", "tox.ini", "[flake8]\nselect = E9\nstatistics = true\n"),
    (
        "black",
        "misformatted",
        "pyproject.toml",
        '[tool.black]\nforce-exclude = "shelf.py"\n',
    ),
    ("bandit", "shell", ".bandit", "[bandit]\nskips = B404,B602\n"),
    ("bandit", "shell", "bandit.yaml", "skips: [B404, B602]\n"),
    ("bandit", "shell", "pyproject.toml", '[tool.bandit]\nskips = ["B404", "B602"]\n'),
    (
        "pylint-odoo",
        "low_score",
        ".pylintrc",
        "[MESSAGES CONTROL]\ndisable=all\nenable=sql-injection\n",
    ),
    (
        "pylint-odoo",
        "low_score",
        "setup.cfg",
        "[pylint.main]\ndisable=all\nenable=sql-injection\n",
    ),
    (
        "pylint-odoo",
        "low_score",
        "pyproject.toml",
        '[tool.pylint.main]\ndisable = ["all"]\n',
    ),
]


@pytest.mark.parametrize(("name", "defect", "file", "text"), OWN)
def test_the_workspaces_own_configuration_wins(
    name: str, defect: str, file: str, text: str, tmp_path: Path
) -> None:
    write_shelf(tmp_path, defect)
    (tmp_path / file).write_text(text)
    assert found(look(TOOLS[name], tmp_path)) == set()
    assert found(look(TOOLS[name], tmp_path, "static.own_config=false"))


@pytest.mark.parametrize(
    ("file", "section"),
    [
        (".isort.cfg", "settings"),
        (".isort.cfg", "isort"),
        ("setup.cfg", "isort"),
        ("tox.ini", "tool:isort"),
        ("pyproject.toml", "tool.isort"),
    ],
)
def test_the_workspaces_own_way_of_sorting_wins(
    file: str, section: str, tmp_path: Path
) -> None:
    write_shelf(tmp_path)
    (tmp_path / file).write_text(f"[{section}]\nforce_single_line = true\n")
    shelf = ("unsorted", "addons/shelf/models/shelf.py", None)
    assert found(look(TOOLS["isort"], tmp_path)) == {shelf}
    assert found(look(TOOLS["isort"], tmp_path, "static.own_config=false")) == set()


@pytest.mark.parametrize(
    ("name", "file", "text"),
    [
        ("ruff", "pyproject.toml", '[project]\nname = "x"\n'),
        ("black", "pyproject.toml", '[project]\nname = "x"\n'),
        ("isort", "setup.cfg", "[metadata]\nname = x\n"),
        ("isort", ".editorconfig", "[*]\nindent_style = tab\n"),
        ("flake8", "tox.ini", "[tox]\nenvlist = py\n"),
        ("pylint-odoo", "setup.cfg", "[metadata]\nname = x\n"),
        ("bandit", "pyproject.toml", "[tool]\nx = 1\n"),
    ],
)
def test_a_file_without_the_tools_section_is_no_configuration(
    name: str, file: str, text: str, tmp_path: Path
) -> None:
    write_shelf(tmp_path)
    (tmp_path / file).write_text(text)
    report = look(TOOLS[name], tmp_path)
    assert found(report) == set()
    assert files(report)["shelf"] > 2


def test_the_first_file_in_the_tools_own_order_counts(tmp_path: Path) -> None:
    write_shelf(tmp_path, "unused")
    (tmp_path / "setup.cfg").write_text("[flake8]\nselect = E9\n")
    (tmp_path / ".flake8").write_text("[flake8]\nselect = F\n")
    assert found(look(TOOLS["flake8"], tmp_path)) == set()


WRONG = [
    ("ruff", "ruff.toml", "line-length = 'long'\n"),
    ("ruff", "pyproject.toml", "[tool.ruff\n"),
    ("flake8", ".flake8", "[flake8]\nmax-line-length = long\n"),
    ("flake8", ".flake8", "[flake8]\nrequire-plugins = flake8-nowhere\n"),
    ("black", "pyproject.toml", '[tool.black]\nline-length = "long"\n'),
    ("isort", ".isort.cfg", "[isort]\nprofile = nowhere\n"),
    ("isort", ".isort.cfg", "[isort]\nline_length = long\n"),
    ("bandit", "bandit.yaml", "skips: [\n"),
    ("pylint-odoo", ".pylintrc", "[MASTER]\nload-plugins=nowhere\n"),
    ("pylint-odoo", ".pylintrc", "no section\n"),
]


@pytest.mark.parametrize(("name", "file", "text"), WRONG)
def test_a_wrong_configuration_is_no_pass(
    name: str, file: str, text: str, tmp_path: Path
) -> None:
    write_shelf(tmp_path)
    (tmp_path / file).write_text(text)
    with pytest.raises(ToolFailed) as caught:
        look(TOOLS[name], tmp_path)
    assert caught.value.tool == name
    assert str(caught.value).startswith(f"{name}: ")
    assert (tmp_path.parent / f"{tmp_path.name}-evidence" / f"{name}.txt").is_file()


@pytest.mark.parametrize(
    ("name", "file", "text"),
    [
        ("ruff", "ruff.toml", 'force-exclude = true\nextend-exclude = ["models"]\n'),
        ("flake8", ".flake8", "[flake8]\nextend-exclude = */models/*\n"),
        ("black", "pyproject.toml", "[tool.black]\nforce-exclude = '/models/'\n"),
        ("bandit", "bandit.yaml", "exclude_dirs: [models]\n"),
        ("pylint-odoo", ".pylintrc", "[MASTER]\nignore=models\n"),
    ],
)
def test_what_a_configuration_excludes_is_missing_in_the_figures(
    name: str, file: str, text: str, tmp_path: Path
) -> None:
    write_shelf(tmp_path)
    (tmp_path / file).write_text(text)
    assert files(look(TOOLS[name], tmp_path)) == {"shelf": 4}


def test_a_file_may_ask_isort_to_skip_it(tmp_path: Path) -> None:
    write_shelf(
        tmp_path, files={"models/shelf.py": "# isort: skip_file\nimport b\nimport a\n"}
    )
    report = look(TOOLS["isort"], tmp_path)
    assert (found(report), files(report)) == (set(), {"shelf": 2})


def test_authors_are_required_only_when_configured(tmp_path: Path) -> None:
    write_shelf(tmp_path)
    tool = TOOLS["pylint-odoo"]
    assert found(look(tool, tmp_path)) == set()
    assert found(look(tool, tmp_path, 'static.authors=["Example"]')) == set()
    rules = found(look(tool, tmp_path, 'static.authors=["Somebody Else"]'))
    assert rules == {("C8101", "addons/shelf/__manifest__.py", 6)}
