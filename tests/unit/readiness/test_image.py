"""How large an image is: in an archive here, in a real engine in the integration tests."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from qgate.errors import EnvironmentProblem
from qgate.readiness import image
from tests.support.workspaces import make_settings

if TYPE_CHECKING:
    from pathlib import Path

LAYER = bytes(3_000_000)


def archive(path: Path, *layers: bytes) -> Path:
    with tarfile.open(path, "w") as file:
        for number, layer in enumerate(layers):
            entry = tarfile.TarInfo(f"blobs/{number}")
            entry.size = len(layer)
            file.addfile(entry, io.BytesIO(layer))
    return path


def test_without_an_image_there_is_nothing_to_measure(tmp_path: Path) -> None:
    found = image.check(make_settings(tmp_path))
    assert (found.outcome, found.figure) == ("skipped", None)
    assert "set security.image" in found.detail


def test_layers_count_unpacked(tmp_path: Path) -> None:
    path = archive(tmp_path / "image.tar", LAYER, gzip.compress(LAYER), b"{}")
    assert path.stat().st_size < 1.1 * len(LAYER)
    found = image.check(make_settings(tmp_path, "security.image=image.tar"))
    assert (found.outcome, found.figure) == ("measured", 0.006000002)
    assert found.detail == "The image has 0.01 GB."


@pytest.mark.parametrize(
    "content", [b"no archive", gzip.compress(b"no archive"), b""], ids=["x", "gz", "0"]
)
def test_what_is_no_archive_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "image.tar"
    path.write_bytes(content)
    with pytest.raises(EnvironmentProblem, match="image.tar is no readable image"):
        image.archive_size(path)


def test_a_layer_that_cannot_be_unpacked_is_told(tmp_path: Path) -> None:
    broken = gzip.compress(LAYER)[:-20]
    with pytest.raises(EnvironmentProblem, match="is no readable image archive"):
        image.archive_size(archive(tmp_path / "image.tar", broken))
    packed = archive(tmp_path / "other.tar", b"\x28\xb5\x2f\xfd and so on")
    with pytest.raises(EnvironmentProblem, match="zstd"):
        image.archive_size(packed)


def test_an_engine_that_does_not_answer_is_told(tmp_path: Path) -> None:
    socket = f"unix://{tmp_path}/none.sock"
    settings = make_settings(
        tmp_path, "security.image=shop:1", environ={"DOCKER_HOST": socket}
    )
    with pytest.raises(EnvironmentProblem, match="none.sock does not answer"):
        image.check(settings)
