"""Databases and images for the real Trivy."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA: Final = Path(__file__).parents[1] / "data" / "trivy"

# Keys that open nothing; put together here, as a scan of these files would find them.
AWS_KEY: Final = "AKIA" + "QGATETESTQGATETE"
TOKEN: Final = "ghp_" + "q7R2t9W4" * 4 + "xY3z"


def write_database(
    folder: Path, source: str = "trivy.db", *, days: float = 0, current: bool = True
) -> Path:
    """Write a cache folder of Trivy with a database; return it.

    Args:
        folder: Where to.
        source: Which of the databases beside the tests.
        days: How old it is.
        current: Whether it says that there is no newer one yet.
    """
    (folder / "db").mkdir(parents=True)
    shutil.copy(DATA / source, folder / "db" / "trivy.db")
    now = datetime.now(UTC)
    made = now - timedelta(days=days)
    asked = now if current else datetime(2020, 1, 1, tzinfo=UTC)
    metadata = {
        "Version": 2,
        "UpdatedAt": f"{made:%Y-%m-%dT%H:%M:%S.123456789Z}",
        "NextUpdate": f"{asked + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}",
        "DownloadedAt": f"{asked:%Y-%m-%dT%H:%M:%SZ}",
    }
    (folder / "db" / "metadata.json").write_text(json.dumps(metadata))
    return folder


def write_image(
    path: Path, files: Mapping[str, str], environ: Mapping[str, str] | None = None
) -> Path:
    """Write an image of one layer with *files*, as `docker save` does; return *path*."""
    layer = _archive({name: text.encode() for name, text in files.items()})
    digest = hashlib.sha256(layer).hexdigest()
    created = "2026-11-01T00:00:00Z"
    config = {
        "created": created,
        "architecture": "amd64",
        "os": "linux",
        "config": {
            "Env": [f"{name}={value}" for name, value in (environ or {}).items()]
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
        "history": [{"created": created, "created_by": "COPY . /"}],
    }
    about = json.dumps(config).encode()
    name = f"{hashlib.sha256(about).hexdigest()}.json"
    manifest = {
        "Config": name,
        "RepoTags": ["qgate-sample:1"],
        "Layers": [f"{digest}/layer.tar"],
    }
    content = {
        name: about,
        f"{digest}/layer.tar": layer,
        "manifest.json": json.dumps([manifest]).encode(),
    }
    path.write_bytes(_archive(content))
    return path


def python_package(name: str, version: str) -> dict[str, str]:
    """Return the files by which Trivy knows an installed Python package."""
    folder = f"usr/lib/python3/dist-packages/{name}-{version}.dist-info"
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    return {f"{folder}/METADATA": text}


def debian(release: str, *packages: tuple[str, str]) -> dict[str, str]:
    """Return the files by which Trivy knows a Debian and its packages."""
    status = "\n".join(
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\n"
        f"Maintainer: T <t@example.com>\nVersion: {version}\nDescription: {name}\n"
        for name, version in packages
    )
    return {
        "etc/os-release": f'ID=debian\nVERSION_ID="{release}"\n',
        "etc/debian_version": f"{release}\n",
        "var/lib/dpkg/status": status,
    }


def _archive(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            about.mode = 0o644
            tar.addfile(about, io.BytesIO(content))
    return buffer.getvalue()
