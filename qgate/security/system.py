"""The machine's operating system: where its package database is, how many packages it has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

Kept = Mapping[str, "Kept"]

_KEPT: Final[Kept] = {
    "etc": {"apk": {}},
    "lib": {"apk": {"db": {}}},
    "usr": {"lib": {"apk": {"db": {}}, "sysimage": {"rpm": {}}}},
    "var": {"lib": {"dpkg": {}, "rpm": {}, "rpmmanifest": {}}},
}
"""Folders in which Trivy finds release and packages; the rest of a machine takes minutes."""

_GLOB: Final = re.compile(r"([*?\[\]{}\\])")
_DPKG: Final = re.compile(r"^Status: install ok installed$", re.MULTILINE)
_APK: Final = re.compile(r"^P:", re.MULTILINE)


def left_out(root: Path = Path("/"), kept: Kept = _KEPT) -> Iterator[str]:
    """Yield the folders below *root* that a look for its packages can do without.

    They are patterns, relative to the top.
    """
    yield from _left_out(root, kept, "")


def expected(root: Path = Path("/")) -> int | None:
    """Return how many packages the system below *root* says it has.

    None is an unknown number, at least one; zero is a machine without packages of this
    kind, as macOS.
    """
    counts = [
        _count(root / "var/lib/dpkg/status", _DPKG),
        _count(root / "lib/apk/db/installed", _APK),
    ]
    if any(counts):
        return sum(counts)
    releases = (root / "etc/os-release", root / "usr/lib/os-release")
    return None if any(path.exists() for path in releases) else 0


def _left_out(folder: Path, kept: Kept, prefix: str) -> Iterator[str]:
    try:
        children = sorted(folder.iterdir())
    except OSError:
        return
    for child in children:
        if not child.is_dir() or child.is_symlink():
            continue
        name = prefix + _GLOB.sub(r"\\\1", child.name)
        if child.name not in kept:
            yield name
        elif kept[child.name]:
            yield from _left_out(child, kept[child.name], f"{name}/")


def _count(path: Path, pattern: re.Pattern[str]) -> int:
    try:
        return len(pattern.findall(path.read_text(encoding="utf-8", errors="replace")))
    except OSError:
        return 0
