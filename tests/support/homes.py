"""Folders of components for tests: some real, some made up, and what watches them."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qgate import settings
from qgate.environment import component
from qgate.environment.python import venv_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qgate.settings import Settings


@dataclass
class Notes:
    """Progress that is remembered."""

    steps: list[str] = field(default_factory=list)
    amounts: list[tuple[float, float | None]] = field(default_factory=list)

    def step(self, stage: str, text: str) -> None:
        """Remember *text*."""
        assert stage == component.STAGE
        self.steps.append(text)

    def amount(self, stage: str, done: float, total: float | None) -> None:
        """Remember how far it is."""
        assert stage == component.STAGE
        self.amounts.append((done, total))

    def ended(self, stage: str, verdict: str) -> None:
        """Make sure that it is a component that is ready."""
        assert (stage, verdict) == (component.STAGE, "ready")


def home_settings(root: Path, *overrides: str, **environ: str) -> Settings:
    """Return settings whose components lie in `root/home`, on a machine with nothing else."""
    values = {"QGATE_HOME": str(root / "home"), "HOME": str(root), "PATH": ""}
    return settings.load(root=root, overrides=overrides, environ=values | environ)


def write_odoo(folder: Path, series: str = "19, 0") -> Path:
    """Write what qgate looks at in an Odoo's source folder."""
    (folder / "odoo" / "addons" / "base").mkdir(parents=True)
    (folder / "odoo" / "addons" / "base" / "__manifest__.py").write_text("{}")
    (folder / "addons" / "hr").mkdir(parents=True)
    (folder / "addons" / "hr" / "__manifest__.py").write_text("{}")
    (folder / "odoo" / "__init__.py").write_text("")
    (folder / "odoo" / "release.py").write_text(
        "FINAL = 'final'\n"
        f"version_info = ({series}, 0, FINAL, 0, '')\n"
        "version = '.'.join(map(str, version_info[:2]))\n"
    )
    (folder / "odoo-bin").write_text("#!/usr/bin/env python3\n")
    return folder


def write_venv(home: Path) -> Path:
    """Make what counts as the venv of Odoo's packages in *home*; return its interpreter."""
    folder = home / "odoo" / f"venv-{venv_key()}"
    python = folder / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (folder / component.MARKER).write_text('{"key": "made up"}')
    return python


def program(folder: Path, name: str, text: str) -> Path:
    """Write an executable script *name* into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path


def until(true: Callable[[], object], seconds: float = 60) -> None:
    """Wait until *true* answers so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"still not after {seconds} s"
        time.sleep(0.02)


def in_child(source: str, *words: object) -> subprocess.Popen[bytes]:
    """Start Python on *source* with *words* in `sys.argv`; the caller ends it."""
    return subprocess.Popen([sys.executable, "-c", source, *map(str, words)])


def killed(child: subprocess.Popen[bytes]) -> None:
    """End *child* as the kernel would, without a chance to clear up."""
    child.kill()
    child.wait()
