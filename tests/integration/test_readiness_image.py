"""The size of an image in a real container engine."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from qgate.errors import EnvironmentProblem
from qgate.readiness import image
from tests.support.engines import engine, import_image
from tests.support.workspaces import make_settings

if TYPE_CHECKING:
    from pathlib import Path


def test_the_engine_tells_the_size_of_an_image(tmp_path: Path) -> None:
    layer = tmp_path / "layer.tar"
    with tarfile.open(layer, "w") as archive:
        entry = tarfile.TarInfo("content")
        entry.size = 5_000_000
        archive.addfile(entry, io.BytesIO(bytes(entry.size)))
    with engine() as address:
        import_image(address, layer, "localhost/shop")
        environ = {"DOCKER_HOST": address}
        named = "security.image=localhost/shop"
        found = image.check(make_settings(tmp_path, named, environ=environ))
        assert found.outcome == "measured"
        assert found.figure is not None
        assert 0.005 <= found.figure < 0.006
        with pytest.raises(EnvironmentProblem, match="has no image localhost/none"):
            image.engine_size(
                make_settings(tmp_path, environ=environ), "localhost/none"
            )
