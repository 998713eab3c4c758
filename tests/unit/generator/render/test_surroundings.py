"""How generated modules get along with what Odoo has already."""

from __future__ import annotations

import csv
import re
from pathlib import PurePosixPath

import polib

from generator.render import render
from generator.spec.model import Spec
from tests.support.module_specs import field


def spec(*fields: dict[str, object], **more: object) -> Spec:
    """Return the specification of trips with these fields."""
    entity = {
        "name": "trip",
        "label": "Trip",
        "model": "company.trip",
        "fields": [*fields],
        **more,
    }
    return Spec.model_validate(
        {
            "module": "company_trip",
            "title": "Company Trips",
            "summary": "Trips",
            "roles": [
                {"name": "driver", "label": "Driver"},
                {"name": "lead", "label": "Lead", "implies": ["driver"]},
            ],
            "entities": [entity],
        }
    )


def text(made: Spec, path: str) -> str:
    return render(made).files[PurePosixPath(path)].decode()


VEHICLE = field("vehicle_id", "many2one", required=True, relation="fleet.vehicle")


def test_a_sample_of_another_module_has_what_it_needs() -> None:
    common = text(spec(VEHICLE), "tests/common.py")
    assert "cls.sample_fleet_vehicle = cls._create(" in common
    assert re.search(r'"fleet.vehicle.model",\s+name="Sample model"', common)
    assert "fleet.vehicle.model.brand" in common


def test_specs_for_browsers_make_what_a_record_needs_first() -> None:
    made = text(spec(VEHICLE), "e2e/conftest.py")
    order = [
        made.index(f'related["fleet_vehicle{end}"] =')
        for end in ("_model_brand", "_model", "")
    ]
    assert order == sorted(order)
    assert 'vehicle_id="SAMPLE-0"' in text(spec(VEHICLE), "e2e/test_process.py")


def test_people_may_read_what_they_have_to_choose() -> None:
    rows = text(spec(VEHICLE), "security/ir.model.access.csv").splitlines()
    found = [row for row in csv.DictReader(rows) if "fleet" in row["model_id:id"]]
    assert [
        (row["model_id:id"], row["group_id:id"], row["perm_read"], row["perm_write"])
        for row in found
    ] == [("fleet.model_fleet_vehicle", "company_trip.group_driver", "1", "0")]


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


def test_translators_see_all_labels() -> None:
    made = spec(field("trip_date", "date", "Trip date"), field("company", "char"))
    terms = {entry.msgid for entry in polib.pofile(text(made, "i18n/company_trip.pot"))}
    assert {"Trip Date", "Company", "Our Company", "Requester"} <= terms


def told(name: str) -> dict[str, object]:
    return {"name": name, "roles": [name], "channels": ["email"], "subject": "A trip"}


def test_who_hears_of_it_by_another_message_is_no_stranger() -> None:
    made = spec(field("aim", "char"), notifications=[told("driver"), told("lead")])
    tests = text(made, "tests/test_company_trip.py")
    strangers = re.findall(r"for user in \(([^)]*)\):\n\s+self.assertNotIn", tests)
    assert strangers
    assert not any("user_lead" in names for names in strangers)


def test_the_administrator_gets_the_group_that_a_related_record_wants() -> None:
    center = field(
        "center_id", "many2one", required=True, relation="account.analytic.account"
    )
    made = text(spec(center), "e2e/conftest.py")
    group = made.index('"group_analytic_accounting"')
    assert group < made.index('related["account_analytic_plan"] =')
    assert "group_ids" not in text(spec(VEHICLE), "e2e/conftest.py")


def test_a_field_that_follows_another_one_says_its_own_label() -> None:
    home = field(
        "home_currency_id", "many2one", "Home Currency", relation="res.currency",
        computed={"kind": "related", "path": ["company_id", "currency_id"]},
    )  # fmt: skip
    code = text(spec(field("aim", "char"), home), "models/company_trip.py")
    assert re.search(r'home_currency_id = .*?string="Home Currency"', code, re.DOTALL)


def test_who_has_an_employee_needs_no_user_beside_it() -> None:
    who = field("employee_id", "many2one", required=True, relation="hr.employee")
    views = text(spec(field("aim", "char"), who), "views/company_trip_views.xml")
    assert "many2one_avatar_employee" in views
    assert 'name="user_id"' not in views
    assert "[('user_id', '=', uid)]" in views


def test_bullets_of_a_ticket_are_bullets_of_the_readme() -> None:
    made = spec(field("aim", "char")).model_copy(
        update={
            "description": "Trips are made.\n- They begin.\n- They end.\nThat is all."
        }
    )
    readme = text(made, "README.rst")
    assert "Trips are made.\n\n* They begin.\n* They end.\n\nThat is all.\n" in readme


def test_one_page_holds_all_long_texts() -> None:
    one = text(spec(field("aim", "text")), "views/company_trip_views.xml")
    assert '<page name="aim"' in one
    two = spec(field("aim", "text"), field("way", "text"))
    views = text(two, "views/company_trip_views.xml")
    assert views.count("<page") == 1
    assert '<page name="details"' in views


def test_a_remark_is_a_sentence_of_help() -> None:
    host = field("host", "char", help="an employee")
    assert 'help="An employee."' in text(spec(host), "models/company_trip.py")


def test_demo_records_are_never_old() -> None:
    demo = text(
        spec(
            field("start", "datetime", required=True),
            field("day", "date", required=True),
        ),
        "demo/company_trip_demo.xml",
    )
    assert "strftime('%Y-%m-%d 09:00:00')" in demo
    assert "strftime('%Y-%m-%d')" in demo
    assert "2026" not in demo
    assert '<field name="user_id" ref="base.user_admin" />' in demo
