"""Small workspaces on disk, for tests."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qgate import settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qgate.settings import Settings


SHIPPED: Final = settings.load(environ={}, root=Path(__file__).parent).policy
"""The thresholds that qgate ships with, whatever this repository asks of itself."""


def write_module(
    addons: Path,
    name: str,
    *,
    depends: Sequence[str] = ("base",),
    files: Mapping[str, str] | None = None,
    **manifest: object,
) -> Path:
    """Write a module with a manifest, an empty __init__ and *files*; return its folder."""
    folder = addons / name
    folder.mkdir(parents=True)
    data = {"name": name, "version": "19.0.1.0.0", "depends": list(depends)} | manifest
    lines = [
        f'    "{key}": {value if isinstance(value, bool) else json.dumps(value)},'
        for key, value in data.items()
    ]
    (folder / "__manifest__.py").write_text("\n".join(["{", *lines, "}", ""]))
    (folder / "__init__.py").write_text("")
    for path, text in (files or {}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def make_settings(
    root: Path, *overrides: str, environ: Mapping[str, str] | None = None
) -> Settings:
    """Return the settings of the workspace *root*, with modules in `addons`."""
    return settings.load(
        root=root,
        overrides=['workspace.addons=["addons"]', *overrides],
        environ={"PATH": "/usr/bin:/bin", "HOME": str(root)} | dict(environ or {}),
    )


def git(folder: Path, *arguments: str) -> str:
    """Run git in *folder* as a fixed person."""
    return subprocess.run(
        [
            "git",
            *("-c", "user.name=T", "-c", "user.email=t@example.com"),
            *("-C", str(folder), *arguments),
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
