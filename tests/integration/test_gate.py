"""The whole gate on the sample module, as `make gate` and CI run it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import qgate

if TYPE_CHECKING:
    from qgate.environment import Environment

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.odoo, pytest.mark.usefixtures("environment")]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory, environment: Environment) -> Path:
    """Run the gate once, with all stages and the report, into a folder of our own."""
    environment.odoo()
    reports = tmp_path_factory.mktemp("reports")
    done = subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "qgate",
                "run",
                "--set",
                f"report.folder={reports}",
            ),
            *("--json", str(reports / "gate.json")),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Verdict: ✓ passed" in done.stdout
    assert "report.html" in done.stdout
    assert "tests: " in done.stderr  # progress, line by line outside a terminal
    return reports


def test_the_sample_module_passes_every_stage(record: Path) -> None:
    result = json.loads((record / "gate.json").read_text())
    assert result["verdict"] == "passed"
    assert result["modules"] == ["ipai_expense"]
    assert [(s["stage"], s["verdict"]) for s in result["stages"]] == [
        ("static", "passed"),
        ("tests", "passed"),
    ]
    assert Path(result["report"]).is_file()
    for path in result["frames"].values():
        assert Path(path).is_file()


def test_the_sample_module_is_better_than_the_gate_asks(record: Path) -> None:
    run = qgate.load(reports=record)
    sums = run.coverage[
        ["statements", "covered", "body_statements", "body_covered"]
    ].sum()
    assert sums["covered"] / sums["statements"] >= 0.95
    assert sums["body_covered"] / sums["body_statements"] >= 0.9
    assert set(run.tests["outcome"]) == {"passed"}
    scores = run.frames["tools"].set_index("tool")["score"]
    assert scores["pylint-odoo"] == 10
    assert run.frames["census"]["log_warnings"].map(len).sum() == 0
    assert {"Odoo", "PostgreSQL"} <= set(run.frames["components"]["component"])


def test_the_run_is_shown_and_judged_anew(record: Path) -> None:
    run = qgate.load(reports=record)
    assert "passed" in run._repr_html_()
    verdicts, verdict = qgate.judge(run, ["tests.min_tests=1000"])
    assert verdict == "failed"
    assert any("tests < 1000" in reason for v in verdicts for reason in v.reasons)


def test_the_evidence_is_kept(record: Path) -> None:
    run = qgate.load(reports=record)
    names = {path.name for path in [*run.evidence("static"), *run.evidence("tests")]}
    assert {
        "bandit.json",
        "odoo.log",
        "junit.xml",
        "coverage.json",
        "index.html",
    } <= names
