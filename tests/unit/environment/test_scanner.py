"""Finding Trivy, and getting its database from a registry on loopback with the real one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from qgate.environment import scanner
from qgate.environment.scanner import Scanner, find, provide
from qgate.errors import EnvironmentProblem
from tests.support.homes import Notes, home_settings, program
from tests.support.registries import trivy_registry
from tests.support.trivy import write_database

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOBODY = "127.0.0.1:1/trivy-db:2"


@pytest.fixture(scope="module")
def trivy(tmp_path_factory: pytest.TempPathFactory) -> Scanner:
    return find(home_settings(tmp_path_factory.mktemp("home")))


def script(version: str) -> str:
    return f'#!/bin/sh\necho \'{{"Version": "{version}"}}\'\n'


def without_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)


def test_the_one_of_the_package_is_found(trivy: Scanner) -> None:
    assert trivy.source == "package"
    assert trivy.path.name == "trivy"
    assert scanner._numbers(trivy.version) >= scanner.OLDEST


def test_the_one_on_the_path_comes_first(tmp_path: Path) -> None:
    made = program(tmp_path / "bin", "trivy", script("0.99.1"))
    found = find(home_settings(tmp_path, PATH=str(tmp_path / "bin")))
    assert found == Scanner(made, "0.99.1", "installed")


@pytest.mark.parametrize("text", [script("0.61.0"), "#!/bin/sh\nexit 1\n"])
def test_one_that_cannot_be_used_is_passed_over(tmp_path: Path, text: str) -> None:
    program(tmp_path / "bin", "trivy", text)
    found = find(home_settings(tmp_path, PATH=f"{tmp_path / 'bin'}:/bin"))
    assert found.source == "package"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (script("0.61.0"), "is version 0.61.0, older than 0.62"),
        ("#!/bin/sh\necho hello\n", "does not say its version"),
        ("#!/bin/sh\necho broken >&2\nexit 3\n", r"exit code 3 \(broken\)"),
        ("#!/no/such/shell\n", "cannot be started"),
    ],
)
def test_that_none_can_be_used_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    without_package(monkeypatch)
    program(tmp_path / "bin", "trivy", text)
    with pytest.raises(EnvironmentProblem, match=f"no Trivy.*{said}.*make setup"):
        find(home_settings(tmp_path, PATH=f"{tmp_path / 'bin'}:/bin"))


def test_no_variable_of_trivy_reaches_it(tmp_path: Path, trivy: Scanner) -> None:
    given = home_settings(tmp_path, TRIVY_SEVERITY="LOW", DOCKER_HOST="unix:///x")
    environ = trivy.environ(given)
    assert "TRIVY_SEVERITY" not in environ
    assert environ["DOCKER_HOST"] == "unix:///x"


class TestDatabase:
    def test_it_is_downloaded_when_there_is_none(
        self, tmp_path: Path, trivy: Scanner
    ) -> None:
        notes = Notes()
        source = write_database(tmp_path / "source", days=2)
        with trivy_registry(source) as repository:
            given = home_settings(
                tmp_path, f"security.database_repository={repository}"
            )
            found = provide(given, trivy, notes)
        assert found.folder == given.home / "trivy"
        age = datetime.now(UTC) - found.updated
        assert timedelta(days=1.9) < age < timedelta(days=2.1)
        assert found.problem is None
        assert "downloading the vulnerability database" in notes.steps
        assert sorted(path.name for path in given.home.iterdir()) == [
            "trivy",
            "trivy.lock",
        ]
        # It is current, so the next run asks nobody.
        again = home_settings(tmp_path, f"security.database_repository={NOBODY}")
        assert provide(again, trivy, notes) == found

    def test_an_old_one_is_replaced(self, tmp_path: Path, trivy: Scanner) -> None:
        write_database(tmp_path / "home" / "trivy", days=30, current=False)
        with trivy_registry(write_database(tmp_path / "source")) as repository:
            given = home_settings(
                tmp_path, f"security.database_repository={repository}"
            )
            found = provide(given, trivy, Notes())
        assert datetime.now(UTC) - found.updated < timedelta(hours=1)

    def test_without_a_newer_one_the_old_one_is_used(
        self, tmp_path: Path, trivy: Scanner
    ) -> None:
        write_database(tmp_path / "home" / "trivy", days=30, current=False)
        given = home_settings(tmp_path, f"security.database_repository={NOBODY}")
        found = provide(given, trivy, Notes())
        assert datetime.now(UTC) - found.updated > timedelta(days=29)
        assert found.problem is not None
        assert "connection refused" in found.problem

    def test_that_none_can_be_got_says_what_to_do(
        self, tmp_path: Path, trivy: Scanner
    ) -> None:
        given = home_settings(tmp_path, f"security.database_repository={NOBODY}")
        said = "cannot be downloaded: .*connection refused.*security.database"
        with pytest.raises(EnvironmentProblem, match=said):
            provide(given, trivy, Notes())

    @pytest.mark.parametrize(
        "override", ["environment.provision=false", "security.database=elsewhere"]
    )
    def test_nothing_is_downloaded_where_it_may_not(
        self, tmp_path: Path, trivy: Scanner, override: str
    ) -> None:
        given = home_settings(tmp_path, override)
        with pytest.raises(EnvironmentProblem, match="There is no vulnerability"):
            provide(given, trivy, Notes())
        assert not given.home.exists()

    @pytest.mark.parametrize("where", ["home/trivy", "elsewhere"])
    def test_what_is_there_is_used_as_it_is(
        self, tmp_path: Path, trivy: Scanner, where: str
    ) -> None:
        folder = write_database(tmp_path / where, days=30, current=False)
        word = (
            "environment.provision=false"
            if where == "home/trivy"
            else f"security.database={where}"
        )
        found = provide(home_settings(tmp_path, word), trivy, Notes())
        assert found.folder == folder

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda db: (db / "metadata.json").unlink(),
            lambda db: (db / "metadata.json").write_text("{half"),
            lambda db: (db / "metadata.json").write_text('{"Version": 2}'),
            lambda db: (db / "trivy.db").unlink(),
        ],
    )
    def test_half_of_one_is_none(
        self, tmp_path: Path, trivy: Scanner, spoil: Callable[[Path], object]
    ) -> None:
        spoil(write_database(tmp_path / "half") / "db")
        given = home_settings(tmp_path, "security.database=half")
        assert scanner.look(given, trivy) is None

    def test_a_folder_that_cannot_be_written_is_told(
        self, tmp_path: Path, trivy: Scanner
    ) -> None:
        (tmp_path / "home").write_text("a file")
        given = home_settings(tmp_path)
        with pytest.raises(EnvironmentProblem, match="cannot be written"):
            provide(given, trivy, Notes())


def test_what_has_come_is_told_about_once_a_second(tmp_path: Path) -> None:
    notes = Notes()
    meter = scanner._Meter(tmp_path, notes)
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "db.tar.gz").write_bytes(b"x" * 3_000_000)
    (tmp_path / "half" / "gone").symlink_to("nowhere")
    meter.tell()
    assert notes.amounts == []
    meter._told -= 2
    meter.tell()
    meter.tell()
    assert notes.amounts == [(3.0, None)]
