"""The browser that Odoo's browser tests and Playwright drive."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from qgate import process
from qgate.errors import EnvironmentProblem

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.settings import Settings

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find(settings: Settings) -> tuple[Path | str, str]:
    """Return executable and version of the first Chromium on the PATH.

    Raises:
        EnvironmentProblem: There is none, or it does not start.
    """
    path = settings.environ.get("PATH")
    for name in NAMES:
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
