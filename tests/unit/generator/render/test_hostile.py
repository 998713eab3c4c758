"""No text of a ticket becomes code, markup, a path or a template."""

from __future__ import annotations

import ast
import csv
import io
import re
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import docutils.core
import docutils.nodes
import polib
import pytest
from hypothesis import given, settings
from lxml import etree

from generator.render import render
from generator.spec import Spec
from tests.support import module_specs
from tests.support.hostile import TEXTS, WORST, poisoned

if TYPE_CHECKING:
    from collections.abc import Mapping

    Files = Mapping[PurePosixPath, bytes]

PATH = re.compile(r"[a-z0-9_.]+(/[a-z0-9_.]+)*", re.IGNORECASE)
PLAIN_RST = {
    "document", "title", "subtitle", "section", "paragraph", "Text", "strong", "topic",
    "emphasis", "literal", "bullet_list", "list_item", "pending", "comment", "reference",
}  # fmt: skip


@cache
def data(number: int) -> dict[str, object]:
    return module_specs.ALL[number]().model_dump(mode="json")


@cache
def plain(number: int) -> Files:
    return files(number, " plain words")


def files(number: int, text: str) -> Files:
    spec = Spec.model_validate(poisoned(data(number), text))
    return render(spec).files


class Shape(ast.NodeTransformer):
    """Takes away what a text may be: strings, and names of tests and hooks made of it."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.name = re.sub(r"^(test_ac_\d+|_exchange_with).*", r"\1", node.name)
        self.generic_visit(node)
        return node


def code_shape(content: bytes) -> str:
    return ast.dump(Shape().visit(ast.parse(content)))


def markup_shape(content: bytes) -> set[tuple[str, ...]]:
    root = etree.fromstring(content)
    return {(str(node.tag), *sorted(node.attrib)) for node in root.iter()}


def check(number: int, text: str) -> None:
    made, usual = files(number, text), plain(number)
    assert made.keys() == usual.keys()
    for path, content in made.items():
        assert PATH.fullmatch(str(path))
        assert ".." not in path.parts
        if path.suffix == ".py":
            assert code_shape(content) == code_shape(usual[path]), path
        elif path.suffix == ".xml":
            assert markup_shape(content) == markup_shape(usual[path]), path
        elif path.suffix == ".csv":
            assert content == usual[path]
        elif path.suffix == ".pot":
            polib.pofile(content.decode())
        elif path.suffix == ".rst":
            check_readme(content.decode())
    check_mails(made)


def check_readme(text: str) -> None:
    tree = docutils.core.publish_doctree(
        text,
        settings_overrides={
            "report_level": 5,
            "raw_enabled": False,
            "file_insertion_enabled": False,
        },
    )
    assert not [*tree.findall(docutils.nodes.system_message)]
    kinds = {type(node).__name__ for node in tree.findall()}
    assert kinds <= PLAIN_RST


def check_mails(made: Files) -> None:
    content = made.get(PurePosixPath("data/mail_template_data.xml"))
    for field in etree.fromstring(content).iter("field") if content else ():
        if field.get("name") == "subject":
            assert field.text.count("{{") == field.text.count("}}") == 1
            assert field.text.startswith("{{ object.display_name }}: ")


@pytest.mark.parametrize("number", range(len(module_specs.ALL)))
def test_the_worst_text_at_once(number: int) -> None:
    check(number, "\n".join(WORST))


@pytest.mark.parametrize("text", WORST)
def test_each_bad_text(text: str) -> None:
    check(0, text)


def test_ten_thousand_characters() -> None:
    check(2, "x'\"]]>{{ }}\\" * 1000)


@settings(max_examples=25, deadline=None)
@given(TEXTS)
def test_any_text(text: str) -> None:
    check(2, text)


def test_names_of_the_ticket_reach_no_path() -> None:
    broken = data(0) | {"module": "../evil"}
    with pytest.raises(ValueError, match="module"):
        Spec.model_validate(broken)


def test_text_is_shown_as_it_was_written() -> None:
    text = 'Rosa\'s "best" <b> & {{ x }}'
    spec = Spec.model_validate({**data(0), "title": text})
    menus = render(spec).files[PurePosixPath("views/travel_advance_menus.xml")]
    names = [menu.get("name") for menu in etree.fromstring(menus).iter("menuitem")]
    assert text in names


def test_the_access_rights_are_rows() -> None:
    rows = [
        *csv.reader(
            io.StringIO(
                plain(0)[PurePosixPath("security/ir.model.access.csv")].decode()
            )
        )
    ]
    assert {len(row) for row in rows} == {8}
