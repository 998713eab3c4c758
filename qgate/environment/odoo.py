"""Odoo 19: found on the machine, or provisioned from its archive or Debian's package."""

from __future__ import annotations

import ast
import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qgate import process
from qgate.environment import debian, nightly
from qgate.environment.component import HomeProblem, marker
from qgate.environment.python import odoo_venv, probe, venv_key
from qgate.errors import EnvironmentProblem, Interrupted, QgateError, ToolFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from qgate.environment.postgres import PostgresServer
    from qgate.progress import Progress
    from qgate.settings import Settings

SERIES: Final = (19, 0)


@dataclass(frozen=True)
class OdooInstallation:
    """An Odoo 19 that can be run.

    Attributes:
        python: Interpreter that has Odoo's dependencies and coverage.
        pythonpath: Folders for PYTHONPATH, empty when the interpreter finds Odoo by itself.
        addons: Folders with the core modules.
        version: The version, with the build where it is known.
        source: path, installed, checkout, nightly or debian.
        build: Short hash of everything that makes a database of it differ from another's.
    """

    python: Path
    pythonpath: tuple[Path, ...]
    addons: tuple[Path, ...]
    version: str
    source: str
    build: str

    def command(self, *arguments: str | Path) -> list[str]:
        """Return the command line of Odoo's own command."""
        return [str(self.python), "-m", "odoo", *map(str, arguments)]

    def environ(self, settings: Settings, postgres: PostgresServer) -> dict[str, str]:
        """Return the environment Odoo runs in: no secret but the database's reaches it."""
        extra = {
            "PYTHONUNBUFFERED": "1",
            # Compiled files are kept, but never written into what is measured.
            "PYTHONPYCACHEPREFIX": str(settings.home / "pycache"),
            **postgres.environ(),
        }
        if self.pythonpath:
            extra["PYTHONPATH"] = ":".join(map(str, self.pythonpath))
        return settings.child_environ(**extra)

    def core_modules(self) -> frozenset[str]:
        """Return the names of the modules that come with it."""
        return frozenset(
            path.parent.name
            for folder in self.addons
            for path in folder.glob("*/__manifest__.py")
        )


def find(
    settings: Settings, progress: Progress, *, provision: bool
) -> OdooInstallation:
    """Return the first Odoo 19 of `environment.odoo_sources` that is there or can be got.

    Raises:
        EnvironmentProblem: None is, with what every source said.
    """
    # What is there goes before what would have to be downloaded, in the order of the sources.
    for download in (False, True) if provision else (False,):
        said = []
        home: HomeProblem | None = None
        for source in settings.environment.odoo_sources:
            try:
                found = _SOURCES[source](
                    settings, progress, provision=provision, download=download
                )
            except Interrupted:
                raise
            except QgateError as error:
                if source == "path":
                    raise  # named by the user: nothing else is meant
                home = error if isinstance(error, HomeProblem) else home
                said.append(f"{source}: {error.message.rstrip('.')}")
            else:
                if found:
                    return found
                said.append(f"{source}: not there")
    if home:
        raise home  # more space or rights is what it takes
    message = f"There is no Odoo 19 ({'; '.join(said)})."
    hint = "Set environment.odoo_path to its source folder"
    hint += "." if provision else ", or run `qgate env --provision`."
    raise EnvironmentProblem(message, hint=hint)


def _from_path(
    settings: Settings, progress: Progress, *, provision: bool, download: bool
) -> OdooInstallation | None:
    del download
    chosen = settings.environment
    if chosen.odoo_path:
        path = settings.root / Path(chosen.odoo_path).expanduser()
        folder = path.parent if path.is_file() else path
        if not (folder / "odoo" / "release.py").is_file():
            message = f"environment.odoo_path names {path}, which holds no Odoo."
            hint = "Name the folder that holds odoo-bin and odoo/."
            raise EnvironmentProblem(message, hint=hint)
        return _of_folder(settings, progress, folder, "path", provision=provision)
    if chosen.odoo_python:
        return _of_interpreter(settings, Path(chosen.odoo_python).expanduser(), "path")
    return None


def _from_installed(
    settings: Settings, progress: Progress, *, provision: bool, download: bool
) -> OdooInstallation | None:
    del progress, provision, download
    script = shutil.which("odoo", path=settings.environ.get("PATH"))
    if script is None:
        return None
    word = _interpreter(Path(script))
    python = shutil.which(word, path=settings.environ.get("PATH")) or word
    return _of_interpreter(settings, Path(python), "installed")


def _interpreter(script: Path) -> str:
    """Return the Python that runs *script*, as its first line names it."""
    try:
        # pip writes a line for sh before it when the path of the interpreter is long.
        lines = script.read_bytes()[:2000].decode(errors="replace").splitlines()[:2]
    except OSError as error:
        message = f"{script} cannot be read ({error.strerror})"
        raise EnvironmentProblem(message) from error
    if lines and lines[0].startswith("#!"):
        words = " ".join(lines).replace("#!", " ").replace("'", " ").split()
        for word in words:
            if Path(word).name.startswith("python"):
                return word
    message = f"{script} is no Python script"
    raise EnvironmentProblem(message)


def _from_checkout(
    settings: Settings, progress: Progress, *, provision: bool, download: bool
) -> OdooInstallation | None:
    del download
    for folder in (settings.root / "odoo", settings.root.parent / "odoo"):
        if (folder / "odoo-bin").is_file():
            return _of_folder(
                settings, progress, folder, "checkout", provision=provision
            )
    return None


