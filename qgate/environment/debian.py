"""Odoo 19 from Debian's package, unpacked into a folder: nothing is installed."""

from __future__ import annotations

import contextlib
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qgate import process
from qgate.environment.component import STAGE, provide
from qgate.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from qgate.progress import Progress
    from qgate.settings import Settings

PACKAGE: Final = "odoo-19"
ASSETS: Final = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "fonts-glyphicons-halflings",
)
"""Packages that the package's own links point into; the web client answers 500 without."""

SUITE: Final = "sid"
"""The suite that has the package; it moves, so the version got is recorded, not pinned."""

KEYRING: Final = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_SOURCES: Final = (Path("/etc/apt/sources.list"), Path("/etc/apt/sources.list.d"))
_ARCHIVE: Final = re.compile(r"https?://\S+/debian/?(?=\s|$)")
_BYTES: Final = 2_500_000_000


def provision(settings: Settings, folder: Path, progress: Progress) -> None:
    """Download the packages with the machine's apt, signatures checked, and unpack them.

    Raises:
        EnvironmentProblem: This is no Debian, or the packages cannot be got.
    """
    for program in ("apt-get", "dpkg-deb"):
        if shutil.which(program, path=settings.environ.get("PATH")) is None:
            message = f"this machine has no {program}"
            raise EnvironmentProblem(message)
    mirror = find_mirror(_source_texts(_SOURCES))

    def make(part: Path) -> dict[str, Any]:
        apt = part / "apt"
        options = _private_apt(apt, mirror)
        progress.step(STAGE, "reading Debian's package list")
        _run(settings, ["apt-get", *options, "update"], apt)
        downloads = apt / "downloads"
        downloads.mkdir()
        command = ["apt-get", *options, "download", PACKAGE, *ASSETS]
        total = sum(sizes(_run(settings, [*command, "--print-uris"], downloads))) / 1e6
        progress.step(STAGE, f"downloading Odoo 19 ({total:.0f} MB)")
        _run(
            settings,
            command,
            downloads,
            lambda: progress.amount(STAGE, _megabytes(downloads), total),
        )
        packages = sorted(downloads.glob("*.deb"))
        for number, package in enumerate(packages):
            progress.step(STAGE, "unpacking Odoo 19 (1.2 GB)")
            progress.amount(STAGE, number, len(packages))
            _run(settings, ["dpkg-deb", "--extract", str(package), str(part)], part)
        odoo = next(
            (path for path in packages if path.name.startswith(f"{PACKAGE}_")), None
        )
        if odoo is None:
            message = f"apt-get got no {PACKAGE} from {mirror}"
            raise EnvironmentProblem(message, hint="Set environment.odoo_path.")
        version = odoo.name.split("_")[1].replace("%3a", ":")
        shutil.rmtree(apt)
        return {"version": version, "source": f"Debian {SUITE}, package {PACKAGE}"}

    provide(folder, make, what="Odoo 19", progress=progress, needs_bytes=_BYTES)


def find_mirror(texts: Iterable[str]) -> str:
    """Return the machine's own mirror of Debian's archive.

    Args:
        texts: Contents of the machine's apt sources, in either of their two formats.

    Raises:
        EnvironmentProblem: None is named.
    """
    for text in texts:
        for line in text.splitlines():
            if line.startswith(("deb ", "deb-src ", "URIs:")) and (
                found := _ARCHIVE.search(line)
            ):
                return found.group()
    message = "this machine's apt names no Debian archive"
    raise EnvironmentProblem(message)


def sizes(text: str) -> list[int]:
    """Return the sizes in what `apt-get --print-uris` prints: address, name, size, hash."""
    return [
        int(words[2])
        for line in text.splitlines()
        if len(words := line.split()) == 4  # noqa: PLR2004 - the four named above
    ]


def _megabytes(folder: Path) -> float:
    done = 0
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # apt renames what is complete
            done += path.stat().st_size
    return done / 1e6


def _source_texts(sources: Iterable[Path]) -> list[str]:
    files: list[Path] = []
    for source in sources:
        files += sorted(source.iterdir()) if source.is_dir() else [source]
    return [
        path.read_text(encoding="utf-8", errors="replace")
        for path in files
        if path.is_file() and path.suffix in (".list", ".sources")
    ]


def _private_apt(apt: Path, mirror: str) -> list[str]:
    """Make apt's state below *apt* and return the options that use it alone."""
    for name in ("lists/partial", "cache/archives/partial"):
        (apt / name).mkdir(parents=True)
    (apt / "status").touch()
    # The suite's release file may be older than its stated validity on a mirror that stands
    # still; its signature is checked all the same.
    line = f"deb [signed-by={KEYRING} check-valid-until=no] {mirror} {SUITE} main\n"
    (apt / "sources.list").write_text(line)
    values = {
        "Dir::Etc::sourcelist": apt / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State::Lists": apt / "lists",
        "Dir::State::status": apt / "status",
        "Dir::Cache": apt / "cache",
        "APT::Sandbox::User": "",  # the download folder belongs to us, not to user _apt
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    return [word for key, value in values.items() for word in ("-o", f"{key}={value}")]


def _run(
    settings: Settings,
    argv: list[str],
    cwd: Path,
    on_poll: Callable[[], None] | None = None,
) -> str:
    done = process.run(
        argv[0],
        argv,
        env=settings.child_environ(LC_ALL="C.UTF-8"),
        cwd=cwd,
        time_limit=1800,
        on_poll=on_poll,
    )
    if done.returncode:
        said = process.tail(done.errors or done.output, 2)
        message = f"{argv[0]} failed: {said}"
        hint = "Check the network and apt's sources, or set environment.odoo_path."
        raise EnvironmentProblem(message, hint=hint)
    return done.output
