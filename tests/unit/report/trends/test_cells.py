"""Cells of the tables of trends."""

from __future__ import annotations

import pytest

from qgate.report.trends import cells


@pytest.mark.parametrize(
    ("address", "linked"),
    [
        ("https://example.com/run", True),
        ("runs/x/report.html", True),
        ("javascript:alert(1)", False),
    ],
)
def test_only_addresses_of_pages_are_links(address: str, *, linked: bool) -> None:
    assert ("<a " in cells.link("words", address).markup) is linked
