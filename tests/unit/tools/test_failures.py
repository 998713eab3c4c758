"""A tool that is missing, crashes or answers garbage never looks like one that found nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from typing import TYPE_CHECKING

import pytest

from qgate.errors import ToolFailed
from qgate.tools.base import installed_version
from qgate.tools.driver import CRASHED
from qgate.tools.registry import TOOLS
from tests.support.shelves import files, found, look, write_shelf

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMS = sorted(set(TOOLS) - {"data-files"})
"""data-files runs no program."""


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An interpreter in whose environment nothing is installed."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, symlinks=True)
    return str(folder / "bin" / "python")


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_missing_program(
    name: str, bare: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_shelf(tmp_path)
    monkeypatch.setattr(sys, "executable", bare)
    with pytest.raises(ToolFailed, match=f"^{name}: ") as caught:
        look(TOOLS[name], tmp_path)
    assert "No module named" in caught.value.output


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_interpreter_that_is_gone(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_shelf(tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    with pytest.raises(ToolFailed, match=f"^{name}: cannot be started"):
        look(TOOLS[name], tmp_path)


def test_a_package_that_is_not_installed() -> None:
    with pytest.raises(ToolFailed, match="flake8: is not installed") as caught:
        installed_version("flake8", "flake8-of-nowhere")
    assert caught.value.hint == "Set qgate up again with `make setup`."


def script(folder: Path, text: str) -> str:
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    "says", ["", "hello", "[]", "{}", '{"files": 3}', "[1, 2]", "null"]
)
@pytest.mark.parametrize("name", PROGRAMS)
def test_garbage(
    name: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_shelf(tmp_path)
    monkeypatch.setattr(sys, "executable", script(tmp_path, f"echo '{says}'"))
    try:
        report = look(TOOLS[name], tmp_path)
    except ToolFailed as error:
        assert "cannot be read" in str(error)  # noqa: PT017 - the other end is good too
    else:
        # The policy then says that it looked at no file.
        assert (sum(files(report).values()), found(report)) == (0, set())
        assert name in ("black", "ruff", "isort")


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_crash(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_shelf(tmp_path)
    monkeypatch.setattr(
        sys, "executable", script(tmp_path, "echo Boom. >&2; kill -SEGV $$")
    )
    with pytest.raises(ToolFailed, match=r"crashed with exit code -11 \(Boom.\)"):
        look(TOOLS[name], tmp_path)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_that_does_not_end(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_shelf(tmp_path)
    monkeypatch.setattr(sys, "executable", script(tmp_path, "sleep 60"))
    with pytest.raises(ToolFailed, match="did not end within 0.2 s"):
        look(TOOLS[name], tmp_path, "static.time_limit=0.2")


PLUGIN = """
from pylint.checkers import BaseChecker


class Boom(BaseChecker):
    name = "boom"
    msgs = {"E9999": ("boom", "boom", "boom")}

    def visit_classdef(self, node):
        raise RuntimeError("Boom.")


def register(linter):
    linter.register_checker(Boom(linter))
"""


def test_a_plugin_that_raises_makes_a_fatal_finding(tmp_path: Path) -> None:
    write_shelf(tmp_path)
    (tmp_path / "boom.py").write_text(PLUGIN)
    (tmp_path / ".pylintrc").write_text(
        f"[MASTER]\ninit-hook=import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "load-plugins=boom\n[MESSAGES CONTROL]\ndisable=all\nenable=boom\n"
    )
    report = look(TOOLS["pylint-odoo"], tmp_path)
    assert {(f.rule, f.severity) for f in report.findings} == {("F0002", "fatal")}
    assert report.modules[0].score == 0.0


def drive(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    (folder / "program.py").write_text(text)
    return subprocess.run(
        [sys.executable, "-m", "qgate.tools.driver", "program", "a", "b"],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("import sys; print(sys.argv[1:])", 0, "['a', 'b']\n"),
        ("raise SystemExit", 0, ""),
        ("import sys; print('x', end=''); sys.exit(20)", 20, "x"),
        ("import sys; sys.exit('no')", 1, "no\n"),
        ("1/0", CRASHED, "ZeroDivisionError"),
        ("raise KeyboardInterrupt", CRASHED, "KeyboardInterrupt"),
    ],
)
def test_the_driver_ends_as_the_program_does(
    text: str, code: int, says: str, tmp_path: Path
) -> None:
    done = drive(tmp_path, text)
    assert done.returncode == code
    assert says in done.stdout + done.stderr
