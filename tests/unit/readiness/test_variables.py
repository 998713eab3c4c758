"""Which variables code and compose files read, held against the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.errors import EnvironmentProblem
from qgate.readiness import compose, source, variables
from qgate.workspace import Workspace
from tests.support.workspaces import make_settings, write_module

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.readiness.base import Found

GUIDE = "# Guide\n\n## Variables\n\n{}\n"


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ('import os\nos.environ["A"]', {"A": 2}),
        ('import os as o\no.environ.get("A", "x")', {"A": 2}),
        ('import os\nos.getenv("A") or os.getenv(key="B")', {"A": 2, "B": 2}),
        ('from os import environ\nenviron.pop("A")', {"A": 2}),
        ('from os import environ as e, getenv as g\ne["A"]; g("B")', {"A": 2, "B": 2}),
        ('import os\nenv = os.environ\nenv.setdefault("A", "")', {"A": 3}),
        ('import os\n"A" in os.environ', {"A": 2}),
        ('import os\nNAME = "A"\nos.environ[NAME]', {"A": 3}),
        ('import os\nos.environb[b"A"]', {"A": 2}),
        ('import os\nos.environ["A"] = "x"\ndict(os.environ)', {}),
        ('os = {}\nos["A"]\nself.env["res.partner"].get("B")', {}),
    ],
)
def test_reads_of_the_environment_are_found(code: str, names: dict[str, int]) -> None:
    found = source.parse(code)
    assert found.names == names
    assert found.computed == []


def test_a_computed_name_is_noted() -> None:
    code = "import os\n\n\ndef f(x):\n    return os.environ[x] + os.getenv(f'{x}')\n"
    assert source.parse(code).computed == [5]


def test_variables_of_a_compose_file(tmp_path: Path) -> None:
    path = tmp_path / "compose.yml"
    path.write_text(
        "x-common: &common\n"
        "  environment: {HOST: db}\n"
        "services:\n"
        "  odoo:\n"
        '    image: "odoo:${TAG:-${FALLBACK:-19}}"\n'
        '    command: "echo $$HOME $PLAIN ${NEEDED:?say so}"\n'
        "    environment:\n"
        "      - USER=odoo\n"
        "      - PASSED_ON\n"
        "  db:\n"
        "    <<: *common\n"
    )
    assert compose.read(path) == {
        "HOST": 2,
        "TAG": 5,
        "FALLBACK": 5,
        "PLAIN": 6,
        "NEEDED": 6,
        "USER": 8,
        "PASSED_ON": 9,
    }


@pytest.mark.parametrize("text", ["a: [1\n", "a: b: c\n"])
def test_a_compose_file_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "compose.yml"
    path.write_text(text)
    with pytest.raises(EnvironmentProblem, match="compose.yml cannot be read.*line"):
        compose.read(path)


def test_an_empty_compose_file_reads_nothing(tmp_path: Path) -> None:
    path = tmp_path / "compose.yml"
    path.write_text("")
    assert compose.read(path) == {}


def check(root: Path, code: str, documented: str | None) -> list[Found]:
    write_module(
        root / "addons",
        "a",
        files={"x.py": code, "tests/test_x.py": 'import os\nos.getenv("IN_TESTS")\n'},
    )
    (root / "compose.yml").write_text("services: {a: {image: '$IMAGE'}}\n")
    if documented is not None:
        (root / "GUIDE.md").write_text(GUIDE.format(documented))
    workspace = Workspace.load(make_settings(root))
    return variables.check(workspace, ("compose.yml", "none.yml"), "GUIDE.md")


CODE = 'import os\nos.getenv("A"), os.getenv("b")\n'


def test_all_documented_and_all_read(tmp_path: Path) -> None:
    read, documented = check(tmp_path, CODE, "`A`, `b`, `IMAGE` and `word`")
    assert (read.outcome, documented.outcome) == ("passed", "passed")
    assert read.detail == (
        "3 Python files and 1 compose file read 3 variables, all documented: A, IMAGE, b."
    )
    assert (
        "2 variables documented in GUIDE.md, all read: A, IMAGE." in documented.detail
    )


def test_each_direction_names_what_is_wrong(tmp_path: Path) -> None:
    read, documented = check(tmp_path, CODE, "`A`, `OLD`")
    assert read.outcome == documented.outcome == "failed"
    assert "2 variables are read but not documented: IMAGE (compose.yml:1), b (" in (
        read.detail
    )
    assert "1 variable is documented in GUIDE.md but not read" in documented.detail
    assert "OLD (line 5)" in documented.detail


def test_without_the_page_nothing_can_be_told(tmp_path: Path) -> None:
    found = check(tmp_path, CODE, None)
    assert [item.outcome for item in found] == ["error", "error"]


def test_code_that_cannot_be_understood_is_an_error(tmp_path: Path) -> None:
    read, _ = check(
        tmp_path, "import os\nos.environ[print]\nos.environ[x]\n", "`IMAGE`"
    )
    assert read.outcome == "error"
    assert "addons/a/x.py:2 computes the name" in read.detail


def test_code_with_a_syntax_error_is_an_error(tmp_path: Path) -> None:
    read, _ = check(tmp_path, "def (:\n", "`IMAGE`")
    assert read.outcome == "error"
    assert "addons/a/x.py cannot be read" in read.detail
