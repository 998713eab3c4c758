"""The fixture `odoo`: people who log in, and calls that arrange what a test stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from qgate.e2e.errors import ScreenError
from qgate.e2e.recording import Window
from qgate.e2e.roles import User
from qgate.e2e.screen import Screen
from qgate.e2e.server import ADMIN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from playwright.sync_api import Browser

    from qgate.e2e.rpc import Rpc
    from qgate.e2e.server import Server


class Odoo:
    """One test's view of the server.

    Args:
        server: The server.
        users: The users of the module's roles.
        browser: The browser that shows it.
        windows: Browser contexts of the roles that have logged in already; kept up to date.
        options: Playwright's own, of new contexts.
        title: What recordings are called.

    Attributes:
        server: See above.
        users: See above.
    """

    def __init__(
        self,
        server: Server,
        users: Mapping[str, User],
        browser: Browser,
        windows: dict[str, Window],
        options: Mapping[str, Any],
        title: str,
    ) -> None:
        self.server = server
        self.users = users
        self._browser = browser
        self._windows = windows
        self._options = options
        self._title = title
        self._screens: dict[str, Screen] = {}

    @property
    def url(self) -> str:
        """Address of the server, without a slash at the end."""
        return self.server.url

    @property
    def admin(self) -> Rpc:
        """Calls of the administrator, to arrange data and to look behind the screen."""
        return self.server.admin

    def rpc(self, role: str) -> Rpc:
        """Return calls of a role, with its rights."""
        return self.server.rpc(self._user(role))

    def ref(self, xmlid: str) -> int:
        """Return the database id of the record with *xmlid*.

        Raises:
            RpcError: There is none.
        """
        return self.server.ref(xmlid)

    def login(self, role: str) -> Screen:
        """Return the screen of somebody, logged in, in a browser context of his own.

        Within a test he has one screen, however often this is called.

        Args:
            role: A name of the fixture `roles`, or `admin`.

        Raises:
            ScreenError: There is no such role.
        """
        if role not in self._screens:
            user = self._user(role)
            if role not in self._windows:
                self._windows[role] = Window.open(
                    self._browser, role, self._cookie(user), self._options
                )
            page = self._windows[role].begin(f"{self._title} ({role})")
            self._screens[role] = Screen(page, user, self.server)
        return self._screens[role]

    def close(self, folder: Path | None, *, film_only: bool = False) -> list[Path]:
        """Close the pages and return what was kept of them.

        Args:
            folder: Where to keep what they showed; None when nothing is to be kept.
            film_only: Keep nothing but videos.
        """
        kept: list[Path] = []
        for role in self._screens:
            kept += self._windows[role].end(folder, film_only=film_only)
            if folder:  # who tries again begins afresh
                self._windows.pop(role).close()
        return kept

    @property
    def crashed(self) -> bool:
        """Whether a page's process, or the browser, broke down."""
        return not self._browser.is_connected() or any(
            self._windows[role].crashed for role in self._screens
        )

    def _user(self, role: str) -> User:
        if role == ADMIN and role not in self.users:
            return User(self.server.admin.uid, ADMIN, "Administrator", ADMIN)
        if role not in self.users:
            known = ", ".join(sorted([*self.users, ADMIN]))
            message = f"There is no role {role}; the fixture `roles` has {known}."
            raise ScreenError(message)
        return self.users[role]

    def _cookie(self, user: User) -> dict[str, Any]:
        rpc = self.admin if user.login == ADMIN else self.server.rpc(user)
        return {
            "name": "session_id",
            "value": rpc.session_id,
            "domain": urlsplit(self.url).hostname,
            "path": "/",
            "httpOnly": True,
        }
