from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from qgate.environment import debian
from qgate.environment.component import marker
from qgate.errors import EnvironmentProblem
from tests.support.homes import Notes, home_settings, program

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

DEB822 = """\
# the machine's own
Types: deb
URIs: http://mirror.example.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example.org/debian-security
Suites: bookworm-security
"""
CLASSIC = """\
# deb http://old.example.org/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/k.gpg] https://deb.example.org/debian/ sid main
deb http://security.example.org/debian-security bookworm-security main
"""
FAKE_APT = """#!/bin/sh
case "$*" in
  *print-uris*)
    echo "'https://d.example.org/odoo-19_19.0-1_all.deb' odoo-19_19.0-1_all.deb 64 S:0" ;;
  *download*)
    for deb in {debs}/*.deb; do cp "$deb" .; sleep 0.1; done ;;
esac
"""


@pytest.mark.parametrize(
    ("texts", "mirror"),
    [
        ([DEB822], "http://mirror.example.org/debian"),
        ([CLASSIC], "https://deb.example.org/debian/"),
        (["deb http://x.example.org/ubuntu jammy main\n", CLASSIC], "https://deb.*"),
        (["Types: deb\nURIs: http://m.example.org/debian/\n"], "http://m.*/debian/"),
    ],
    ids=["deb822", "one line", "second file", "slash"],
)
def test_the_machines_own_mirror_is_taken(texts: list[str], mirror: str) -> None:
    assert re.fullmatch(mirror, debian.find_mirror(texts))


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["deb http://x.example.org/ubuntu jammy main\n"],
        ["deb http://x.example.org/debian-security sid main\n"],
        ["#deb http://x.example.org/debian sid main\n"],
    ],
)
def test_a_machine_of_another_kind_has_none(texts: list[str]) -> None:
    with pytest.raises(EnvironmentProblem, match="names no Debian archive"):
        debian.find_mirror(texts)


def test_sources_are_read_from_files_and_folders(tmp_path: Path) -> None:
    folder = tmp_path / "sources.list.d"
    folder.mkdir()
    (folder / "b.sources").write_text("b")
    (folder / "a.list").write_text("a")
    (folder / "a.list.save").write_text("old")
    (tmp_path / "sources.list").write_text("first")
    sources = (tmp_path / "sources.list", folder, tmp_path / "missing")
    assert debian._source_texts(sources) == ["first", "a", "b"]


def test_sizes_are_read_from_what_apt_prints() -> None:
    text = "'http://d/x_1.deb' x_1.deb 1200 SHA256:0\nnoise\n'http://d/y' y 34 MD5:0\n"
    assert debian.sizes(text) == [1200, 34]


def test_a_machine_without_apt_says_so(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="this machine has no apt-get"):
        debian.provision(home_settings(tmp_path), tmp_path / "odoo", Notes())


def deb(folder: Path, name: str, files: dict[str, str]) -> None:
    """Build a real package with *files*."""
    tree = folder / name
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN" / "control").write_text(
        f"Package: {name}\nVersion: 2:19.0-1\nArchitecture: all\n"
        "Maintainer: T <t@example.org>\nDescription: made for a test\n"
    )
    for path, text in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)
    target = folder / f"{name}_2%3a19.0-1_all.deb"
    command = ["dpkg-deb", "--build", "--root-owner-group", str(tree), str(target)]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def _own_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "debian.sources").write_text(DEB822)
    monkeypatch.setattr(debian, "_SOURCES", (tmp_path / "debian.sources",))
    monkeypatch.setattr(debian, "_BYTES", 1_000_000)


@pytest.mark.usefixtures("_own_sources")
def test_packages_are_unpacked_into_one_folder(tmp_path: Path) -> None:
    deb(tmp_path / "debs", "odoo-19", {"usr/lib/odoo": "o"})
    deb(tmp_path / "debs", "fonts-roboto", {"usr/share/fonts/roboto": "f"})
    text = FAKE_APT.replace("{debs}", str(tmp_path / "debs"))
    program(tmp_path / "bin", "apt-get", text)
    settings = home_settings(tmp_path, PATH=f"{tmp_path}/bin:/usr/bin:/bin")
    notes = Notes()
    folder = settings.home / "odoo" / "debian-19.0"
    debian.provision(settings, folder, notes)
    assert (folder / "usr/lib/odoo").read_text() == "o"
    assert (folder / "usr/share/fonts/roboto").read_text() == "f"
    assert not (folder / "apt").exists()
    said = marker(folder)
    assert said is not None
    assert said["version"] == "2:19.0-1"
    assert said["source"] == "Debian sid, package odoo-19"
    assert any(total == 64 / 1e6 for _, total in notes.amounts)


@pytest.mark.usefixtures("_own_sources")
def test_apt_that_gets_nothing_is_told(tmp_path: Path) -> None:
    program(tmp_path / "bin", "apt-get", "#!/bin/sh\nexit 0\n")
    settings = home_settings(tmp_path, PATH=f"{tmp_path}/bin:/usr/bin:/bin")
    with pytest.raises(EnvironmentProblem, match="got no odoo-19 from http://mirror"):
        debian.provision(settings, settings.home / "odoo" / "d", Notes())


@pytest.mark.usefixtures("_own_sources")
def test_what_apt_says_is_passed_on(tmp_path: Path) -> None:
    text = "#!/bin/sh\necho 'E: Temporary failure resolving' >&2\nexit 100\n"
    program(tmp_path / "bin", "apt-get", text)
    settings = home_settings(tmp_path, PATH=f"{tmp_path}/bin:/usr/bin:/bin")
    with pytest.raises(EnvironmentProblem) as caught:
        debian.provision(settings, settings.home / "odoo" / "d", Notes())
    assert "apt-get failed: E: Temporary failure resolving" in caught.value.message
    assert "environment.odoo_path" in (caught.value.hint or "")
    assert not list((settings.home / "odoo").glob("*/"))


def test_an_archive_that_nobody_signed_is_refused(
    tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real apt-get looks at the signature, whatever the options say of dates."""
    release = "Origin: Debian\nSuite: unstable\nCodename: sid\nComponents: main\n"
    base = "/debian/dists/sid"
    httpserver.expect_request(f"{base}/Release").respond_with_data(release)
    for name in ("InRelease", "Release.gpg"):
        httpserver.expect_request(f"{base}/{name}").respond_with_data("", status=404)
    url = httpserver.url_for("/debian")
    (tmp_path / "own.list").write_text(f"deb {url} bookworm main\n")
    monkeypatch.setattr(debian, "_SOURCES", (tmp_path / "own.list",))
    monkeypatch.setattr(debian, "_BYTES", 1_000_000)
    settings = home_settings(tmp_path, PATH="/usr/bin:/bin:/usr/sbin:/sbin")
    with pytest.raises(EnvironmentProblem, match="not signed"):
        debian.provision(settings, settings.home / "odoo" / "d", Notes())
