"""The pytest plugin of stage e2e: the fixtures of specs.

It runs in a program of its own, `python -m pytest -p qgate.e2e.plugin --qgate-plan FILE`, and
learns from that file what the stage wants.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import Error
from pytest_rerunfailures import get_reruns_count

from qgate.e2e.errors import ScreenError
from qgate.e2e.lifeline import watch_lifeline
from qgate.e2e.limit import TestTimeLimit, time_limit
from qgate.e2e.odoo import Odoo
from qgate.e2e.plan import OPTION, Plan
from qgate.e2e.reporter import NAME, Attempt, Reporter
from qgate.e2e.server import Server
from qgate.e2e.warm_up import warm_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from playwright.sync_api import Browser

    from qgate.e2e.recording import Window
    from qgate.e2e.roles import Role

CHROMIUM_ARGUMENTS: Final = (
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    # Nothing that a page names is asked for, besides the server itself.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)

WINDOW: Final = {"width": 1280, "height": 800}

WARM_UP_SECONDS: Final = 300.0
"""What warming up may take; some seconds were seen with `account`."""

_PLAN: Final = pytest.StashKey[Plan]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the plan, and end with the run: no plugin is asked earlier than this."""
    watch_lifeline()
    parser.addoption(OPTION, type=Path, required=True, help="what the stage wants")


def pytest_configure(config: pytest.Config) -> None:
    """Read the plan and begin the journal."""
    plan = Plan.read(config.getoption(OPTION))
    config.stash[_PLAN] = plan
    config.pluginmanager.register(Reporter(plan, config.rootpath), NAME)


@pytest.fixture(scope="session")
def roles() -> dict[str, Role]:
    """Return who takes part in the process; a module's conftest.py says it."""
    return {}


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Server:
    """Return the server, its administrator logged in."""
    return Server(pytestconfig.stash[_PLAN])


@pytest.fixture(scope="session")
def browser_type_launch_args(
    pytestconfig: pytest.Config,
    browser_type_launch_args: dict[str, Any],
    browser_name: str,
) -> dict[str, Any]:
    """Add the program of a browser that is not Playwright's own, and no network."""
    options = dict(browser_type_launch_args)
    if program := pytestconfig.stash[_PLAN].executables.get(browser_name):
        options["executable_path"] = program
    if browser_name == "chromium":
        options["args"] = [*options.get("args", ()), *CHROMIUM_ARGUMENTS]
    return options


@pytest.fixture(scope="session")
def launch_browser(
    request: pytest.FixtureRequest,
    launch_browser: Callable[..., Browser],
    browser_name: str,
) -> Callable[..., Browser]:
    """Start the browser, or say why nothing can be judged."""

    def launch(**options: object) -> Browser:
        try:
            return launch_browser(**options)
        except Error as error:
            message = f"{browser_name} does not start: {_why(str(error))}."
            _reporter(request.config).crashed(message, request.session)
            pytest.exit(message, returncode=3)

    return launch


@pytest.fixture(scope="session")
def browser_context_args(
    pytestconfig: pytest.Config, browser_context_args: dict[str, Any]
) -> dict[str, Any]:
    """Let every window look the same on every machine."""
    return {
        **browser_context_args,
        "base_url": pytestconfig.stash[_PLAN].url,
        "viewport": WINDOW,
        "locale": "en-US",
        "timezone_id": "UTC",
        "reduced_motion": "reduce",
        "service_workers": "block",  # it would fetch the scripts once more
    }


@pytest.fixture
def odoo(
    request: pytest.FixtureRequest,
    server: Server,
    roles: Mapping[str, Role],
    browser: Browser,
    browser_context_args: dict[str, Any],
    _windows: dict[str, Window],
    _attempt: Attempt,
) -> Iterator[Odoo]:
    """Give a test its people: `odoo.login("employee")` is his screen."""
    options = dict(browser_context_args)
    with _attempt.off_clock():
        users = server.users(roles)
        if not _attempt.again and get_reruns_count(request.node):
            # A film costs the machine more than the page itself, and who fails tries again.
            options["record_video_dir"] = None
        filmed = bool(options.get("record_video_dir"))
        if any(window.filmed != filmed for window in _windows.values()):
            _close(_windows)
    odoo = Odoo(server, users, browser, _windows, options, request.node.name)
    yield odoo
    if odoo.crashed:
        message = f"{_attempt.key.browser} broke down in {_attempt.key.test}."
        _reporter(request.config).crashed(message, request.session)
    kept = _attempt.bad or _attempt.again
    odoo.close(_attempt.folder if kept else None, film_only=not _attempt.bad)


@pytest.fixture(autouse=True)
def _attempt(
    request: pytest.FixtureRequest, output_path: str, _warmed_up: None
) -> Attempt:
    attempt = _reporter(request.config).attempt
    assert attempt  # noqa: S101 - it began with the test's set-up
    attempt.folder = Path(output_path)
    attempt.again = getattr(request.node, "execution_count", 1) > 1
    return attempt


@pytest.fixture(scope="session")
def _windows(browser: Browser) -> Iterator[dict[str, Window]]:
    windows: dict[str, Window] = {}
    yield windows
    if browser.is_connected():
        _close(windows)


@pytest.fixture(scope="session", autouse=True)
def _warmed_up(
    request: pytest.FixtureRequest,
    browser: Browser,
    browser_name: str,
    browser_context_args: dict[str, Any],
    server: Server,
) -> None:
    """Open what users will open, before the clock of the first test runs."""
    reporter = _reporter(request.config)
    attempt = reporter.attempt
    assert attempt  # noqa: S101 - it began with the test's set-up
    plan = request.config.stash[_PLAN]
    with attempt.off_clock():
        try:
            with time_limit(WARM_UP_SECONDS, WARM_UP_SECONDS):
                done = warm_up(browser, server, plan.module, browser_context_args)
        except (ScreenError, TestTimeLimit) as error:
            message = f"The server could not be warmed up: {error}"
            reporter.crashed(message, request.session)
            pytest.exit(message, returncode=3)
    reporter.journal.write("warmed", seconds=done.seconds, views=done.opened)
    for view, why in done.broken.items():
        reporter.journal.write(
            "broken_view", browser=browser_name, view=view, message=why
        )


def _close(windows: dict[str, Window]) -> None:
    for window in windows.values():
        window.close()
    windows.clear()


def _why(text: str) -> str:
    """Return what a browser said last before it ended, or what Playwright says first."""
    lines = text.splitlines()
    own = [line.partition("[err]")[2].strip() for line in lines if "[err]" in line]
    return next((line for line in reversed(own) if line), lines[0]).rstrip(".")


def _reporter(config: pytest.Config) -> Reporter:
    found = config.pluginmanager.get_plugin(NAME)
    assert isinstance(found, Reporter)  # noqa: S101 - pytest_configure registered it
    return found
