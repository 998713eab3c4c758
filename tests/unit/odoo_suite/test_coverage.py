from __future__ import annotations

from typing import TYPE_CHECKING

import coverage

from qgate.odoo_suite.coverage import IDLE, Measured, Source
from qgate.workspace import Module, Workspace

if TYPE_CHECKING:
    from pathlib import Path


def body(text: str) -> list[int]:
    return sorted(Source(text.encode()).body)


def test_lines_inside_functions_are_the_body() -> None:
    text = (
        "import os\n"  # 1
        "class A:\n"  # 2
        "    x = 1\n"  # 3
        "    @decorated(\n"  # 4
        "        1)\n"  # 5
        "    def method(self, y=os):\n"  # 6
        '        """Docstring\n'  # 7
        '        over two lines."""\n'  # 8
        "        a = 1\n"  # 9
        "        def inner():\n"  # 10
        "            return a\n"  # 11
        "        return inner\n"  # 12
        "z = lambda: 1\n"  # 13
    )
    assert body(text) == [9, 10, 11, 12]


def test_async_functions_and_one_liners_count() -> None:
    assert body("async def f():\n    await g()\n") == [2]
    assert body("def f(): return 1\n") == [1]
    assert body('def f():\n    "only a docstring"\n') == []


def test_what_cannot_be_parsed_has_no_body() -> None:
    assert body("def f(:\n") == []


def test_lines_of_a_statement_lead_to_its_first() -> None:
    source = Source(b"x = [\n    1,\n    2,\n]\nif x:\n    y = (\n        3)\n")
    assert source.first[3] == 1
    assert source.first[7] == 6
    assert source.first[5] == 5


def test_only_what_ran_in_a_test_is_body_coverage(tmp_path: Path) -> None:
    folder = tmp_path / "thing"
    folder.mkdir()
    file = folder / "code.py"
    file.write_text(
        "def tested():\n"
        "    return dict(\n"
        "        a=1,\n"
        "    )\n"
        "\n"
        "def at_import():\n"
        "    return 2\n"
        "\n"
        "def never():\n"
        "    return 3\n"
        "\n"
        "at_import()\n"
    )
    measured = coverage.Coverage(
        data_file=tmp_path / "data",
        branch=True,
        source=[str(folder)],
        config_file=False,
    )
    measured.start()
    names: dict[str, object] = {}
    exec(compile(file.read_text(), str(file), "exec"), names)  # noqa: S102 - our own text
    measured.switch_context("TestA.test_one")
    names["tested"]()  # type: ignore[operator]
    measured.switch_context(IDLE)
    measured.stop()
    measured.save()
    workspace = Workspace(tmp_path, (tmp_path,), (), {}, {})
    module = Module("thing", folder, None, ("base",))
    rows = Measured(tmp_path / "data", tmp_path).rows(workspace, [module])
    assert len(rows) == 1
    row = rows[0]
    assert (row["module"], row["file"]) == ("thing", "thing/code.py")
    assert (row["statements"], row["covered"], row["missing"]) == (7, 6, [10])
    assert (row["body_statements"], row["body_covered"]) == (3, 1)
    assert row["body_missing"] == [7, 10]
    Measured(tmp_path / "data", tmp_path).write_html("Title")
    assert (tmp_path / "htmlcov" / "index.html").is_file()
    assert (tmp_path / "coverage.json").is_file()


def test_no_data_means_no_rows(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    workspace = Workspace(tmp_path, (tmp_path,), (), {}, {})
    assert Measured(tmp_path / "data", tmp_path).rows(workspace, []) == []
