"""Odoo 19 from the official nightly source archive."""

from __future__ import annotations

import gzip
import http.client
import tarfile
import urllib.error
import urllib.request
import zlib
from typing import TYPE_CHECKING, Any, Final

from qgate import process
from qgate.environment.component import STAGE, provide
from qgate.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qgate.progress import Progress
    from qgate.settings import Settings

URL: Final = "https://nightly.odoo.com/19.0/nightly/src/odoo_19.0.latest.tar.gz"
_TIMEOUT_SECONDS: Final = 15
_CHUNK: Final = 1 << 20
_BYTES: Final = 2_500_000_000


def provision(
    settings: Settings, folder: Path, progress: Progress, url: str = URL
) -> None:
    """Download the archive and unpack it into *folder*.

    Raises:
        EnvironmentProblem: It cannot be got, is cut short, or holds no Odoo.
    """
    del settings

    def make(part: Path) -> dict[str, Any]:
        archive = part / "odoo.tar.gz"
        _download(url, archive, progress)
        progress.step(STAGE, "unpacking Odoo 19")
        try:
            with tarfile.open(archive) as tar:
                tar.extractall(part / "unpacked", filter="data")
        except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
            message = f"the archive from {url} is broken ({error})"
            raise EnvironmentProblem(message, hint="Try again.") from error
        archive.unlink()
        tops = [path for path in (part / "unpacked").iterdir() if path.is_dir()]
        if len(tops) != 1 or not (tops[0] / "odoo" / "release.py").is_file():
            message = f"the archive from {url} holds no Odoo"
            raise EnvironmentProblem(message, hint="Set environment.odoo_path.")
        version = tops[0].name.removeprefix("odoo-")
        tops[0].rename(part / "odoo")
        (part / "unpacked").rmdir()
        return {"version": version, "source": url}

    provide(folder, make, what="Odoo 19", progress=progress, needs_bytes=_BYTES)


def _download(url: str, target: Path, progress: Progress) -> None:
    progress.step(STAGE, "downloading Odoo 19")
    done = 0
    total = None
    with target.open("wb") as file:
        for chunk, total in _chunks(url):
            process.check_interrupted()
            file.write(chunk)
            done += len(chunk)
            progress.amount(STAGE, done / 1e6, total and total / 1e6)
    if total is not None and done != total:
        message = f"the download from {url} ended after {done} of {total} bytes"
        raise EnvironmentProblem(message, hint="Try again.")


def _chunks(url: str) -> Iterator[tuple[bytes, int | None]]:
    """Yield what *url* answers, with its whole length where the server says it."""
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - https
            total = int(answer.headers.get("Content-Length") or 0) or None
            while chunk := answer.read(_CHUNK):
                yield chunk, total
    except (OSError, http.client.HTTPException) as error:
        why = getattr(error, "reason", None) or str(error) or type(error).__name__
        message = f"{url} cannot be downloaded ({why})"
        raise EnvironmentProblem(message, hint="Check the network.") from error
