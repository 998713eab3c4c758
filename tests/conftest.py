"""Which tests two workers may run at the same time."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import Scheduling

ROOT: Final = Path(__file__).parents[1]
_HEAVY: Final = re.compile(r"\bmark\.(?:odoo|browser|containers)\b")


class TwoAtATime(LoadScopeScheduling):  # type: ignore[misc]
    """Gives all that needs a server, a browser or an engine to one worker, in its order.

    Two of them at once would share two cores and one base image, and their time limits are
    those of a machine that has nothing else to do. The other tests stay with their file.
    Marks are read from the file: who hands tests out has not imported it.
    """

    def _split_scope(self, nodeid: str) -> str:
        name = nodeid.split("::", 1)[0]
        return "heavy" if _is_heavy(name) else name


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Return who hands the tests out."""
    return TwoAtATime(config, log)


@cache
def _is_heavy(name: str) -> bool:
    return _HEAVY.search((ROOT / name).read_text(encoding="utf-8")) is not None
