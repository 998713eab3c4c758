"""A real container engine of a test's own, with nothing in it."""

from __future__ import annotations

import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import docker

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONFIG: Final = """[engine]
runtime = "runc"
[containers]
default_ulimits = ["nofile=16384:16384", "nproc=32768:32768"]
"""
_SECONDS: Final = 30


@contextmanager
def engine() -> Iterator[str]:
    """Run Podman's service and give its address, as DOCKER_HOST takes it."""
    # Podman takes no long path, as that of a test's own folder is.
    with tempfile.TemporaryDirectory(prefix="qgate-") as folder:
        yield from _service(Path(folder))


def _service(folder: Path) -> Iterator[str]:
    (folder / "containers.conf").write_text(_CONFIG)
    socket = folder / "engine.sock"
    with (folder / "engine.log").open("wb") as log:
        child = subprocess.Popen(
            [
                *("podman", "--root", folder / "root", "--runroot", folder / "run"),
                # The kernel of a container may not allow another file system over its own.
                *("--storage-driver", "vfs"),
                *("system", "service", "--time=0", f"unix://{socket}"),
            ],
            env={
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME": str(folder),
                "CONTAINERS_CONF": str(folder / "containers.conf"),
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        begun = time.monotonic()
        while not socket.exists():
            assert child.poll() is None, (folder / "engine.log").read_text()
            assert time.monotonic() - begun < _SECONDS
            time.sleep(0.05)
        yield f"unix://{socket}"
    finally:
        child.terminate()
        child.wait(_SECONDS)


def import_image(address: str, archive: Path, name: str) -> None:
    """Make an image of one layer, the content of a tar *archive*."""
    client = docker.DockerClient(base_url=address, timeout=_SECONDS)
    try:
        client.api.import_image(src=str(archive), repository=name)
    finally:
        client.close()
