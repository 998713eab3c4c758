"""What people read beside the fields of a generated module."""

from __future__ import annotations

import re

from tests.support.module_specs import field
from tests.support.trips import spec, text


def test_no_two_fields_have_one_label() -> None:
    made = spec(
        field("company", "char", "Company"),
        field("status", "char", "Status"),
        field("icon", "char", "Icon"),
        field("note", "char", "Note"),
        field("note_2", "char", "Note"),
        states=[{"name": "new", "label": "New"}],
    )
    code = text(made, "models/company_trip.py")
    for label in ("Our Company", "Workflow Status", "Icon (Trip)"):
        assert f'string="{label}"' in code
    assert "note = fields.Char()" in code
    assert "note_2 = fields.Char()" in code


def test_a_label_of_the_names_words_is_left_to_odoo() -> None:
    made = spec(
        field("trip_date", "date", "Trip date"),
        field("number_of_days", "integer", "Number of days"),
        field("vat_number", "char", "VAT number"),
    )
    code = text(made, "models/company_trip.py")
    assert "trip_date = fields.Date()" in code
    assert 'number_of_days = fields.Integer(string="Number of Days")' in code
    assert 'vat_number = fields.Char(string="VAT number")' in code


def test_a_field_that_follows_another_one_says_its_own_label() -> None:
    home = field(
        "home_currency_id", "many2one", "Home Currency", relation="res.currency",
        computed={"kind": "related", "path": ["company_id", "currency_id"]},
    )  # fmt: skip
    code = text(spec(field("aim", "char"), home), "models/company_trip.py")
    assert re.search(r'home_currency_id = .*?string="Home Currency"', code, re.DOTALL)
