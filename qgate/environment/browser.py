"""The browsers that Odoo's browser tests and Playwright drive, and Playwright's videos."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock

from qgate import process
from qgate.environment.component import unwritable
from qgate.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qgate.settings import Settings

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

SHELL: Final = "chromium-headless-shell"
"""The Chromium without a window, which Playwright prefers too: a page costs it less."""

LOCATION: Final = "PLAYWRIGHT_BROWSERS_PATH"
"""Environment variable with the folder of Playwright's builds."""

TITLES: Final = {"chromium": "Chromium", "firefox": "Firefox", "webkit": "WebKit"}
"""How people write the names of the browsers."""

_BUILDS: Final = {
    "chromium": ("chromium", "chromium-headless-shell"),
    "firefox": ("firefox",),
    "webkit": ("webkit",),
}
_COMPLETE: Final = "INSTALLATION_COMPLETE"
_PLATFORMS: Final = {
    "darwin": "Library/Caches/ms-playwright",
    "win32": "AppData/Local/ms-playwright",
}
_FFMPEG: Final = {"darwin": "ffmpeg-mac", "win32": "ffmpeg-win64.exe"}


@dataclass(frozen=True)
class Browser:
    """A browser that Playwright can drive.

    Attributes:
        name: chromium, firefox or webkit.
        version: Its version.
        source: Where it comes from: installed, or Playwright's own build.
        path: Its program, or the folder of Playwright's build.
        program: What Playwright has to be told to start, None for its own build.
    """

    name: str
    version: str
    source: str
    path: str
    program: str | None


@dataclass(frozen=True)
class Video:
    """What Playwright records videos with.

    Attributes:
        location: Folder of builds to give Playwright, None when its own will do.
        path: The ffmpeg, None when there is none.
        version: Version of the ffmpeg.
    """

    location: Path | None
    path: str | None
    version: str = ""


def find(settings: Settings, names: Sequence[str] = NAMES) -> tuple[Path | str, str]:
    """Return executable and version of the first Chromium on the PATH.

    Args:
        settings: The configuration.
        names: Programs that will do, the best first.

    Raises:
        EnvironmentProblem: There is none, or it does not start.
    """
    path = settings.environ.get("PATH")
    for name in names:
        if found := shutil.which(name, path=path):
            done = process.run(
                name, [found, "--version"], env=settings.child_environ(), time_limit=30
            )
            if done.returncode == 0:
                return found, done.output.split("built on")[0].strip()
            message = f"{found} does not start ({process.tail(done.errors, 1)})."
            raise EnvironmentProblem(message, hint="Install Chromium again.")
    message = "There is no Chromium on the PATH."
    hint = "Install it (Debian: `apt-get install chromium`)."
    raise EnvironmentProblem(message, hint=hint)


def for_playwright(settings: Settings, name: str) -> Browser:
    """Return the browser that Playwright is to drive: its own build, or the Chromium here.

    Args:
        settings: The configuration.
        name: chromium, firefox or webkit.

    Raises:
        EnvironmentProblem: It is missing.
    """
    known = _registry()
    for build in _BUILDS[name]:
        entry = known[build]
        folder = _build(settings, entry)
        if folder is not None:
            return Browser(
                name, entry["browserVersion"], "Playwright", str(folder), None
            )
    command = f"{Path(sys.executable).with_name('playwright')} install {name}"
    if name != "chromium":
        message = f"Playwright's {TITLES[name]} is not installed."
        hint = f"`{command}` gets it, or leave {name} out of e2e.browsers."
        raise EnvironmentProblem(message, hint=hint)
    try:
        path, version = find(settings, (SHELL, *NAMES))
    except EnvironmentProblem as error:
        hint = f"{error.hint} Or let Playwright get one: `{command}`."
        raise EnvironmentProblem(error.message, hint=hint) from error
    return Browser(name, version, "installed", str(path), str(path))


def video(settings: Settings, browsers: Sequence[Browser]) -> Video:
    """Return what videos are recorded with; Playwright takes no other ffmpeg than in its folder.

    Where that has none, a folder below QGATE_HOME gets a link to the machine's own ffmpeg, and
    links to the builds that are used.

    Raises:
        EnvironmentProblem: QGATE_HOME cannot be written.
    """
    entry = _registry()["ffmpeg"]
    if own := _build(settings, entry):
        return Video(None, str(own), f"Playwright build {entry['revision']}")
    found = shutil.which("ffmpeg", path=settings.environ.get("PATH"))
    if not found:
        return Video(None, None)
    location = settings.home / "playwright"
    program = _FFMPEG.get(sys.platform, "ffmpeg-linux")
    links = {
        location / _folder_name(entry) / program: Path(found),
        **{
            location / Path(browser.path).name: Path(browser.path)
            for browser in browsers
            if browser.program is None
        },
    }
    try:
        location.mkdir(parents=True, exist_ok=True)
        with FileLock(location / ".lock"):
            for link, target in links.items():
                _link(link, target)
    except OSError as error:
        raise unwritable(location, error) from error
    done = process.run(
        "ffmpeg", [found, "-version"], env=settings.child_environ(), time_limit=30
    )
    words = done.output.split()
    version = words[2] if len(words) > 2 else ""  # noqa: PLR2004 - `ffmpeg version X`
    return Video(location, found, version)


def _link(link: Path, target: Path) -> None:
    """Let *link* lead to *target*, whatever it was before."""
    if link.is_symlink() and link.readlink() == target:
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def _build(settings: Settings, entry: dict[str, Any]) -> Path | None:
    """Return the folder of one of Playwright's builds, None when it is not there."""
    folder = _location(settings) / _folder_name(entry)
    return folder if (folder / _COMPLETE).exists() else None


def _folder_name(entry: dict[str, Any]) -> str:
    return f"{entry['name'].replace('-', '_')}-{entry['revision']}"


def _location(settings: Settings) -> Path:
    """Return the folder in which Playwright keeps its builds."""
    given = settings.environ.get(LOCATION, "")
    if given == "0":
        return _driver() / ".local-browsers"
    if given:
        return Path(given)
    home = Path(settings.environ.get("HOME") or Path.home())
    if sys.platform in _PLATFORMS:
        return home / _PLATFORMS[sys.platform]
    cache = settings.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else home / ".cache") / "ms-playwright"


def _driver() -> Path:
    import playwright  # noqa: PLC0415 - only stages with a browser need it

    return Path(playwright.__file__).parent / "driver" / "package"


def _registry() -> dict[str, dict[str, Any]]:
    """Return what this Playwright knows of its builds, by name."""
    text = (_driver() / "browsers.json").read_text(encoding="utf-8")
    return {entry["name"]: entry for entry in json.loads(text)["browsers"]}
