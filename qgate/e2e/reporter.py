"""Watches pytest for the journal: what it collects, how each try of each test ends."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from qgate.e2e import artifacts
from qgate.e2e.journal import ERROR, FAILED, PASSED, SKIPPED, Key, Writer
from qgate.e2e.limit import no_time_limit, time_limit

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from contextlib import AbstractContextManager

    from qgate.e2e.plan import Plan

NAME: Final = "qgate-e2e-reporter"

_TEAR_DOWN_SECONDS: Final = 60.0
"""What keeping screenshots, videos and traces may take."""

_BROKEN: Final = re.compile(r"(?:Target|Page) crashed")


class Attempt:
    """One try of one test, while it runs.

    Args:
        key: The test.
        log: The server's log, of which the part of this try counts.

    Attributes:
        key: See above.
        outcome: What it has come to so far.
        messages: Tracebacks and reasons.
        folder: Where what is kept of it goes.
        again: Whether a try of the same test came before.
    """

    def __init__(self, key: Key, log: Path) -> None:
        self.key = key
        self.outcome = PASSED
        self.messages: list[str] = []
        self.folder: Path | None = None
        self.again = False
        self.log = artifacts.LogPart(log)
        self._begun = time.monotonic()
        self._off_clock = 0.0

    @property
    def seconds(self) -> float:
        """How long it has been running, without what is not its own work."""
        return time.monotonic() - self._begun - self._off_clock

    @property
    def bad(self) -> bool:
        """Whether it has failed by now."""
        return self.outcome in (FAILED, ERROR)

    @contextmanager
    def off_clock(self) -> Iterator[None]:
        """Let the block count neither as time of the test nor for its limit."""
        begun = time.monotonic()
        with no_time_limit():
            try:
                yield
            finally:
                self._off_clock += time.monotonic() - begun

    def add(self, report: pytest.TestReport) -> None:
        """Take over what a phase came to; the first trouble counts."""
        if report.failed:
            if not self.bad:
                self.outcome = FAILED if report.when == "call" else ERROR
            self.messages.append(report.longreprtext)
        elif report.skipped and not self.bad:
            self.outcome = SKIPPED
            self.messages.append(_reason(report))


class Reporter:
    """Keeps the journal and the time limit of each test.

    Args:
        plan: What the stage wants.
        root: Folder that pytest's names of nodes start from.
    """

    def __init__(self, plan: Plan, root: Path) -> None:
        self.journal = Writer(Path(plan.journal))
        self.attempt: Attempt | None = None
        self._plan = plan
        self._root = root

    def crashed(self, message: str, session: pytest.Session) -> None:
        """Note that something broke down, and end the run: the rest would only follow."""
        self.journal.write("crash", message=message)
        session.shouldstop = message

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that cannot be collected."""
        if report.failed:
            spec = self._root / report.nodeid.partition("::")[0]
            self.journal.write("refused", spec=str(spec), message=report.longreprtext)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note every test that will run."""
        for item in session.items:
            function = _parents(item) + getattr(item, "originalname", item.name)
            self.journal.write("collected", **key(item)._asdict(), function=function)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None]:
        """Begin a try."""
        attempt = Attempt(key(item), Path(self._plan.server_log))
        self.attempt = attempt
        self.journal.write("start", **attempt.key._asdict())
        with self._limited(attempt):
            yield

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self) -> Generator[None]:
        """Give the test what its set-up has left of the limit."""
        assert self.attempt  # noqa: S101 - its set-up came before
        with self._limited(self.attempt):
            yield

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Generator[None]:
        """Let tearing down end some day, too."""
        with time_limit(_TEAR_DOWN_SECONDS, _TEAR_DOWN_SECONDS):
            yield

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note how a phase ended, and after the last one how the try did."""
        report = yield
        attempt = self.attempt
        if attempt is None:
            return report
        attempt.add(report)
        if report.when == "teardown":
            if any(_BROKEN.search(text) for text in attempt.messages):
                message = f"{attempt.key.browser} broke down in {attempt.key.test}."
                self.crashed(message, item.session)
            kept = self._keep(attempt)
            artifacts.attach(item.config, report, kept)
            self.journal.write(
                "stop",
                **attempt.key._asdict(),
                outcome=attempt.outcome,
                seconds=attempt.seconds,
                message="\n\n".join(attempt.messages) or None,
                artifacts=[str(path) for path in kept],
            )
            self.attempt = None
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Note that pytest came to its regular end."""
        self.journal.write("end", code=int(exitstatus))

    def _limited(self, attempt: Attempt) -> AbstractContextManager[None]:
        limit = self._plan.test_time_limit
        return time_limit(limit - attempt.seconds, limit)

    def _keep(self, attempt: Attempt) -> list[Path]:
        """Return what is kept of a try, in a fixed order."""
        folder = attempt.folder
        if folder is None or not (attempt.bad or attempt.again):
            return []
        if attempt.bad:
            attempt.log.keep(folder)
        return sorted(path for path in folder.rglob("*") if path.is_file())


def key(item: pytest.Item) -> Key:
    """Return what tells the test from all others."""
    browser, names = "", ""
    if callspec := getattr(item, "callspec", None):
        browser = str(callspec.params.get("browser_name", ""))
        names = str(callspec.id)
        # The browser is a parameter like others, but stands in a column of its own.
        names = re.sub(rf"(^|-){re.escape(browser)}(-|$)", r"\1\2", names, count=1)
        names = names.strip("-")
    function = getattr(item, "originalname", item.name)
    test = f"{_parents(item)}{function}" + (f"[{names}]" if names else "")
    return Key(str(item.path), test, browser)


def _parents(item: pytest.Item) -> str:
    """Return the classes around a test, each with a dot."""
    kinds = [node.name for node in item.listchain() if isinstance(node, pytest.Class)]
    return "".join(f"{name}." for name in kinds)


def _reason(report: pytest.TestReport) -> str:
    """Return why a test was skipped."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    return str(getattr(report, "wasxfail", "") or report.longreprtext or "skipped")
