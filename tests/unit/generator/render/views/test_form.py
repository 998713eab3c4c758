"""The form of an entity."""

from __future__ import annotations

from tests.support.module_specs import field
from tests.support.trips import spec, text


def test_one_page_holds_all_long_texts() -> None:
    one = text(spec(field("aim", "text")), "views/company_trip_views.xml")
    assert '<page name="aim"' in one
    two = spec(field("aim", "text"), field("way", "text"))
    views = text(two, "views/company_trip_views.xml")
    assert views.count("<page") == 1
    assert '<page name="details"' in views
