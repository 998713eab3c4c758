"""What is kept of a test that failed: into the report of pytest, and from the server's log."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pytest_html import extras

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

_TROUBLE: Final = (" ERROR ", " CRITICAL ", "Traceback (most recent call last)")
_CHARACTERS: Final = 100_000


class LogPart:
    """What a server's log says from now on.

    Args:
        path: The log.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begin = path.stat().st_size if path.exists() else 0

    def keep(self, folder: Path) -> None:
        """Write the part into *folder* when it tells of trouble."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._begin)
            text = file.read().decode("utf-8", errors="replace")
        if any(word in text for word in _TROUBLE):
            folder.mkdir(parents=True, exist_ok=True)
            target = folder / "server-log.txt"
            target.write_text(text[-_CHARACTERS:], encoding="utf-8")


def attach(
    config: pytest.Config, report: pytest.TestReport, kept: Iterable[Path]
) -> None:
    """Show what was kept in pytest's own HTML report: pictures in it, the rest as links."""
    page = config.getoption("htmlpath", default=None)
    if not page:
        return
    folder = Path(page).absolute().parent
    shown: list[Any] = []
    for path in kept:
        if path.suffix == ".png":
            content = base64.b64encode(path.read_bytes()).decode()
            shown.append(extras.png(content, name=path.stem))
        else:
            shown.append(extras.url(os.path.relpath(path, folder), name=path.name))
    report.extras = shown  # type: ignore[attr-defined] # pytest-html reads it
