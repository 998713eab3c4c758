from __future__ import annotations

import ast

import nbformat
import pytest

from qgate.report.notebook import ReportFailed, notebook
from qgate.report.page import open_or_run

BOOK = nbformat.read(notebook("gate_report.ipynb"), as_version=4)
CODE = [cell for cell in BOOK.cells if cell.cell_type == "code"]


def test_a_notebook_that_is_not_there_is_told() -> None:
    with pytest.raises(ReportFailed, match=r"The notebook nonesuch.ipynb is not there"):
        notebook("nonesuch.ipynb")


def test_it_is_valid_and_stores_no_output() -> None:
    nbformat.validate(BOOK)
    assert BOOK.metadata.kernelspec.name == "python3"
    assert [cell.outputs for cell in CODE] == [[]] * len(CODE)
    assert [cell.execution_count for cell in CODE] == [None] * len(CODE)


def test_its_parameters_are_those_it_hands_on() -> None:
    (cell,) = [c for c in CODE if "parameters" in c.metadata.get("tags", ())]
    names = [
        target.id
        for node in ast.parse(cell.source).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    assert names == list(dict.fromkeys(names))
    assert set(names) == set(open_or_run.__kwdefaults__ or ())


def test_it_has_no_logic_of_its_own() -> None:
    allowed = (ast.Assign, ast.Expr, ast.ImportFrom)
    for cell in CODE:
        body = ast.parse(cell.source).body
        assert all(isinstance(node, allowed) for node in body), cell.source
        if "parameters" not in cell.metadata.get("tags", ()):
            assert len(body) <= 3
