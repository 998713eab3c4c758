"""The build context: the modules, the Python packages they ask for, in one archive."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import uv
from docker.utils.build import exclude_paths
from manifestoo_core.addon import Addon

from qgate import process
from qgate.errors import EnvironmentProblem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qgate.settings import Settings
    from qgate.workspace import Module, Workspace

_HERE: Final = Path(__file__).parent
DOCKERFILE: Final = _HERE / "Dockerfile"
_PLATFORMS: Final = {
    "amd64": "x86_64-manylinux_2_28",
    "arm64": "aarch64-manylinux_2_28",
}
_INSTALL_SECONDS: Final = 900.0


def requirements(workspace: Workspace, modules: Sequence[Module]) -> list[str]:
    """Return what the modules ask for, sorted: requirements.txt files and manifests.

    Raises:
        UsageError: A requirements file cannot be read, or includes another file.
    """
    found: set[str] = set()
    for path in (
        workspace.root / "requirements.txt",
        *(module.path / "requirements.txt" for module in modules),
    ):
        if path.is_file():
            found.update(_lines(path))
    for module in modules:
        addon = Addon.from_addon_dir(module.path)
        external = addon.manifest.external_dependencies
        found.update(external.get("python", ()))
    return sorted(found, key=str.lower)


def install(
    settings: Settings,
    wanted: Sequence[str],
    site: Path,
    *,
    python: str,
    architecture: str,
) -> None:
    """Install *wanted* into the folder *site*, for the Python of the base image.

    They are installed outside of the image, so that it needs no pip, no index and no login.

    Args:
        settings: The configuration.
        wanted: Requirements; none is fine.
        site: The folder.
        python: Version of the image's Python, as 3.12.
        architecture: As the engine spells it, as amd64.

    Raises:
        EnvironmentProblem: One cannot be had for that Python.
    """
    site.mkdir(parents=True)
    if not wanted:
        return
    platform = _PLATFORMS.get(architecture)
    if platform is None:
        message = (
            f"Python packages cannot be chosen for the architecture {architecture}."
        )
        hint = f"Build on {' or '.join(_PLATFORMS)}."
        raise EnvironmentProblem(message, hint=hint)
    done = process.run(
        "uv",
        [
            *(uv.find_uv_bin(), "pip", "install", "--quiet", "--target", str(site)),
            *("--python-version", python, "--python-platform", platform),
            *("--only-binary", ":all:", "--no-compile", "--requirement", "-"),
        ],
        env=settings.child_environ(),
        time_limit=_INSTALL_SECONDS,
        secrets=settings.secrets,
        stdin="\n".join(wanted).encode(),
    )
    if done.returncode:
        said = process.tail(done.errors or done.output, 3)
        message = f"The modules' Python packages cannot be installed: {said}."
        hint = (
            "Correct requirements.txt or external_dependencies, and check the network."
        )
        raise EnvironmentProblem(message, hint=hint)


def archive(workspace: Workspace, modules: Sequence[Module], site: Path) -> bytes:
    """Return the context as an archive that is the same for the same files.

    Args:
        workspace: Its `.dockerignore` is honoured.
        modules: Modules to copy.
        site: Folder with their Python packages.
    """
    patterns = _patterns(workspace)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, DOCKERFILE, "Dockerfile")
        _add(tar, _HERE / "healthcheck.py", "healthcheck.py")
        for folder in ("site", "addons"):
            _add_folder(tar, folder)
        for path in _files(site, []):
            _add(tar, site / path, f"site/{path}")
        for module in sorted(modules, key=lambda item: item.name):
            for path in _files(module.path, patterns):
                _add(tar, module.path / path, f"addons/{module.name}/{path}")
    return buffer.getvalue()


def _lines(path: Path) -> Iterator[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read ({error})."
        raise UsageError(message, hint="Check its rights and encoding.") from error
    for line in text.splitlines():
        wanted = line.partition(" #")[0].strip()
        if not wanted or wanted.startswith("#"):
            continue
        if wanted.startswith("-"):
            message = f"{path}: {wanted} is an option, not a package."
            hint = "An image takes packages by name and version; leave options out."
            raise UsageError(message, hint=hint)
        yield wanted


def _patterns(workspace: Workspace) -> list[str]:
    paths = (_HERE / "default.dockerignore", workspace.root / ".dockerignore")
    return [
        line.strip()
        for path in paths
        if path.is_file()
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]


def _files(folder: Path, patterns: list[str]) -> list[str]:
    return sorted(
        path
        for path in exclude_paths(str(folder), patterns)
        if (folder / path).is_file() or (folder / path).is_symlink()
    )


def _add_folder(tar: tarfile.TarFile, name: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.type = tarfile.DIRTYPE
    entry.mode = 0o755
    tar.addfile(entry)


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    """Add one file; owner, time and the umask of this machine leave no trace."""
    data = path.read_bytes()
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    entry.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
    tar.addfile(entry, io.BytesIO(data))
