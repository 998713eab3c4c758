"""A small specification: trips, with the fields that a test wants."""

from __future__ import annotations

from pathlib import PurePosixPath

from generator.render import render
from generator.spec.model import Spec
from tests.support.module_specs import field

VEHICLE = field("vehicle_id", "many2one", required=True, relation="fleet.vehicle")
"""A field that leads to a record which needs others."""


def spec(*fields: dict[str, object], **more: object) -> Spec:
    """Return the specification of trips with these fields, and *more* of the entity."""
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
    """Return a file of the module that *made* describes."""
    return render(made).files[PurePosixPath(path)].decode()
