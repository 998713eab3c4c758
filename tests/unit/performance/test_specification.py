from __future__ import annotations

from typing import Any

import pytest

from qgate.performance.specification import specification

FIELDS = {
    "name": {"type": "char"},
    "owner_id": {"type": "many2one", "relation": "res.users"},
    "hidden_id": {"type": "many2one", "relation": "res.users"},
    "line_ids": {"type": "one2many", "relation": "x.line"},
    "tag_ids": {"type": "many2many", "relation": "x.tag"},
    "ref": {"type": "reference"},
}


def views(kind: str, arch: str) -> dict[str, Any]:
    return {
        "views": {kind: {"arch": arch}},
        "models": {
            "x": {"fields": FIELDS},
            "x.line": {"fields": {"amount": {"type": "float"}}},
        },
    }


def test_a_list_asks_for_its_columns_and_names() -> None:
    arch = """<list><!-- words --><header><button name="go"/></header>
        <field name="name"/><field name="owner_id" optional="show"/>
        <field name="hidden_id" column_invisible="True"/><field name="ref"/>
        <groupby name="owner_id"><field name="name"/></groupby>
        <field name="tag_ids"/><field name="unknown"/></list>"""
    assert specification(views("list", arch), "list", "x") == {
        "name": {},
        "owner_id": {"fields": {"display_name": {}}},
        "hidden_id": {"fields": {}},
        "ref": {"fields": {"display_name": {}}},
        "tag_ids": {},
    }


def test_a_form_asks_for_the_lines_it_shows() -> None:
    arch = """<form><sheet><group><field name="name"/></group>
        <field name="line_ids"><list><field name="amount"/></list></field>
        </sheet></form>"""
    assert specification(views("form", arch), "form", "x") == {
        "name": {},
        "line_ids": {"fields": {"amount": {}}},
    }


def test_a_field_that_is_shown_once_and_hidden_once_is_asked_for() -> None:
    arch = '<form><field name="owner_id" invisible="1"/><field name="owner_id"/></form>'
    assert specification(views("form", arch), "form", "x") == {
        "owner_id": {"fields": {"display_name": {}}}
    }


def test_a_view_that_is_not_there_is_no_empty_one() -> None:
    with pytest.raises(KeyError):
        specification(views("list", "<list/>"), "form", "x")
