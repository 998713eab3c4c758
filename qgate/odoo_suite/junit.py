"""Tests as JUnit XML, as continuous integration systems read it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# XML 1.0 has no place for these characters, not even escaped.
_FORBIDDEN: Final = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_ELEMENTS: Final = {
    "failed": "failure",
    "error": "error",
    "unfinished": "error",
    "skipped": "skipped",
    "flaky": "flakyFailure",  # as Maven's Surefire has it: passed in the end
}


def write(path: Path, tests: Sequence[Mapping[str, Any]]) -> None:
    """Write *tests*, rows of the frame `tests`, to *path*: a test suite per module."""
    root = ET.Element("testsuites")
    for module in sorted({str(test["module"]) for test in tests}):
        own = [test for test in tests if test["module"] == module]
        suite = ET.SubElement(root, "testsuite", name=module)
        for key, outcomes in (
            ("tests", None),
            ("failures", ("failed",)),
            ("errors", ("error", "unfinished")),
            ("skipped", ("skipped",)),
        ):
            count = sum(outcomes is None or t["outcome"] in outcomes for t in own)
            suite.set(key, str(count))
        suite.set("time", f"{sum(test['seconds'] or 0 for test in own):.3f}")
        for test in own:
            _case(suite, test)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _case(suite: ET.Element, test: Mapping[str, Any]) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname=f"{test['module']}.{test['class']}",
        name=str(test["test"]),
        time=f"{test['seconds'] or 0:.3f}",
    )
    if test.get("path"):
        case.set("file", str(test["path"]))
    if element := _ELEMENTS.get(str(test["outcome"])):
        message = _FORBIDDEN.sub("\ufffd", str(test["message"] or test["outcome"]))
        lines = [line for line in message.splitlines() if line.strip()]
        child = ET.SubElement(case, element, message=lines[-1] if lines else "")
        child.text = message
