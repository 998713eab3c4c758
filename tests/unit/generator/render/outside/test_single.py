"""Records of which only one may lead to a related one: a checklist for each employee."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.render import render
from tests.support.module_specs import field
from tests.support.trips import spec, text

if TYPE_CHECKING:
    from generator.spec import Spec

ONCE = {
    "kind": "unique",
    "name": "once",
    "fields": ["whom_id"],
    "message": "There is one already.",
}


def single(relation: str = "hr.employee") -> Spec:
    """Return trips of which there is one for each related record."""
    whom = field("whom_id", "many2one", required=True, relation=relation)
    return spec(whom, constraints=[ONCE])


def test_whoever_it_is_about_is_not_whose_record_it_is() -> None:
    about = field("employee_id", "many2one", required=True, relation="hr.employee")
    one = {**ONCE, "fields": ["employee_id"]}
    assert "_compute_owner" in text(spec(about), "models/company_trip.py")
    lone = text(spec(about, constraints=[one]), "models/company_trip.py")
    assert "_compute_owner" not in lone
    assert "default=lambda self: self.env.user" in lone


def test_a_spec_makes_one_for_its_record() -> None:
    process = text(single(), "e2e/test_process.py")
    assert 'odoo.admin.create("hr.employee", **{"name": "Sample 1"})' in process
    assert "related" not in process


def test_a_load_has_one_in_store_for_each_record() -> None:
    load = text(single(), "perf/locustfile.py")
    assert '"whom_id": self.spare("hr.employee")' in load
    seed = text(single(), "perf/seed.py")
    assert '.create({"name": f"Sample {number}"})' in seed
    assert '{"name": f"Spare {number}"}' in seed


def test_what_has_no_name_to_be_found_by_is_left_to_a_person() -> None:
    made = render(single("fleet.vehicle"))
    assert not any(path.parts[0] == "perf" for path in made.files)
    (left,) = (text for text in made.left_to_you if "locustfile" in text)
    assert left == (
        "A locustfile in perf/: each trip needs a record of its own of fleet.vehicle,"
        " and none has a name."
    )


def test_a_user_of_his_own_has_a_login() -> None:
    process = text(single("res.users"), "e2e/test_process.py")
    assert '"login": "sample.1"' in process
    seed = text(single("res.users"), "perf/seed.py")
    assert '"login": f"sample.{number}"' in seed
    assert '"login": f"spare.{number}"' in seed
