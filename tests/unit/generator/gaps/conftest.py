"""The Odoo at hand, and the index over it, read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.gaps.search import Index, build
from qgate import settings as configuration
from qgate.environment import Environment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def addons() -> tuple[Path, ...]:
    with Environment(configuration.load()) as environment:
        return environment.odoo().addons


@pytest.fixture(scope="session")
def found(addons: tuple[Path, ...]) -> Index:
    return build(addons)
