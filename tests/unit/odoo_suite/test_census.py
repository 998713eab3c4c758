from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.odoo_suite.census import found_tests

if TYPE_CHECKING:
    from pathlib import Path

CASE = "from odoo.tests import TransactionCase\n\n\n"


def module(root: Path, **files: str) -> Path:
    """Write the module `thing` with test files; `init` stands for __init__."""
    folder = root / "thing"
    (folder / "tests").mkdir(parents=True)
    for name, text in files.items():
        stem = "__init__" if name == "init" else name
        (folder / "tests" / f"{stem}.py").write_text(text)
    return folder


def names(folder: Path) -> list[str]:
    return [test.name for test in found_tests(folder)]


def test_methods_of_test_cases_are_found(tmp_path: Path) -> None:
    text = (
        f"{CASE}class TestA(TransactionCase):\n"
        "    def test_one(self): ...\n"
        "    async def test_two(self): ...\n"
        "    def helper(self): ...\n"
        "    test_value = 3\n"
    )
    found = found_tests(module(tmp_path, init="from . import test_a", test_a=text))
    assert [(t.name, t.line, t.imported, t.file) for t in found] == [
        ("TestA.test_one", 5, True, "tests.test_a"),
        ("TestA.test_two", 6, True, "tests.test_a"),
    ]


@pytest.mark.parametrize(
    "bases",
    ["", "(object)", "(Helper)", "(ABC, Generic[T])"],
)
def test_what_is_no_test_case_has_no_tests(tmp_path: Path, bases: str) -> None:
    text = f"class Helper: ...\nclass TestA{bases}:\n    def test_one(self): ...\n"
    assert names(module(tmp_path, init="from . import test_a", test_a=text)) == []


def test_cases_are_known_through_classes_of_other_files(tmp_path: Path) -> None:
    folder = module(
        tmp_path,
        init="from . import test_a",
        common=f"{CASE}class Common(TransactionCase):\n    def test_inherited(self): ...\n",
        test_a="from .common import Common\nclass TestA(Common):\n    def test_own(self): ...\n",
    )
    # Odoo collects neither from `common` nor what a class only inherits.
    assert names(folder) == ["TestA.test_own"]


def test_a_circle_of_bases_ends(tmp_path: Path) -> None:
    text = "class A(B):\n    def test_a(self): ...\nclass B(A): ...\n"
    assert names(module(tmp_path, init="from . import test_a", test_a=text)) == []


def test_a_second_definition_replaces_the_first(tmp_path: Path) -> None:
    text = (
        f"{CASE}class TestA(TransactionCase):\n"
        "    def test_one(self): ...\n    def test_one(self): ...\n"
    )
    found = found_tests(module(tmp_path, init="from . import test_a", test_a=text))
    assert [test.line for test in found] == [6]


@pytest.mark.parametrize(
    ("init", "imported"),
    [
        ("from . import test_a", True),
        ("from . import test_b, test_a", True),
        ("from .test_a import TestA", True),
        ("from odoo.addons.thing.tests import test_a", True),
        ("from odoo.addons.thing.tests.test_a import TestA", True),
        ("import odoo.addons.thing.tests.test_a", True),
        ("try:\n    from . import test_a\nexcept ImportError:\n    pass", True),
        ("from . import test_b", False),
        ("from .. import test_a", False),
        ("from odoo.addons.other.tests import test_a", False),
        ("# from . import test_a", False),
        ("", False),
    ],
)
def test_imports_of_the_package_are_known(
    tmp_path: Path, init: str, *, imported: bool
) -> None:
    text = f"{CASE}class TestA(TransactionCase):\n    def test_one(self): ...\n"
    found = found_tests(module(tmp_path, init=init, test_a=text))
    assert [test.imported for test in found] == [imported]


def test_tags_of_class_and_method_are_known(tmp_path: Path) -> None:
    text = (
        f"{CASE}@tagged('post_install', '-at_install')\nclass TestA(TransactionCase):\n"
        "    @tests.tagged('slow')\n    def test_one(self): ...\n"
    )
    found = found_tests(module(tmp_path, init="from . import test_a", test_a=text))
    assert found[0].tags == ("post_install", "-at_install", "slow")


def test_what_cannot_be_parsed_or_is_not_there_has_no_tests(tmp_path: Path) -> None:
    folder = module(tmp_path, init="from . import test_a", test_a="class TestA(:\n")
    assert names(folder) == []
    (tmp_path / "empty").mkdir()
    assert names(tmp_path / "empty") == []
