"""How generated modules get along with what Odoo has already."""

from __future__ import annotations

import csv
import re

import polib

from tests.support.module_specs import field
from tests.support.trips import VEHICLE, spec, text


def test_people_may_read_what_they_have_to_choose() -> None:
    rows = text(spec(VEHICLE), "security/ir.model.access.csv").splitlines()
    found = [row for row in csv.DictReader(rows) if "fleet" in row["model_id:id"]]
    assert [
        (row["model_id:id"], row["group_id:id"], row["perm_read"], row["perm_write"])
        for row in found
    ] == [("fleet.model_fleet_vehicle", "company_trip.group_driver", "1", "0")]


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


def test_bullets_of_a_ticket_are_bullets_of_the_readme() -> None:
    made = spec(field("aim", "char")).model_copy(
        update={
            "description": "Trips are made.\n- They begin.\n- They end.\nThat is all."
        }
    )
    readme = text(made, "README.rst")
    assert "Trips are made.\n\n* They begin.\n* They end.\n\nThat is all.\n" in readme


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
