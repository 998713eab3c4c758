"""A real Chromium without a network, and what it complained about."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Request

_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Opened:
    """A page that was opened.

    Attributes:
        page: Playwright's page.
        complaints: Errors and warnings of its console, and exceptions of its scripts.
        requests: Addresses it asked for, besides files and data in the page itself.
    """

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def note(self, request: Request) -> None:
        """Remember a request that leaves the machine's files."""
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.requests.append(request.url)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium, the machine's own or else Playwright's."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=list(_ARGUMENTS)
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Browser,
    file: Path,
    *,
    width: int = 1400,
    scheme: Literal["light", "dark"] = "light",
) -> Iterator[Opened]:
    """Open *file* in a window of its own, with the network off."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    found = Opened(page)
    page.on("request", found.note)
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    page.on("console", lambda message: found.complaints.append(message.text))
    try:
        page.goto(file.as_uri())
        page.wait_for_load_state("load")
        yield found
    finally:
        context.close()
