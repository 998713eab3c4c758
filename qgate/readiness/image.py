"""Check image: how large the container image is."""

from __future__ import annotations

import gzip
import socket
import tarfile
from typing import IO, TYPE_CHECKING, Final

import docker
from docker.errors import DockerException, ImageNotFound

from qgate import process
from qgate.errors import EnvironmentProblem
from qgate.readiness.base import MEASURED, SKIPPED, Found

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.settings import Settings

_LOCAL: Final = "unix://"
_USUAL: Final = "unix:///var/run/docker.sock"
_GB: Final = 1e9
_SECONDS: Final = 30
_CHUNK: Final = 1 << 20
_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"


def check(settings: Settings) -> Found:
    """Return the size of the image that `security.image` names.

    Raises:
        EnvironmentProblem: There is no such image, or no engine that knows it.
    """
    name = settings.security.image
    if not name:
        why = "No container image is named, so none was measured; set security.image."
        return Found("image", SKIPPED, why)
    archive = settings.root / name
    size = archive_size(archive) if archive.is_file() else engine_size(settings, name)
    return Found(name, MEASURED, f"The image has {size / _GB:.2f} GB.", (), size / _GB)


def engine_size(settings: Settings, name: str) -> int:
    """Return the bytes of the image *name*, as the engine at DOCKER_HOST counts them.

    Raises:
        EnvironmentProblem: The engine does not answer or does not have it.
    """
    where = settings.environ.get("DOCKER_HOST") or _USUAL
    try:
        _reach(where)
        client = docker.from_env(environment=dict(settings.environ), timeout=_SECONDS)
        try:
            return int(client.images.get(name).attrs["Size"])
        finally:
            client.close()
    except ImageNotFound as error:
        message = f"The container engine at {where} has no image {name}."
        hint = "Build or pull it first, or name a tar archive with security.image."
        raise EnvironmentProblem(message, hint=hint) from error
    except (DockerException, OSError) as error:
        why = process.tail(str(error), 1)[:200]
        message = f"The container engine at {where} does not answer ({why})."
        hint = "Start it, or name it with DOCKER_HOST."
        raise EnvironmentProblem(message, hint=hint) from error


def _reach(where: str) -> None:
    """Connect to a local engine once: the SDK leaves its socket open when it cannot.

    Raises:
        OSError: Nobody listens.
    """
    if where.startswith(_LOCAL):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_SECONDS)
            probe.connect(where.removeprefix(_LOCAL))


def archive_size(path: Path) -> int:
    """Return the bytes of the layers in an image archive, unpacked.

    The file itself would flatter an archive whose layers are compressed.

    Raises:
        EnvironmentProblem: It is no archive, or has layers that cannot be unpacked here.
    """
    try:
        with tarfile.open(path) as archive:
            return sum(
                _unpacked(content, path)
                for member in archive
                if member.isfile() and (content := archive.extractfile(member))
            )
    except (tarfile.TarError, OSError, EOFError) as error:
        message = f"{path.name} is no readable image archive ({error})."
        hint = "Make it with `docker save`, or name an image with security.image."
        raise EnvironmentProblem(message, hint=hint) from error


def _unpacked(content: IO[bytes], path: Path) -> int:
    process.check_interrupted()
    begin = content.read(4)
    content.seek(0)
    if begin.startswith(_ZSTD):
        message = (
            f"{path.name} has layers compressed with zstd, which are not measured."
        )
        raise EnvironmentProblem(message, hint="Save it with gzip or uncompressed.")
    if begin.startswith(_GZIP):
        with gzip.open(content) as unpacked:
            return _length(unpacked)
    return _length(content)


def _length(content: IO[bytes] | gzip.GzipFile) -> int:
    total = 0
    while chunk := content.read(_CHUNK):
        total += len(chunk)
    return total
