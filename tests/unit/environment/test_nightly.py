from __future__ import annotations

import io
import socket
import tarfile
import threading
from typing import TYPE_CHECKING

import pytest
from werkzeug import Response

from qgate.environment import nightly
from qgate.environment.component import HomeProblem, marker
from qgate.errors import EnvironmentProblem
from tests.support.homes import (
    Notes,
    home_settings,
    in_child,
    killed,
    until,
    write_odoo,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_httpserver import HTTPServer

TOP = "odoo-19.0.post20261101"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "_BYTES", 1_000_000)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def archive(tmp_path: Path) -> bytes:
    """Return the official archive, but small."""
    return packed(write_odoo(tmp_path / "source"), TOP)


def packed(folder: Path, top: str) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        tar.add(folder, top)
    return file.getvalue()


def get(tmp_path: Path, url: str, notes: Notes | None = None) -> Path:
    settings = home_settings(tmp_path)
    folder = settings.home / "odoo" / "nightly-19.0"
    nightly.provision(settings, folder, notes or Notes(), url)
    return folder


def test_the_archive_is_downloaded_and_unpacked(
    tmp_path: Path, httpserver: HTTPServer, archive: bytes
) -> None:
    httpserver.expect_ordered_request("/odoo.tar.gz").respond_with_data(archive)
    notes = Notes()
    folder = get(tmp_path, httpserver.url_for("/odoo.tar.gz"), notes)
    said = marker(folder)
    assert said is not None
    assert said["version"] == "19.0.post20261101"
    assert said["source"].endswith("/odoo.tar.gz")
    assert (folder / "odoo" / "odoo" / "release.py").is_file()
    assert not (folder / "odoo.tar.gz").exists()
    assert notes.amounts[-1][0] == notes.amounts[-1][1] == len(archive) / 1e6
    assert notes.steps == ["downloading Odoo 19", "unpacking Odoo 19"]


@pytest.mark.parametrize("status", [404, 503])
def test_an_answer_that_refuses_is_one_sentence(
    tmp_path: Path, httpserver: HTTPServer, status: int
) -> None:
    httpserver.expect_request("/odoo.tar.gz").respond_with_data("no", status=status)
    url = httpserver.url_for("/odoo.tar.gz")
    with pytest.raises(EnvironmentProblem, match=f"{url} cannot be downloaded"):
        get(tmp_path, url)


def test_no_network_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/odoo.tar.gz"
        with pytest.raises(EnvironmentProblem) as caught:
            get(tmp_path, url)
    assert "cannot be downloaded (" in caught.value.message
    assert "refused" in caught.value.message


@pytest.fixture
def cut_server(archive: bytes) -> Iterator[str]:
    """Serve a whole header and half the archive, in either way of counting."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)

        def serve() -> None:
            for counting in (
                f"Content-Length: {len(archive)}\r\n\r\n".encode(),
                b"Transfer-Encoding: chunked\r\n\r\n"
                + f"{len(archive):x}\r\n".encode(),
            ):
                answer, _ = server.accept()
                with answer:
                    answer.recv(65536)
                    half = archive[: len(archive) // 2]
                    answer.sendall(b"HTTP/1.1 200 OK\r\n" + counting + half)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/odoo.tar.gz"
        thread.join(30)


def test_a_truncated_download_is_told_and_not_kept(
    tmp_path: Path, cut_server: str
) -> None:
    with pytest.raises(EnvironmentProblem, match=r"ended after \d+ of \d+ bytes"):
        get(tmp_path, cut_server)
    with pytest.raises(EnvironmentProblem, match="cannot be downloaded"):
        get(tmp_path, cut_server)
    assert not list((tmp_path / "home" / "odoo").glob("*/"))


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda data: data[:-200], "is broken"),
        (lambda data: data[:100] + bytes(200) + data[300:], "is broken"),
        (lambda _: b"<html>Sign in to this network</html>", "is broken"),
        (lambda _: b"", "is broken"),
    ],
    ids=["short", "damaged", "a page", "empty"],
)
def test_a_broken_archive_is_refused(
    tmp_path: Path, httpserver: HTTPServer, archive: bytes, spoil: object, why: str
) -> None:
    assert callable(spoil)
    httpserver.expect_request("/odoo.tar.gz").respond_with_data(spoil(archive))
    with pytest.raises(EnvironmentProblem, match=why):
        get(tmp_path, httpserver.url_for("/odoo.tar.gz"))
    assert not list((tmp_path / "home" / "odoo").glob("*/"))


def test_an_archive_of_something_else_is_refused(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "setup.py").write_text("")
    data = packed(tmp_path / "other", "other-1.0")
    httpserver.expect_request("/odoo.tar.gz").respond_with_data(data)
    with pytest.raises(EnvironmentProblem, match="holds no Odoo"):
        get(tmp_path, httpserver.url_for("/odoo.tar.gz"))


def test_an_archive_that_reaches_outside_writes_nothing_there(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        entry = tarfile.TarInfo("../../../../outside")
        entry.size = 4
        tar.addfile(entry, io.BytesIO(b"evil"))
    httpserver.expect_request("/odoo.tar.gz").respond_with_data(file.getvalue())
    with pytest.raises(EnvironmentProblem, match="is broken"):
        get(tmp_path, httpserver.url_for("/odoo.tar.gz"))
    assert not list(tmp_path.rglob("outside"))


def test_a_download_killed_in_the_middle_starts_anew(
    tmp_path: Path, httpserver: HTTPServer, archive: bytes
) -> None:
    release = threading.Event()
    asked = threading.Event()

    def slowly(_: object) -> Response:
        def chunks() -> Iterator[bytes]:
            yield archive[: len(archive) // 2]
            asked.set()
            release.wait(60)
            yield archive[len(archive) // 2 :]

        return Response(chunks(), headers={"Content-Length": str(len(archive))})

    httpserver.expect_oneshot_request("/odoo.tar.gz").respond_with_handler(slowly)
    url = httpserver.url_for("/odoo.tar.gz")
    source = """
import sys
from pathlib import Path
from qgate.environment import nightly
from tests.support.homes import Notes, home_settings
nightly._BYTES = 1_000_000
settings = home_settings(Path(sys.argv[1]))
folder = settings.home / "odoo" / "nightly-19.0"
nightly.provision(settings, folder, Notes(), sys.argv[2])
"""
    child = in_child(source, tmp_path, url)
    assert asked.wait(60)
    until(lambda: list((tmp_path / "home" / "odoo").glob("*.part-*/odoo.tar.gz")))
    killed(child)
    release.set()
    assert marker(tmp_path / "home" / "odoo" / "nightly-19.0") is None

    httpserver.expect_request("/odoo.tar.gz").respond_with_data(archive)
    folder = get(tmp_path, url)
    assert (folder / "odoo" / "odoo" / "release.py").is_file()
    assert [path.name for path in folder.parent.glob("*/")] == ["nightly-19.0"]


def test_a_full_disk_is_not_taken_for_a_broken_archive(
    tmp_path: Path,
    httpserver: HTTPServer,
    archive: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tarfile.TarFile, "extractall", full)
    httpserver.expect_request("/odoo.tar.gz").respond_with_data(archive)
    with pytest.raises(HomeProblem, match="No space left on device"):
        get(tmp_path, httpserver.url_for("/odoo.tar.gz"))
