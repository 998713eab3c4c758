"""Which package index pip would use here."""

from __future__ import annotations

import importlib.util
import re
import sys
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from qgate import process
from qgate.errors import UsageError

if TYPE_CHECKING:
    from qgate.settings import Settings

_LINE: Final = re.compile(r"(?:global|install|:env:)\.index-url='([^']*)'")


def chosen(settings: Settings, given: str | None = None) -> str:
    """Return the address of the simple API of a package index.

    That is the one *given*, else what `PIP_INDEX_URL` or pip's own configuration says, else
    the one that pip comes with.

    Raises:
        UsageError: It is no address, or none is given and pip is not there to be asked.
    """
    url = given or settings.environ.get("PIP_INDEX_URL") or _of_pip(settings)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        message = f"{url or 'Nothing'} is no address of a package index."
        raise UsageError(message, hint="Name one with --index-url.")
    return url


def _of_pip(settings: Settings) -> str:
    if importlib.util.find_spec("pip") is None:
        return ""
    done = process.run(
        "pip",
        [sys.executable, "-m", "pip", "config", "list"],
        env=settings.child_environ(),
        cwd=settings.root,
    )
    match = _LINE.search(done.output)
    if match:
        return match[1]
    # pip says nowhere else which index it comes with.
    from pip._internal.models.index import PyPI  # noqa: PLC0415

    return str(PyPI.simple_url)


__all__ = ["chosen"]
