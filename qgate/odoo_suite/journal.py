"""Reads the launcher's journal: which tests began, how each ended, how the process ended."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

PASSED: Final = "passed"
FAILED: Final = "failed"
ERROR: Final = "error"
SKIPPED: Final = "skipped"
UNFINISHED: Final = "unfinished"

_ADDONS: Final = "odoo.addons."
_EVENTS: Final = {"failure": FAILED, "error": ERROR, "skip": SKIPPED}


@dataclass
class TestRun:
    """One test as the journal tells it.

    Attributes:
        module: Technical name of the Odoo module.
        file: Python module below the Odoo module, as `tests.test_flow`.
        kind: Test class.
        test: Method, or setUpClass.
        outcome: passed, failed, error, skipped or unfinished.
        seconds: Wall time.
        messages: Tracebacks and reasons, one per failure or failed subtest.
        phase: at_install or post_install.
        queries: SQL queries.
    """

    __test__ = False

    module: str
    file: str
    kind: str
    test: str
    outcome: str = UNFINISHED
    seconds: float | None = None
    messages: list[str] = field(default_factory=list)
    phase: str | None = None
    queries: int | None = None

    @property
    def name(self) -> str:
        """Class and method."""
        return f"{self.kind}.{self.test}"


@dataclass
class Journal:
    """What the launcher wrote until it ended.

    Attributes:
        tests: Every test that began, and every broken class set-up.
        last: Name of the test that began last.
        expected: Tests in the suites that began.
        code: Odoo's own result code at its regular shutdown, None when it did not get there.
        coverage_files: Files with coverage data, None when none were written.
    """

    tests: list[TestRun] = field(default_factory=list)
    last: str | None = None
    expected: int = 0
    code: int | None = None
    coverage_files: int | None = None


def read(path: Path) -> Journal:
    """Read the journal at *path*; what is missing in it did not happen."""
    if not path.exists():
        return Journal()
    text = path.read_text(encoding="utf-8", errors="replace")
    return build(_events(text.splitlines()))


def build(events: Iterable[Mapping[str, Any]]) -> Journal:
    """Put the journal together from its *events*."""
    journal = Journal()
    running: dict[tuple[str, str, str], TestRun] = {}
    phase = None
    for event in events:
        kind = event["event"]
        if kind == "suite":
            phase = event.get("phase")
            journal.expected += int(event.get("tests", 0))
        elif kind == "shutdown":
            journal.code = int(event["code"] or 0)
        elif kind == "coverage":
            journal.coverage_files = int(event["files"])
        else:
            _apply(journal, running, event, phase)
    return journal


def _apply(
    journal: Journal,
    running: dict[tuple[str, str, str], TestRun],
    event: Mapping[str, Any],
    phase: str | None,
) -> None:
    kind = event["event"]
    key = (str(event["module"]), str(event["class"]), str(event["test"]))
    if kind == "start" and key in running:  # Odoo tries it again; the last try counts
        journal.tests.remove(running[key])
    if kind == "start" or key not in running:
        running[key] = _begun(*key, phase)
        journal.tests.append(running[key])
    test = running[key]
    if kind == "start":
        journal.last = test.name
    elif kind == "stop":
        test.seconds = float(event["seconds"])
        test.queries = int(event["queries"])
    elif kind == "success":
        if test.outcome == UNFINISHED:
            test.outcome = PASSED
    elif kind in _EVENTS:
        # A failure stays one whatever comes after it, as an error in tearDown.
        if test.outcome not in (FAILED, ERROR):
            test.outcome = _EVENTS[kind]
        test.messages.append(str(event.get("message", "")))


def _begun(module: str, kind: str, test: str, phase: str | None) -> TestRun:
    name, _, file = module.removeprefix(_ADDONS).partition(".")
    return TestRun(module=name, file=file, kind=kind, test=test, phase=phase)


def _events(lines: Iterable[str]) -> Iterable[Mapping[str, Any]]:
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:  # the process ended in the middle of this line
            continue
        if isinstance(event, dict) and "event" in event:
            yield event
