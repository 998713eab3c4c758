"""Every single thing a run found fault with, from all stages, worst first."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from qgate.frames import rows
from qgate.policy.wording import gist

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    import pandas as pd

ERROR: Final = "error"
WARNING: Final = "warning"
NOTE: Final = "note"

LEVELS: Final = (ERROR, WARNING, NOTE)
"""How bad a problem is, worst first, in the words of SARIF."""

SEVERITIES: Final = {
    "critical": ERROR,
    "fatal": ERROR,
    "high": ERROR,
    "error": ERROR,
    "medium": WARNING,
    "warning": WARNING,
    "low": NOTE,
    "convention": NOTE,
    "refactor": NOTE,
    "info": NOTE,
    "unknown": NOTE,
}
"""The level of every severity that a tool may give, worst first."""

_RANK: Final = {name: rank for rank, name in enumerate(SEVERITIES)}
_IN_CHECKOUT: Final = frozenset({"module", "workspace"})


@dataclass(frozen=True)
class Problem:
    """One thing that a tool, a test or the scanner found fault with.

    Attributes:
        tool: Who found it, as in the frames; odoo-tests, e2e or trivy besides the linters.
        rule: Its rule, or the name of the test.
        level: error, warning or note.
        severity: As the tool calls it.
        message: What it says, in one line.
        path: File, relative to the workspace; empty when it has no place in it.
        line: Line from 1, where it is known.
        column: Column from 1, where it is known.
        module: Module it belongs to.
        detail: The whole of a longer message, as a traceback.
        url: Where the rule is described.
        accepted: Why it does not count, when somebody has accepted it.
        target: What was looked at, where that is no file of the workspace.
        changed: Whether it is on a line that the judged change has touched.
    """

    tool: str
    rule: str
    level: str
    severity: str
    message: str
    path: str = ""
    line: int | None = None
    column: int | None = None
    module: str = ""
    detail: str = field(default="", repr=False)
    url: str = ""
    accepted: str = ""
    target: str = ""
    changed: bool = False

    @property
    def order(self) -> tuple[object, ...]:
        """What problems are sorted by: the worst first, of those the changed lines."""
        return (
            LEVELS.index(self.level),
            not self.changed,
            _RANK.get(self.severity, len(_RANK)),
            not self.path,
            self.path,
            self.line or 0,
            self.tool,
            self.rule,
        )


def problems(
    frames: Mapping[str, pd.DataFrame],
    changed: Mapping[str, Collection[int]] | None = None,
) -> list[Problem]:
    """Return every problem in the frames of a run, worst first.

    Args:
        frames: The frames, by name.
        changed: Lines that the judged change has touched, by file.
    """
    changed = changed or {}
    found = [
        *_findings(frames["findings"]),
        *_tests(frames["tests"]),
        *_specs(frames["e2e"]),
        *_vulnerabilities(frames),
    ]
    marked = (
        _changed(one) if one.line in changed.get(one.path, ()) else one for one in found
    )
    return sorted(marked, key=lambda one: one.order)


def _changed(one: Problem) -> Problem:
    values = {name: getattr(one, name) for name in one.__dataclass_fields__}
    return Problem(**{**values, "changed": True})


def _findings(frame: pd.DataFrame) -> Iterator[Problem]:
    for row in rows(frame):
        yield Problem(
            tool=row["tool"],
            rule=row["rule"],
            level=SEVERITIES.get(row["severity"], WARNING),
            severity=row["severity"],
            message=_line(row["message"]),
            path=_inside(row["path"]),
            line=_positive(row["line"]),
            column=_positive(row["column"]) if row["line"] else None,
            module=row["module"],
        )


def _tests(frame: pd.DataFrame) -> Iterator[Problem]:
    for row in rows(frame):
        if row["outcome"] in ("passed", "skipped"):
            continue
        said = gist(row["message"] or "") or "It began and never ended."
        yield Problem(
            tool="odoo-tests",
            rule=f"{row['class']}.{row['test']}",
            level=ERROR,
            severity="error",
            message=_line(f"{row['class']}.{row['test']} {row['outcome']}: {said}"),
            path=_inside(row["path"] or ""),
            line=_positive(row["line"]),
            module=row["module"],
            detail=row["message"] or "",
        )


def _specs(frame: pd.DataFrame) -> Iterator[Problem]:
    for row in rows(frame):
        if row["outcome"] in ("passed", "skipped"):
            continue
        flaky = row["outcome"] == "flaky"
        said = gist(row["message"] or "") or "It began and never ended."
        where = f"{row['test']} in {row['browser']}"
        yield Problem(
            tool="e2e",
            rule=row["test"],
            level=WARNING if flaky else ERROR,
            severity="warning" if flaky else "error",
            message=_line(f"{where} {row['outcome']}: {said}"),
            path=_inside(row["spec"]),
            line=_raised_at(row["spec"], row["message"] or ""),
            module=row["module"],
            detail=row["message"] or "",
        )


def _vulnerabilities(frames: Mapping[str, pd.DataFrame]) -> Iterator[Problem]:
    kinds = {row["target"]: row["kind"] for row in rows(frames["scans"])}
    for row in rows(frames["vulnerabilities"]):
        here = kinds.get(row["target"]) in _IN_CHECKOUT
        yield Problem(
            tool="trivy",
            rule=row["id"],
            level=SEVERITIES.get(row["severity"], NOTE),
            severity=row["severity"],
            message=_line(_described(row)),
            path=_inside(row["path"] or "") if here else "",
            line=_positive(row["line"]) if here else None,
            url=row["url"] or "",
            target=row["target"].strip("/"),
            accepted=(row["reason"] or "no reason given")
            if row["suppressed_by"]
            else "",
        )


def _described(row: Mapping[str, Any]) -> str:
    said = row["title"] or row["id"]
    if row["package"]:
        fixed = f"fixed in {row['fixed']}" if row["fixed"] else "no fix yet"
        said = f"{row['package']} {row['installed'] or ''} ({fixed}): {said}"
    return f"{said} [{row['target']}]"


def _raised_at(spec: str, message: str) -> int | None:
    """Return the last line of *spec* that a traceback names."""
    name = re.escape(PurePosixPath(spec).name)
    found = re.findall(rf'{name}(?:", line |:)(\d+)', message)
    return _positive(int(found[-1])) if found else None


def _line(text: str) -> str:
    return " ".join(text.split())


def _positive(number: int | None) -> int | None:
    return int(number) if number is not None and number > 0 else None


def _inside(path: str) -> str:
    """Return *path* when it is one of the checkout, else nothing: surfaces link to it."""
    pure = PurePosixPath(path)
    outside = pure.is_absolute() or ".." in pure.parts
    return "" if outside or not pure.parts else pure.as_posix()


def counted(found: Iterable[Problem]) -> dict[str, int]:
    """Return how many of *found* there are of each level, worst first; accepted ones apart."""
    counts = dict.fromkeys(LEVELS, 0)
    for one in found:
        counts[one.level] += not one.accepted
    return counts
