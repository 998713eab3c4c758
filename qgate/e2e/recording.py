"""Keeps what a browser showed while a test ran: screenshot, video, trace, console.

A role keeps its browser context from test to test, so that nobody logs in twice and the web
client's scripts stay in the cache; each test has a page of its own.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import Error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

CLIENT: Final = Path(__file__).with_name("client.js")

_CONSOLE_LINES: Final = 200
_SERVICE_WORKER: Final = "service worker registration"


@dataclass
class Window:
    """A role's browser context, and its page of the current test.

    Attributes:
        name: Name of the role.
        context: The context, which stays.
        filmed: Whether videos are made of its pages.
        page: The page of the current test, None between tests.
        console: Errors and warnings of that page's console, and exceptions of its scripts.
        crashed: Whether the page's process broke down.
    """

    name: str
    context: BrowserContext
    filmed: bool = False
    page: Page | None = None
    console: list[str] = field(default_factory=list)
    crashed: bool = False

    @classmethod
    def open(
        cls,
        browser: Browser,
        name: str,
        cookie: dict[str, Any],
        options: Mapping[str, Any],
    ) -> Window:
        """Open a context that has *cookie*.

        Args:
            browser: The browser.
            name: Name of the role.
            cookie: The session's.
            options: Playwright's own, of new contexts.
        """
        context = browser.new_context(**options)
        context.add_cookies([cookie])  # type: ignore[list-item] # a TypedDict
        context.add_init_script(path=CLIENT)
        context.tracing.start(snapshots=True, sources=True)
        return cls(name, context, filmed=bool(options.get("record_video_dir")))

    def begin(self, title: str) -> Page:
        """Return a fresh page, recorded under *title*."""
        self.context.tracing.start_chunk(title=title)
        page = self.context.new_page()
        self.page, self.crashed = page, False
        self.console.clear()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.console.append(f"exception: {error}"))
        page.on("crash", self._crash)
        return page

    def end(self, folder: Path | None, *, film_only: bool = False) -> list[Path]:
        """Close the page and return what was kept of it.

        Args:
            folder: Where to keep it; None when there is nothing to be seen.
            film_only: Keep nothing but the video.
        """
        page, self.page = self.page, None
        if page is None:
            return []
        kept: list[Path] = []
        if folder and film_only:
            kept += self._keep_film(page, folder)
        elif folder:
            kept += self._keep(page, folder)
        else:
            self._forget(page)
        return kept

    def close(self) -> None:
        """Close the context for good."""
        with suppress(Error):
            self.context.close()

    def _keep(self, page: Page, folder: Path) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        picture, trace = folder / f"{self.name}.png", folder / f"{self.name}-trace.zip"
        console = folder / f"{self.name}-console.txt"
        # Of a browser that broke down some of it cannot be had; the rest still can.
        with suppress(Error):
            page.screenshot(path=picture, timeout=5000)
        with suppress(Error):
            self.context.tracing.stop_chunk(path=trace)
        film = self._keep_film(page, folder)
        if self.console:
            console.write_text(
                "\n".join(self.console[-_CONSOLE_LINES:]), encoding="utf-8"
            )
        return [*film, *(path for path in (picture, trace, console) if path.exists())]

    def _keep_film(self, page: Page, folder: Path) -> list[Path]:
        """Close *page* and return its video, if one was made."""
        video = folder / f"{self.name}.webm"
        with suppress(Error):
            page.close()
        with suppress(Error):
            if page.video:
                folder.mkdir(parents=True, exist_ok=True)
                page.video.save_as(video)
        return [video] if video.exists() else []

    def _forget(self, page: Page) -> None:
        with suppress(Error):
            self.context.tracing.stop_chunk()
        with suppress(Error):
            page.evaluate("() => localStorage.clear()")  # what a test left for the next
        with suppress(Error):
            page.close()
        with suppress(Error):
            if page.video:
                page.video.delete()

    def _heard(self, message: ConsoleMessage) -> None:
        ours = _SERVICE_WORKER in message.text.lower()  # plugin.py blocks them
        if message.type in ("error", "warning") and not ours:
            self.console.append(f"{message.type}: {message.text}")

    def _crash(self, page: Page) -> None:
        del page
        self.crashed = True
