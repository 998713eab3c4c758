"""Whom lists and searches of an entity show."""

from __future__ import annotations

from tests.support.module_specs import field
from tests.support.trips import spec, text


def test_who_has_an_employee_needs_no_user_beside_it() -> None:
    who = field("employee_id", "many2one", required=True, relation="hr.employee")
    views = text(spec(field("aim", "char"), who), "views/company_trip_views.xml")
    assert "many2one_avatar_employee" in views
    assert 'name="user_id"' not in views
    assert "[('user_id', '=', uid)]" in views
