from __future__ import annotations

import ast
import csv
import io

import docutils.core
import docutils.nodes
import polib
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree
from markupsafe import Markup

from generator import escaping
from generator.spec.names import clean_line, clean_prose
from tests.support.hostile import LINES, TEXTS


@given(st.text() | TEXTS)
@example('"""')
@example("\\")
@example("\\\"'\n\x00\u2028")
def test_a_literal_means_the_text(text: str) -> None:
    assert ast.literal_eval(escaping.python(text)) == text


@pytest.mark.parametrize("value", [True, None, 0, -1, 2.5, 1e300])
def test_a_literal_means_the_value(value: object) -> None:
    assert ast.literal_eval(escaping.python(value)) == value


def test_what_has_no_literal_is_refused() -> None:
    with pytest.raises(TypeError, match="list has no literal"):
        escaping.python([])


@given(TEXTS)
@example('ends with a quote"')
@example('""" + open("/etc/passwd").read() + """')
@example("\\")
@example('\\"""')
def test_a_docstring_is_one_string(text: str) -> None:
    prose = str(clean_prose(text))
    tree = ast.parse(f"def f():\n    {escaping.docstring(prose)}\n")
    assert isinstance(tree.body[0], ast.FunctionDef)
    (statement,) = tree.body[0].body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Constant)
    if prose.strip():
        assert str(statement.value.value).split() == prose.split()


@given(st.text() | TEXTS)
@example("]]><a/>&amp;<!-- -->")
@example("'\"<>&\n\t\r\x00\ufffe")
def test_text_stays_text_in_xml(text: str) -> None:
    safe = escaping.xml(text)
    root = etree.fromstring(f"<a b=\"{safe}\" c='{safe}'>{safe}</a>".encode())
    assert len(root) == 0
    assert root.get("b") == root.get("c") == (root.text or "")
    assert len(root.get("b")) == len(text)


def test_an_inline_template_has_no_braces_side_by_side() -> None:
    text = str(escaping.xml_inline("{{{ object.env }}} and }}{{"))
    assert "{{" not in text
    assert "}}" not in text


@given(LINES)
@example("* a bullet")
@example(".. raw:: html")
@example("::")
@example("a::")
@example("1. first")
@example("====")
@example("http://example.com and me@example.com mailto:x")
@example("|subst| `role`:r: _target: [1]_ **b**")
def test_restructured_text_shows_the_text(text: str) -> None:
    line = str(clean_line(text)) or "x"
    tree = docutils.core.publish_doctree(
        f"* {escaping.rst(line)}\n",
        settings_overrides={"report_level": 5, "raw_enabled": False},
    )
    assert not [*tree.findall(docutils.nodes.system_message)]
    (item,) = tree.findall(docutils.nodes.list_item)
    (paragraph,) = item.children
    assert isinstance(paragraph, docutils.nodes.paragraph)
    assert {type(node) for node in paragraph.children} == {docutils.nodes.Text}
    assert paragraph.astext() == line


@given(st.lists(LINES, min_size=1, max_size=4))
def test_a_row_of_csv_has_its_cells_and_no_formula(cells: list[str]) -> None:
    made = [str(clean_line(cell)) for cell in cells]
    (row,) = csv.reader(io.StringIO(escaping.csv_row(made)))
    assert [cell.removeprefix("'") for cell in row] == [
        cell.removeprefix("'") for cell in made
    ]
    assert not any(cell[:1] in {"=", "+", "-", "@"} for cell in row)


@given(TEXTS)
def test_a_term_is_read_back(text: str) -> None:
    prose = str(clean_prose(text)) or "x"
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (entry,) = polib.pofile(f'{head}msgid {escaping.po(prose)}\nmsgstr ""\n')
    assert entry.msgid == prose


@pytest.mark.parametrize("value", ["a b", "a;b", "<b>", "a-b", "", 'x"', None, 1.5])
def test_templates_write_nothing_that_is_not_escaped(value: object) -> None:
    with pytest.raises(escaping.NotEscapedError):
        escaping.checked(value)


@pytest.mark.parametrize("value", ["travel.advance", "amount_2", 7, Markup("<b>")])
def test_templates_write_names_numbers_and_what_is_escaped(value: object) -> None:
    assert escaping.checked(value) is value
