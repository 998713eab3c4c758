"""Reads Odoo's log: its result line, its errors and warnings, and why an install failed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINE: Final = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ "
    r"(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL) (?P<db>\S+) (?P<logger>[^:\s]+): ?(?P<text>.*)$"
)
_RESULT: Final = re.compile(
    r"^(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading database "
)
_TEST_ERROR: Final = re.compile(r"^(FAIL|ERROR): ")
_FOLLOWS: Final = re.compile(r"^(?:Module \S+: \d+ failures|At least one test failed)")
"""Errors that only say that a test failed, which is told by the test."""

_EXCEPTION: Final = re.compile(
    r"^(?:[\w.]+\.)?(\w*(?:Error|Exception|Warning|Exit|NotFound|Violation|Failed))(?:: (.*))?$"
)
_PLACE: Final = re.compile(r'^  File "(?P<file>[^"]+)", line (?P<line>\d+)')
_PARSING: Final = re.compile(r"while parsing (?:file:)?(?P<file>\S+?):(?P<line>\d+)")
_VIEW: Final = re.compile(
    r"(?:Field|Fields|Invalid|Unknown|Missing|Unallowed|Element|The view|No matching|External ID|"
    r"Action|Key|Name or id|Cannot|Can't|Wrong|Unsearchable|View|Model|Label|Button|"
    r"[\w-]+ is not a valid).*"
)
_DATABASE_GONE: Final = re.compile(
    r"server closed the connection unexpectedly|terminating connection due to|"
    r"the database system is (?:shutting down|starting up|in recovery)|"
    r"Connection refused|could not connect to server|connection to server .* failed"
)
_WARNING_LOGGERS: Final = (
    "odoo.modules",
    "odoo.fields",
    "odoo.orm",
    "odoo.registry",
    "odoo.models",
    "odoo.tools.view_validation",
    "odoo.addons.base.models.ir_ui_view",
    "odoo.tools.convert",
    "odoo.api",
)


@dataclass(frozen=True)
class Entry:
    """One entry of the log.

    Attributes:
        level: INFO, WARNING, ERROR...
        logger: Name of the logger.
        text: The message, with all its lines.
    """

    level: str
    logger: str
    text: str


@dataclass(frozen=True)
class Result:
    """Odoo's own count."""

    failures: int
    errors: int
    tests: int


def entries(text: str) -> list[Entry]:
    """Split the log into its entries."""
    found: list[tuple[str, str, list[str]]] = []
    for line in text.splitlines():
        if match := _LINE.match(line):
            found.append((match["level"], match["logger"], [match["text"]]))
        elif found:
            found[-1][2].append(line)
    return [Entry(level, logger, "\n".join(lines)) for level, logger, lines in found]


def result(log: Iterable[Entry]) -> Result | None:
    """Return the count of the last result line, None when there is none."""
    last = None
    for entry in log:
        if entry.logger == "odoo.tests.result" and (match := _RESULT.match(entry.text)):
            last = Result(*map(int, match.groups()))
    return last


def errors(log: Iterable[Entry]) -> list[str]:
    """Return what was logged as ERROR or CRITICAL and is not the failure of a test."""
    return [
        _first_line(entry)
        for entry in log
        if entry.level in ("ERROR", "CRITICAL")
        and not _TEST_ERROR.match(entry.text)
        and entry.logger != "odoo.tests.result"
        and not _FOLLOWS.match(entry.text)
    ]


def warnings(log: Iterable[Entry]) -> list[str]:
    """Return the warnings that tell of mistakes in a module's definitions."""
    return [
        _first_line(entry)
        for entry in log
        if entry.level == "WARNING" and entry.logger.startswith(_WARNING_LOGGERS)
    ]


def database_gone(text: str) -> bool:
    """Tell whether Odoo lost its database server."""
    return _DATABASE_GONE.search(text) is not None


def cause(text: str) -> str | None:
    """Return in one sentence why Odoo gave up, None when the log has no traceback.

    The last traceback counts: what came before it led there.
    """
    start = text.rfind("Traceback (most recent call last):")
    if start < 0:
        return None
    lines = text[start:].splitlines()
    place, said = None, None
    rest: list[str] = []
    for number, line in enumerate(lines):
        if _LINE.match(line):
            break
        if match := _PLACE.match(line):
            place = f"{match['file']}:{match['line']}"
        elif match := _EXCEPTION.match(line):
            said = f"{match[1]}: {match[2]}" if match[2] else match[1]
            rest = lines[number + 1 :]
            if parsing := _PARSING.search(line):
                place = f"{parsing['file']}:{parsing['line']}"
                said = None
    detail = _detail(rest)
    what = detail if said is None or not said.partition(": ")[2] else said
    what = what or said
    if what and what.endswith(":") and detail:  # the cause stands on the next line
        what = f"{what} {detail}"
    if what is None:
        return None
    what = what.strip().rstrip(".")
    return f"{what} ({place})" if place else what


def _detail(lines: Iterable[str]) -> str | None:
    """Return the line after an exception's first that says what is wrong."""
    first = None
    for line in lines:
        if _LINE.match(line):
            break
        text = line.strip()
        if not text or text.startswith(("<", "Error while", "View error", "{", "^")):
            continue
        if _VIEW.match(text):
            return text
        first = first or text
    return first


def _first_line(entry: Entry) -> str:
    head = entry.text.splitlines()[0] if entry.text else ""
    return f"{entry.logger}: {head.strip()}"
