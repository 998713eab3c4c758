from __future__ import annotations

from typing import TYPE_CHECKING

from qgate.e2e import census

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """
import pytest

def test_a(): pass
def test_a(): pass
async def test_b(): pass
def helper_test(): pass

class TestFlow:
    def test_c(self): pass
    def check(self): pass

    class TestInner:
        def test_d(self): pass

class Flow:
    def test_e(self): pass

class Cases(unittest.TestCase):
    def test_f(self): pass

if True:
    def test_g(): pass
"""


def test_functions_and_methods_are_found_as_pytest_finds_them(tmp_path: Path) -> None:
    path = tmp_path / "test_a.py"
    path.write_text(SOURCE)
    assert census.tests(path) == [
        *("test_a", "test_b", "TestFlow.test_c", "TestFlow.TestInner.test_d"),
        *("Cases.test_f", "test_g"),
    ]


def test_what_cannot_be_parsed_has_none(tmp_path: Path) -> None:
    path = tmp_path / "test_a.py"
    path.write_text("def test_a(:\n")
    assert census.tests(path) == []
    path.write_bytes(b"x = '\0'")
    assert census.tests(path) == []


def test_specs_are_found_in_folders_below_and_by_name(tmp_path: Path) -> None:
    for name in ("test_b.py", "more/test_a.py", "conftest.py", "__pycache__/test_c.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("def test_x(): pass\n")
    found = census.specs(tmp_path)
    assert [spec.path.name for spec in found] == ["test_a.py", "test_b.py"]
    (one,) = census.specs(tmp_path / "conftest.py")
    assert one.tests == ("test_x",)
