"""The virtual environment of Odoo's dependencies, apart from qgate's own."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import uv

from qgate import process
from qgate.environment.component import MARKER, STAGE, provide
from qgate.errors import EnvironmentProblem, ToolFailed

if TYPE_CHECKING:
    from qgate.progress import Progress
    from qgate.settings import Settings

LOCK: Final = Path(__file__).with_name("odoo-requirements.lock")
"""Names, versions and hashes of what Odoo 19 imports, and of coverage."""

_PROBE: Final = """
import importlib.metadata as metadata, json, sys
found = {"python": "%d.%d.%d" % sys.version_info[:3], "coverage": None, "odoo": None}
try:
    import coverage
    found["coverage"] = coverage.__version__
except ImportError:
    pass
try:
    import odoo.release
    import os
    found["odoo"] = list(odoo.release.version_info[:2])
    found["version"] = odoo.release.version
    found["folder"] = os.path.dirname(os.path.dirname(odoo.release.__file__))
except ImportError as error:
    found["why"] = str(error)
found["distributions"] = sorted(
    "%s==%s" % (item.metadata["Name"], item.version) for item in metadata.distributions()
)
print(json.dumps(found))
"""
_BYTES: Final = 600_000_000


def odoo_venv(settings: Settings, progress: Progress) -> tuple[Path, str]:
    """Return interpreter and key of the venv with Odoo's dependencies, made when missing.

    Raises:
        EnvironmentProblem: The packages cannot be installed.
    """
    key = venv_key()
    folder = settings.home / "odoo" / f"venv-{key}"

    def make(part: Path) -> dict[str, Any]:
        progress.step(STAGE, "installing Odoo's Python packages")
        _uv(settings, "venv", "--quiet", "--python", sys.executable, str(part / "venv"))
        python = part / "venv" / "bin" / "python"
        _uv(
            settings,
            *("pip", "install", "--quiet", "--require-hashes"),
            *("--python", str(python), "--requirement", str(LOCK)),
        )
        return {"key": key, "python": platform.python_version()}

    python = folder / "venv" / "bin" / "python"
    if not python.exists():  # also when the interpreter it links to has been removed
        (folder / MARKER).unlink(missing_ok=True)
    provide(
        folder,
        make,
        what="Odoo's Python packages",
        progress=progress,
        needs_bytes=_BYTES,
    )
    return python, key


def venv_key() -> str:
    """Return what names the venv: the lock's content and the Python version."""
    text = LOCK.read_bytes() + repr(sys.version_info[:3]).encode()
    return hashlib.sha256(text).hexdigest()[:12]


def probe(settings: Settings, python: Path, *pythonpath: Path) -> dict[str, Any]:
    """Ask an interpreter for its Odoo, coverage and installed distributions.

    Raises:
        EnvironmentProblem: It cannot be started or does not answer.
    """
    extra = {"PYTHONPATH": ":".join(map(str, pythonpath))} if pythonpath else {}
    try:
        done = process.run(
            "python",
            [python, "-c", _PROBE],
            env=settings.child_environ(**extra),
            time_limit=60,
        )
        found: dict[str, Any] = json.loads(done.output)
    except (ToolFailed, ValueError) as error:
        message = f"The interpreter {python} does not answer."
        hint = "Correct environment.odoo_python."
        raise EnvironmentProblem(message, hint=hint) from error
    return found


def _uv(settings: Settings, *arguments: str) -> None:
    done = process.run(
        "uv",
        [uv.find_uv_bin(), *arguments],
        # Behind a company's proxy only the machine knows who signs; uv by itself does not ask it.
        env={"UV_SYSTEM_CERTS": "1", **settings.child_environ()},
        time_limit=1800,
        secrets=settings.secrets,
    )
    if done.returncode:
        said = process.tail(done.errors or done.output, 3)
        message = f"Odoo's Python packages cannot be installed: {said}."
        hint = "Check the network, or name an interpreter with environment.odoo_python."
        raise EnvironmentProblem(message, hint=hint)
