"""Which tests two workers may run at the same time."""

from __future__ import annotations

from typing import Final

import pytest

_HEAVY: Final = ("odoo", "browser", "containers")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give all that needs a server, a browser or an engine to one worker, one after the other.

    Two of them at once would share two cores and one base image, and their time limits are
    those of a machine that has nothing else to do. The other tests stay with their file.
    """
    for item in items:
        heavy = any(item.get_closest_marker(name) for name in _HEAVY)
        item.add_marker(pytest.mark.xdist_group("heavy" if heavy else item.path.name))
