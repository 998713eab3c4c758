"""Real components, shared by all integration tests; one that is missing fails them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

import qgate
from qgate import settings
from qgate.environment import Environment
from tests.support import delivery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qgate import Run
    from tests.support.delivery import Bench


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


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Give an engine, a base image, a database server and a module to deploy."""
    folder = tmp_path_factory.mktemp("delivery")
    for path in (folder, *folder.parents):  # PostgreSQL's and Odoo's users pass through
        if path.stat().st_uid == os.getuid() and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o011)
    with delivery.bench(folder) as made:
        yield made
