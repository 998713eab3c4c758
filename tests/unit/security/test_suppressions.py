from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from qgate.errors import EnvironmentProblem
from qgate.security.suppressions import read
from qgate.tools.trivy import Found
from qgate.workspace import Workspace
from tests.support.workspaces import make_settings, write_module

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.security.suppressions import Suppressions

FOUND = Found(
    path="x",
    line=None,
    kind="vulnerability",
    package="jinja2",
    installed="1",
    fixed=None,
    id="CVE-1",
    other_ids=(),
    severity="high",
    title=None,
    url=None,
)


def suppressed(root: Path, *overrides: str) -> Suppressions:
    write_module(root / "addons", "a")
    settings = make_settings(root, *overrides)
    return read(settings, Workspace.load(settings))


def reason(
    made: Suppressions,
    file: Path,
    id_: str = "CVE-1",
    told: str | None = None,
    other_ids: tuple[str, ...] = (),
) -> str | None:
    by = file.as_posix()
    found = replace(FOUND, id=id_, reason=told, other_ids=other_ids, suppressed_by=by)
    return made.reason(found)


def test_without_files_nothing_is_suppressed(tmp_path: Path) -> None:
    assert suppressed(tmp_path).arguments == ["--ignorefile", ""]


def test_it_can_be_turned_off(tmp_path: Path) -> None:
    (tmp_path / ".trivyignore").write_text("CVE-1\n")
    made = suppressed(tmp_path, 'security.ignore_file=""')
    assert made.arguments == ["--ignorefile", ""]


def test_comments_are_reasons(tmp_path: Path) -> None:
    path = tmp_path / ".trivyignore"
    path.write_text(
        "# a title\n\n# first line\n#   second line\nCVE-1\nCVE-2\n"
        "# of the third\nCVE-3 exp:2099-01-01\n\nCVE-4\nCVE-5 # own # words\n#\nCVE-6\n"
    )
    made = suppressed(tmp_path)
    assert made.arguments == ["--ignorefile", path]
    assert [reason(made, path, f"CVE-{number}") for number in range(1, 7)] == [
        "first line second line",
        "first line second line",
        "of the third",
        None,
        "own # words",
        None,
    ]
    assert reason(made, path, "DS-1", other_ids=("CVE-3",)) == "of the third"
    assert reason(made, tmp_path / "other") is None


def test_the_yaml_file_is_found_by_itself(tmp_path: Path) -> None:
    path = tmp_path / ".trivyignore.yaml"
    path.write_text("vulnerabilities: []\n")
    made = suppressed(tmp_path)
    assert made.arguments == ["--ignorefile", path]
    assert reason(made, path, told="as Trivy says") == "as Trivy says"


def test_of_two_files_nobody_knows_which_counts(tmp_path: Path) -> None:
    for name in (".trivyignore", ".trivyignore.yaml"):
        (tmp_path / name).write_text("")
    with pytest.raises(EnvironmentProblem, match="There are both"):
        suppressed(tmp_path)


@pytest.mark.parametrize(
    "override", ["security.ignore_file=gone.txt", 'security.vex=["gone.json"]']
)
def test_one_that_is_named_has_to_be_there(tmp_path: Path, override: str) -> None:
    with pytest.raises(EnvironmentProblem, match=r"names gone\.\w+, which is"):
        suppressed(tmp_path, override)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            {"vulnerability": {"name": "CVE-1"}, "impact_statement": "unused"},
            "no_code: unused",
        ),
        ({"vulnerability": {"@id": "CVE-1"}, "status_notes": "old"}, "no_code: old"),
        ({"vulnerability": "CVE-1", "impact_statement": "unused"}, "no_code: unused"),
        ({"vulnerability": {"name": "CVE-1"}}, "no_code"),
        ({"impact_statement": "of nothing"}, "no_code"),
        ("odd", "no_code"),
    ],
)
def test_a_vex_document_says_more_than_trivy(
    tmp_path: Path, statement: object, told: str
) -> None:
    path = tmp_path / "vex.json"
    path.write_text(json.dumps({"statements": [statement]}))
    made = suppressed(tmp_path, 'security.vex=["vex.json"]')
    assert made.arguments == ["--ignorefile", "", "--vex", path]
    assert reason(made, path, told="no_code") == told