def _from_nightly(
    settings: Settings, progress: Progress, *, provision: bool, download: bool
) -> OdooInstallation | None:
    folder = settings.home / "odoo" / "nightly-19.0"
    if not marker(folder):
        if not download:
            return None
        nightly.provision(settings, folder, progress)
    source = folder / "odoo"
    return _of_folder(settings, progress, source, "nightly", provision=provision)


def _from_debian(
    settings: Settings, progress: Progress, *, provision: bool, download: bool
) -> OdooInstallation | None:
    folder = settings.home / "odoo" / "debian-19.0"
    if not marker(folder):
        if not download:
            return None
        debian.provision(settings, folder, progress)
    source = folder / "usr" / "lib" / "python3" / "dist-packages"
    return _of_folder(settings, progress, source, "debian", provision=provision)


_SOURCES: Final[dict[str, Callable[..., OdooInstallation | None]]] = {
    "path": _from_path,
    "installed": _from_installed,
    "checkout": _from_checkout,
    "nightly": _from_nightly,
    "debian": _from_debian,
}


def _of_folder(
    settings: Settings,
    progress: Progress,
    folder: Path,
    source: str,
    *,
    provision: bool,
) -> OdooInstallation:
    """Return the Odoo whose source lies in *folder*, run by the named or by our own venv."""
    version = _release(folder)
    if settings.environment.odoo_python:
        return _of_interpreter(
            settings,
            Path(settings.environment.odoo_python).expanduser(),
            source,
            folder,
        )
    if not provision and not marker(settings.home / "odoo" / f"venv-{venv_key()}"):
        message = "its Python packages are not installed"
        raise EnvironmentProblem(message, hint="Run `qgate env --provision`.")
    python, key = odoo_venv(settings, progress)
    addons = [
        path for path in (folder / "odoo/addons", folder / "addons") if path.is_dir()
    ]
    exact = _exact_version(settings, folder, version)
    return OdooInstallation(
        python=python,
        pythonpath=(folder,),
        addons=tuple(dict.fromkeys(path.resolve() for path in addons)),
        version=exact,
        source=source,
        build=_hash(exact, key),
    )


def _of_interpreter(
    settings: Settings, python: Path, source: str, folder: Path | None = None
) -> OdooInstallation:
    """Return the Odoo that *python* imports, from *folder* if one is named."""
    found = probe(settings, python, *([folder] if folder else []))
    if found["odoo"] is None:
        message = f"{python} cannot import odoo ({found.get('why')})"
        raise EnvironmentProblem(message, hint="Install Odoo 19 there.")
    _check_series(tuple(found["odoo"]), python)
    if found["coverage"] is None:
        message = f"{python} has no coverage"
        hint = f"Run `{python} -m pip install coverage`."
        raise EnvironmentProblem(message, hint=hint)
    base = Path(found["folder"])
    addons = [path for path in (base / "odoo/addons", base / "addons") if path.is_dir()]
    exact = _exact_version(settings, base, str(found["version"]))
    return OdooInstallation(
        python=python,
        pythonpath=(folder,) if folder else (),
        addons=tuple(dict.fromkeys(path.resolve() for path in addons)),
        version=exact,
        source=source,
        build=_hash(exact, *found["distributions"]),
    )


def _release(folder: Path) -> str:
    """Read the version without running anything of it.

    Raises:
        EnvironmentProblem: It is no Odoo, or not of series 19.0.
    """
    path = folder / "odoo" / "release.py"
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError) as error:
        message = f"{path} cannot be read ({error})"
        raise EnvironmentProblem(message, hint="Name another Odoo.") from error
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Tuple)
            and any(
                isinstance(name, ast.Name) and name.id == "version_info"
                for name in node.targets
            )
        ):
            parts = [
                item.value
                for item in node.value.elts
                if isinstance(item, ast.Constant) and isinstance(item.value, (int, str))
            ]
            _check_series(tuple(parts[:2]), folder)
            suffix = parts[-1] if isinstance(parts[-1], str) else ""
            return f"{parts[0]}.{parts[1]}{suffix}"
    message = f"{path} says no version"
    raise EnvironmentProblem(message, hint="Name another Odoo.")


def _check_series(found: tuple[object, ...], where: Path) -> None:
    if found != SERIES:
        series = ".".join(map(str, found))
        message = f"{where} is Odoo {series}, not 19.0"
        raise EnvironmentProblem(message, hint="Name an Odoo of series 19.0.")


def _exact_version(settings: Settings, folder: Path, version: str) -> str:
    """Return the package version or commit of *folder* where one is known."""
    for above in (folder, *folder.parents):
        if found := marker(above):
            return str(found["version"])
    if not (folder / ".git").exists():
        return version
    commit = _git(settings, folder, "describe", "--always", "--dirty", "--abbrev=12")
    if commit.endswith("-dirty"):  # what was changed matters as well
        changes = _git(settings, folder, "diff", "HEAD")
        commit += f"-{_hash(changes)[:6]}"
    return f"{version} ({commit})" if commit else version


def _git(settings: Settings, folder: Path, *words: str) -> str:
    """Return what git says of *folder*, nothing when it is missing or refuses."""
    try:
        done = process.run(
            "git", ["git", "-C", folder, *words], env=settings.child_environ()
        )
    except ToolFailed:
        return ""
    return done.output.strip() if done.returncode == 0 else ""


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
