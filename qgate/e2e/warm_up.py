"""Opens what users will open, once, before anything is timed.

The first page after an install compiles what is not in the template, and fills the server's
caches; a user's second page is the one that specs are about.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from qgate.e2e.errors import ScreenError
from qgate.e2e.recording import CLIENT
from qgate.e2e.roles import User
from qgate.e2e.screen import Screen
from qgate.e2e.server import ADMIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Browser, Page

    from qgate.e2e.server import Server

START_SECONDS: Final = 90.0
"""What the first page of all may take."""

_WINDOW: Final = "ir.actions.act_window"


@dataclass
class WarmUp:
    """What was opened.

    Attributes:
        seconds: Wall time.
        opened: Views that opened, as `module.action: list`.
        broken: Why each of the others did not.
    """

    seconds: float = 0.0
    opened: list[str] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)


def warm_up(
    browser: Browser, server: Server, module: str, options: Mapping[str, Any]
) -> WarmUp:
    """Log in through the login form and open the views that the module's menus lead to.

    Args:
        browser: The browser.
        server: The server.
        module: Module whose menus count.
        options: Playwright's own, of new contexts.

    Raises:
        ScreenError: Nobody can log in.
    """
    begun = time.monotonic()
    done = WarmUp()
    context = browser.new_context(**{**options, "record_video_dir": None})
    try:
        context.add_init_script(path=CLIENT)
        page = context.new_page()
        _log_in(page, server)
        admin = User(server.admin.uid, ADMIN, "Administrator", ADMIN)
        screen = Screen(page, admin, server)
        screen.settled()  # else what the first menu opens comes in between
        for action, view in _views(server, module):
            name = f"{action}: {view}"
            try:
                page.evaluate("words => window.qgateOpen(...words)", [action, view])
                screen.settled()
            except (Error, ScreenError) as error:
                done.broken[name] = str(error)
                page.reload()
            else:
                done.opened.append(name)
    finally:
        context.close()
    done.seconds = time.monotonic() - begun
    return done


def _log_in(page: Page, server: Server) -> None:
    try:
        page.goto(f"{server.url}/web/login", timeout=START_SECONDS * 1000)
        # The form stays hidden until the page's script has run.
        form = page.locator("form.oe_login_form:not(.d-none)")
        form.locator("input[name=login]").fill(ADMIN)
        form.locator("input[name=password]").fill(ADMIN)
        form.locator(".oe_login_buttons button[type=submit]").click()
        page.locator(".o_main_navbar").wait_for(timeout=START_SECONDS * 1000)
    except PlaywrightTimeout as error:
        message = f"Nobody can log in: {str(error).splitlines()[0]}"
        raise ScreenError(message) from error


def _views(server: Server, module: str) -> list[tuple[str, str]]:
    """Return the actions that the module's menus lead to, each with view types to open.

    Of each action that is the first one, and others that no action before it has opened of
    the same model: a list of a model is warm however it is filtered.
    """
    names = server.admin.search(
        "ir.model.data",
        [["module", "=", module], ["model", "=", "ir.ui.menu"]],
        "res_id",
    )
    menus = server.admin.call(
        "ir.ui.menu", "read", [row["res_id"] for row in names], ["action"]
    )
    chosen = [str(menu["action"] or "").partition(",") for menu in menus]
    ids = dict.fromkeys(int(last) for kind, _, last in chosen if kind == _WINDOW)
    actions = server.admin.call(
        _WINDOW, "read", list(ids), ["xml_id", "view_mode", "res_model"]
    )
    warm: set[tuple[str, str]] = set()
    found: list[tuple[str, str]] = []
    for action in actions:
        for place, mode in enumerate(str(action["view_mode"]).split(",")):
            key = (str(action["res_model"]), mode)
            if place == 0 or key not in warm:
                found.append((str(action["xml_id"]), mode))
            warm.add(key)
    return found
