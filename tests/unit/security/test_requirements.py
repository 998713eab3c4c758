from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.environment.packages import Packages
from qgate.security.requirements import pinned, requirement_files, resolve
from qgate.workspace import Module
from tests.support.workspaces import write_module

if TYPE_CHECKING:
    from pathlib import Path

INSTALLED = Packages(
    {},
    {"requests": "2.32.0", "lxml": "5.1", "pillow": "11.0"},
    {"PIL": ["pillow"], "gone": ["not-there"]},
)


def looked_up(
    folder: Path, files: dict[str, str] | None = None, *, wanted: object = None
) -> dict[str, tuple[list[str], list[str]]]:
    path = write_module(folder, "a", files=files, external_dependencies=wanted or {})
    module = Module("a", path, "19.0.1.0.0", ("base",))
    return {
        made.source.relative_to(path).as_posix(): (made.lines, made.missing)
        for made in resolve(module, INSTALLED)
    }


@pytest.mark.parametrize(
    "wanted", [["requests", "PIL"], ["requests>=2", "PIL"], ["Requests", "PIL"]]
)
def test_a_manifest_is_looked_up(tmp_path: Path, wanted: list[str]) -> None:
    found = looked_up(tmp_path, wanted={"python": wanted})
    lines, missing = found["__manifest__.py"]
    assert [line.lower() for line in lines] == ["requests==2.32.0", "pillow==11.0"]
    assert missing == []


def test_one_name_may_stand_alone(tmp_path: Path) -> None:
    found = looked_up(tmp_path, wanted={"python": "lxml"})
    assert found["__manifest__.py"] == (["lxml==5.1"], [])


@pytest.mark.parametrize("wanted", [{}, {"bin": ["wkhtmltopdf"]}, ["odd"]])
def test_nothing_asked_for_is_nothing(tmp_path: Path, wanted: object) -> None:
    assert looked_up(tmp_path, wanted=wanted) == {}


def test_what_nobody_has_is_missing(tmp_path: Path) -> None:
    found = looked_up(tmp_path, wanted={"python": ["gone", "lxml"]})
    assert found["__manifest__.py"] == (
        ["lxml==5.1"],
        ["gone (not installed in Odoo's environment)"],
    )


def test_a_requirement_file_is_read_as_pip_does(tmp_path: Path) -> None:
    text = (
        "# a comment\n"
        "requests[socks] >= 2 \\\n"
        "    ; python_version > '3'  # why\n"
        'lxml==5.0 --hash=sha256:12\nodd ; sys_platform == "win32"\n'
        "exact==1.0\nlxml\n\n"
        "-c constraints.txt\n--index-url https://example.com\n"
        "-r requirements-more.txt\n"
        "-r elsewhere.txt\n"
        "-e ../other\n"
        "git+https://example.com/x.git\n"
    )
    files = {"requirements.txt": text, "requirements-more.txt": "pillow\n"}
    found = looked_up(tmp_path, files)
    lines, missing = found["requirements.txt"]
    assert lines == ["requests==2.32.0", "lxml==5.1"]
    assert missing == [
        f"{word} (not the name of a package)"
        for word in (
            "-r elsewhere.txt",
            "-e ../other",
            "git+https://example.com/x.git",
        )
    ]
    assert found["requirements-more.txt"] == (["pillow==11.0"], [])
    assert pinned(tmp_path / "a/requirements.txt") == {
        ("lxml", "5.0"),
        ("exact", "1.0"),
    }


def test_only_what_trivy_reads_is_pinned(tmp_path: Path) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text("a==1.*\nb===2.0\nc>=1\nd==1,<2\nFoo.Bar==3\n-r x\n")
    assert pinned(path) == {("foo-bar", "3")}


def test_files_of_other_tools_are_left_out(tmp_path: Path) -> None:
    for name in (
        "requirements.txt",
        "deep/requirements-dev.txt",
        "node_modules/x/requirements.txt",
        "other.txt",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    found = [
        path.relative_to(tmp_path).as_posix() for path in requirement_files(tmp_path)
    ]
    assert found == ["deep/requirements-dev.txt", "requirements.txt"]
