"""Code of the generated tests that makes records."""

from __future__ import annotations

import re

from tests.support.module_specs import field
from tests.support.trips import VEHICLE, spec, text


def test_a_sample_of_another_module_has_what_it_needs() -> None:
    common = text(spec(VEHICLE), "tests/common.py")
    assert "cls.sample_fleet_vehicle = cls._create(" in common
    assert re.search(r'"fleet.vehicle.model",\s+name="Sample model"', common)
    assert "fleet.vehicle.model.brand" in common


def test_what_a_related_record_needs_keeps_what_it_takes() -> None:
    leave = field("leave_id", "many2one", required=True, relation="hr.leave")
    common = text(spec(leave), "tests/common.py")
    assert re.search(r'"hr.leave.type",[^)]*requires_allocation=False', common)


def test_related_records_that_have_to_differ_do() -> None:
    once = {
        "kind": "unique",
        "name": "once",
        "fields": ["vehicle_id"],
        "message": "Once is enough.",
    }
    common = text(spec(VEHICLE, constraints=[once]), "tests/common.py")
    assert 'license_plate="SAMPLE-0"' in common
    assert 'license_plate=f"SAMPLE-{number}"' in common
