from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from qgate.odoo_suite import junit

if TYPE_CHECKING:
    from pathlib import Path


def row(
    outcome: str, message: str | None = None, **values: object
) -> dict[str, object]:
    return {
        "module": "thing",
        "class": "TestA",
        "test": f"test_{outcome}",
        "outcome": outcome,
        "seconds": 0.25,
        "message": message,
        "path": "addons/thing/tests/test_a.py",
        **values,
    }


def test_outcomes_become_the_elements_that_ci_reads(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    tests = [
        row("passed"),
        row("failed", "Traceback\nAssertionError: <b> & \x00\x1b[31m"),
        row("error", "boom"),
        row("skipped", "later"),
        row("unfinished", None, seconds=None),
        row("passed", module="other"),
    ]
    junit.write(path, tests)
    root = ET.parse(path).getroot()  # noqa: S314 - our own file
    other, thing = root.findall("testsuite")
    assert (other.get("name"), other.get("tests")) == ("other", "1")
    assert thing.attrib == {
        "name": "thing",
        "tests": "5",
        "failures": "1",
        "errors": "2",
        "skipped": "1",
        "time": "1.000",
    }
    children = [[child.tag for child in case] for case in thing]
    assert children == [[], ["failure"], ["error"], ["skipped"], ["error"]]
    failure = thing[1][0]
    assert failure.get("message") == "AssertionError: <b> & \ufffd\ufffd[31m"
    assert str(failure.text).startswith("Traceback")
    assert thing[1].get("classname") == "thing.TestA"


def test_no_tests_make_an_empty_file(tmp_path: Path) -> None:
    junit.write(tmp_path / "junit.xml", [])
    root = ET.parse(tmp_path / "junit.xml").getroot()  # noqa: S314 - our own file
    assert (root.tag, len(root)) == ("testsuites", 0)
