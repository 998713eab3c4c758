"""A whole run as JUnit XML: its tests, its specs, and a case for the verdict on each stage."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qgate.frames import rows
from qgate.policy.wording import gist

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qgate.api import Run

# XML 1.0 has no place for these characters, not even escaped.
_FORBIDDEN: Final = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_ELEMENTS: Final = {
    "failed": "failure",
    "error": "error",
    "unfinished": "error",
    "blocked": "error",
    "skipped": "skipped",
    "flaky": "flakyFailure",  # as Maven's Surefire has it: passed in the end
}


@dataclass(frozen=True)
class _Case:
    """One test case."""

    suite: str
    group: str
    name: str
    outcome: str
    seconds: float
    message: str
    file: str = ""


def junit(run: Run) -> bytes:
    """Return the run as JUnit XML, in UTF-8."""
    cases = [*_stages(run), *_tests(run), *_specs(run)]
    root = ET.Element("testsuites", name=f"qgate {run.run_id}")
    _count(root, cases)
    for name in dict.fromkeys(case.suite for case in cases):
        own = [case for case in cases if case.suite == name]
        suite = ET.SubElement(root, "testsuite", name=_clean(name))
        _count(suite, own)
        for case in own:
            _add(suite, case)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _stages(run: Run) -> Iterator[_Case]:
    for row in rows(run.stages):
        yield _Case(
            "quality gate",
            "qgate",
            row["stage"],
            row["verdict"],
            row["seconds"],
            "\n".join(row["reasons"]),
        )


def _tests(run: Run) -> Iterator[_Case]:
    for row in rows(run.tests):
        yield _case(
            row, f"tests {row['module']}", f"{row['module']}.{row['class']}", "path"
        )


def _specs(run: Run) -> Iterator[_Case]:
    for row in rows(run.e2e):
        yield _case(
            row, f"e2e {row['module']}", f"{row['module']}.{row['browser']}", "spec"
        )


def _case(row: dict[str, Any], suite: str, group: str, file: str) -> _Case:
    return _Case(
        suite,
        group,
        row["test"],
        row["outcome"],
        row["seconds"] or 0.0,
        row["message"] or row["outcome"],
        row[file] or "",
    )


def _count(element: ET.Element, cases: Sequence[_Case]) -> None:
    kinds = [_ELEMENTS.get(case.outcome) for case in cases]
    element.set("tests", str(len(cases)))
    element.set("failures", str(kinds.count("failure")))
    element.set("errors", str(kinds.count("error")))
    element.set("skipped", str(kinds.count("skipped")))
    element.set("time", f"{sum(case.seconds for case in cases):.3f}")


def _add(suite: ET.Element, case: _Case) -> None:
    element = ET.SubElement(
        suite,
        "testcase",
        classname=_clean(case.group),
        name=_clean(case.name),
        time=f"{case.seconds:.3f}",
    )
    if case.file:
        element.set("file", _clean(case.file))
    if kind := _ELEMENTS.get(case.outcome):
        text = _clean(case.message)
        child = ET.SubElement(element, kind, message=gist(text) or case.outcome)
        child.text = text


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
