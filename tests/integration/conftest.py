"""Real components, shared by all integration tests; one that is missing fails them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

import qgate
from qgate import settings
from qgate.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qgate import Run


class Gate(Protocol):
    """Runs stage tests on the modules below `addons`."""

    def __call__(self, *overrides: str, modules: tuple[str, ...] = ()) -> Run:
        """Return the run."""
        ...


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    """Run the real gate in a workspace below the test's own folder."""

    def run(*overrides: str, modules: tuple[str, ...] = ()) -> Run:
        return qgate.run(
            tmp_path / "addons",
            modules=modules or None,
            stages=["tests"],
            root=tmp_path,
            overrides=overrides,
        )

    return run


@pytest.fixture(scope="session")
def environment() -> Iterator[Environment]:
    """Give the real environment; PostgreSQL runs until all tests have ended."""
    with Environment(settings.load()) as environment:
        environment.postgres()
        yield environment
