from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.environment import browser
from qgate.errors import EnvironmentProblem
from tests.support.homes import home_settings, program

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", browser.NAMES)
def test_the_first_chromium_on_the_path_is_found(tmp_path: Path, name: str) -> None:
    said = "Chromium 142.0.7444.134 built on Debian GNU/Linux 12 (bookworm)"
    made = program(tmp_path / "bin", name, f"#!/bin/sh\necho '{said}'\n")
    found = browser.find(home_settings(tmp_path, PATH=str(tmp_path / "bin")))
    assert found == (str(made), "Chromium 142.0.7444.134")


def test_one_that_does_not_start_is_named(tmp_path: Path) -> None:
    text = "#!/bin/sh\necho 'libnss3.so: cannot open' >&2\nexit 127\n"
    program(tmp_path / "bin", "chromium", text)
    with pytest.raises(EnvironmentProblem, match=r"does not start \(libnss3.so"):
        browser.find(home_settings(tmp_path, PATH=str(tmp_path / "bin")))


def test_a_missing_one_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="apt-get install chromium"):
        browser.find(home_settings(tmp_path))
