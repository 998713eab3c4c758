"""Every seeded defect is caught by stage tests, with a reason that names it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.support.odoo_modules import DEFECTS, good

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.environment import Environment
    from tests.integration.conftest import Gate

pytestmark = [pytest.mark.odoo, pytest.mark.usefixtures("environment")]


def test_the_good_module_passes_and_leaves_its_evidence(
    gate: Gate, tmp_path: Path
) -> None:
    good(tmp_path / "addons")
    run = gate()
    assert (run.verdict, run.reasons) == ("passed", [])
    assert run.tests["outcome"].tolist() == ["passed", "passed"]
    assert run.tests["path"].tolist() == ["addons/thing_a/tests/test_thing.py"] * 2
    model = run.coverage.set_index("file").loc["addons/thing_a/models/thing.py"]
    assert (model["covered"], model["missing"]) == (model["statements"], [])
    assert (model["body_covered"], model["body_missing"]) == (
        model["body_statements"],
        [],
    )
    census = run.frames["census"].iloc[0]
    assert (census["found"], census["executed"], census["state"]) == (2, 2, "installed")
    suite = run.frames["suites"].iloc[0]
    assert (suite["ended"], suite["reported_tests"]) == ("completed", 2)
    names = {path.name for path in run.evidence("tests")}
    assert {"odoo.log", "junit.xml", "coverage.json", "index.html"} <= names
    junit = next(path for path in run.evidence("tests") if path.name == "junit.xml")
    cases = ET.parse(junit).getroot().findall("testsuite/testcase")  # noqa: S314 - ours
    assert [case.get("name") for case in cases] == ["test_double", "test_grow"]
    assert not list((tmp_path / "addons").rglob("__pycache__"))


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_caught_and_named(name: str, gate: Gate, tmp_path: Path) -> None:
    seed, reason = DEFECTS[name]
    seed(good(tmp_path / "addons"))
    run = gate("tests.time_limit=20")
    told = "\n".join(run.reasons)
    assert re.search(reason, told), told
    expected = "error" if name == "missing dependency" else "failed"
    assert run.verdict == expected, told


def test_only_the_dependent_module_is_gated(gate: Gate, tmp_path: Path) -> None:
    base = good(tmp_path / "addons")
    DEFECTS["failing test"][0](base)
    good(tmp_path / "addons", "thing_b", depends=("thing_a",))
    run = gate(modules=("thing_b",))
    assert (run.verdict, run.reasons) == ("passed", [])
    assert set(run.tests["module"]) == {"thing_b"}
    gated = run.modules.set_index("module")["gated"]
    assert (bool(gated["thing_a"]), bool(gated["thing_b"])) == (False, True)


def test_two_modules_are_told_apart(
    gate: Gate, tmp_path: Path, environment: Environment
) -> None:
    DEFECTS["failing test"][0](good(tmp_path / "addons"))
    good(tmp_path / "addons", "thing_b")
    run = gate()
    assert run.verdict == "failed"
    assert len(run.reasons) == 1
    assert run.reasons[0].startswith("tests: thing_a: TestThing.test_double failed")
    with environment.postgres().connect() as connection:
        left = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'qgate\\_%\\_tests'"
        ).fetchall()
    assert left == []
