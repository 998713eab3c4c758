"""Fields of the ticket."""

from __future__ import annotations

from tests.support.module_specs import field
from tests.support.trips import spec, text


def test_a_remark_is_a_sentence_of_help() -> None:
    host = field("host", "char", help="an employee")
    assert 'help="An employee."' in text(spec(host), "models/company_trip.py")
