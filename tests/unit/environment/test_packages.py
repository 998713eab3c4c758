from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

import pytest

from qgate import settings
from qgate.environment.packages import normalised, packages
from qgate.errors import EnvironmentProblem

SETTINGS = settings.load(environ={"PATH": "/usr/bin:/bin"})


def test_an_interpreter_says_what_it_has() -> None:
    found = packages(SETTINGS, Path(sys.executable))
    assert found.versions["packaging"] == metadata.version("packaging")
    assert found.installed("Ruff") == ("Ruff", metadata.version("ruff"))
    # By the module's name too, as manifests do.
    assert found.installed("yaml") == ("PyYAML", metadata.version("pyyaml"))
    assert found.installed("qgate-nonesuch") is None
    folder = Path(str(metadata.distribution("packaging").locate_file(""))).resolve()
    assert found.folders[folder] > 50


def test_further_folders_count_too(tmp_path: Path) -> None:
    for name in ("one-1.0.dist-info", "nameless-2.0.dist-info"):
        (tmp_path / name).mkdir()
    about = "Metadata-Version: 2.1\nName: One_Two\nVersion: 1.0\n"
    (tmp_path / "one-1.0.dist-info" / "METADATA").write_text(about)
    found = packages(SETTINGS, Path(sys.executable), [tmp_path])
    assert found.folders[tmp_path.resolve()] == 1
    assert found.installed("one.two") == ("one.two", "1.0")


@pytest.mark.parametrize("python", ["/bin/true", "/no/such/python"])
def test_one_that_does_not_answer_is_told(python: str) -> None:
    with pytest.raises(EnvironmentProblem, match="does not say what packages it has"):
        packages(SETTINGS, Path(python))


def test_names_are_compared_as_packages_are() -> None:
    assert normalised("Foo._-Bar") == "foo-bar"
