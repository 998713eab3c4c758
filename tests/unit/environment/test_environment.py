from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.environment import Environment
from qgate.errors import EnvironmentProblem
from tests.support.homes import home_settings

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.settings import Settings


@pytest.fixture
def bare(tmp_path: Path) -> Settings:
    """Return the settings of a machine that has nothing."""
    return home_settings(
        tmp_path,
        "environment.provision=false",
        PGHOST=str(tmp_path / "no-server"),
        DOCKER_HOST=f"unix://{tmp_path}/no-engine",
    )


def test_what_is_missing_is_a_row_that_says_what_to_do(bare: Settings) -> None:
    with Environment(bare) as environment:
        frame = environment.components().set_index("component")
        assert list(frame.index) == [
            *("Odoo", "PostgreSQL", "Chromium", "Container engine"),
            *("Trivy", "Trivy database"),
        ]
        # qgate itself carries Trivy, but no database.
        assert set(frame["status"].drop("Trivy")) == {"missing"}
        assert frame.loc["Trivy", "source"] == "package"
        said = frame["detail"].to_dict()
        assert "qgate env --provision" in said["Odoo"]
        assert "does not answer" in said["PostgreSQL"]
        assert "apt-get install chromium" in said["Chromium"]
        assert "security.database" in said["Trivy database"]
        assert list(environment.used()["component"]) == ["Trivy"]


def test_looking_downloads_nothing(bare: Settings) -> None:
    with Environment(bare) as environment:
        environment.components()
    assert not list(bare.home.glob("odoo/*/"))


def test_what_is_missing_is_an_error_when_used(bare: Settings) -> None:
    with Environment(bare) as environment:
        with pytest.raises(EnvironmentProblem, match="There is no Odoo 19"):
            environment.odoo()
        for _ in range(2):
            with pytest.raises(EnvironmentProblem, match="does not answer"):
                environment.postgres()
        assert len(list((bare.home / "leases").glob("*.json"))) == 1
        environment.record_process(1)
    assert not list((bare.home / "leases").iterdir())


def test_nothing_asked_for_is_nothing_done(bare: Settings) -> None:
    with Environment(bare) as environment:
        environment.record_process(1)
    assert not bare.home.exists()
