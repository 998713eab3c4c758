from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import pytest

from qgate.environment import python
from qgate.environment.component import MARKER
from qgate.errors import EnvironmentProblem, ToolFailed
from tests.support.homes import Notes, home_settings, program, write_odoo, write_venv


def test_a_made_venv_is_found_without_installing(tmp_path: Path) -> None:
    made = write_venv(tmp_path / "home")
    notes = Notes()
    found, key = python.odoo_venv(home_settings(tmp_path), notes)
    assert found == made
    assert key == python.venv_key()
    assert notes.steps == []


def test_no_network_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    cache = str(tmp_path / "uv")
    settings = home_settings(tmp_path, UV_OFFLINE="1", UV_CACHE_DIR=cache)
    with pytest.raises(EnvironmentProblem) as caught:
        python.odoo_venv(settings, Notes())
    assert caught.value.message.startswith("Odoo's Python packages cannot be installed")
    assert "environment.odoo_python" in (caught.value.hint or "")
    assert not list((tmp_path / "home" / "odoo").glob("*/"))


@pytest.mark.parametrize(
    ("said", "asked"), [({}, "1"), ({"UV_SYSTEM_CERTS": "0"}, "0")]
)
def test_the_machine_says_who_signs_for_the_index(
    said: dict[str, str],
    asked: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[str] = []

    def run(tool: str, *_: object, env: dict[str, str], **__: object) -> NoReturn:
        seen.append(env["UV_SYSTEM_CERTS"])
        why = "not now"
        raise ToolFailed(tool, why)

    monkeypatch.setattr("qgate.environment.python.process.run", run)
    with pytest.raises(ToolFailed):
        python.odoo_venv(home_settings(tmp_path, **said), Notes())
    assert seen == [asked]


def test_a_venv_whose_interpreter_is_gone_is_made_anew(tmp_path: Path) -> None:
    made = write_venv(tmp_path / "home")
    made.unlink()
    made.symlink_to(tmp_path / "removed")
    cache = str(tmp_path / "uv")
    settings = home_settings(tmp_path, UV_OFFLINE="1", UV_CACHE_DIR=cache)
    with pytest.raises(EnvironmentProblem, match="cannot be installed"):
        python.odoo_venv(settings, Notes())
    assert not (made.parent.parent.parent / MARKER).exists()


def test_the_lock_names_hashes_and_no_address() -> None:
    text = python.LOCK.read_text()
    wanted = python.LOCK.with_suffix(".in").read_text()
    assert "://" not in text
    assert "--hash=sha256:" in text
    for line in wanted.splitlines():
        name = line.split("#")[0].split("<")[0].split(">")[0].strip().lower()
        if name:
            assert f"{name.replace('_', '-')}==" in text.lower()


def test_an_interpreter_tells_what_it_can_import(tmp_path: Path) -> None:
    settings = home_settings(tmp_path)
    found = python.probe(settings, Path(sys.executable))
    assert found["odoo"] is None
    assert "odoo" in found["why"]
    assert found["coverage"]
    assert any(name.startswith("pytest==") for name in found["distributions"])

    folder = write_odoo(tmp_path / "source")
    found = python.probe(settings, Path(sys.executable), folder)
    assert found["odoo"] == [19, 0]
    assert found["folder"] == str(folder)


@pytest.mark.parametrize(
    "text", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\necho hello\n", "no program"]
)
def test_what_is_no_interpreter_is_named(tmp_path: Path, text: str) -> None:
    path = program(tmp_path, "python", text)
    with pytest.raises(EnvironmentProblem, match=f"{path} does not answer"):
        python.probe(home_settings(tmp_path), path)


def test_a_missing_interpreter_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="nowhere does not answer"):
        python.probe(home_settings(tmp_path), tmp_path / "nowhere")
