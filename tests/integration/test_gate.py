"""The whole gate on the sample module, as `make gate` and CI run it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import qgate
from tests.support.trivy import write_database

if TYPE_CHECKING:
    from qgate.environment import Environment

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.odoo, pytest.mark.usefixtures("environment")]


STAGES = ("static", "tests", "e2e", "security", "performance", "readiness")

# Times are measured in benchmarks; here the machine may be slow.
SLOW_MACHINE = {
    "Login": 30_000,
    "List Load": 30_000,
    "Create Record": 30_000,
    "Search": 30_000,
}


def gate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, "-m", "qgate", "run", *arguments),
            *("--set", f"report.folder={folder}", "--json", str(folder / "gate.json")),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory, environment: Environment) -> Path:
    """Run the gate once, with all stages and the report, into a folder of our own."""
    environment.odoo()
    reports = tmp_path_factory.mktemp("reports")
    database = write_database(tmp_path_factory.mktemp("trivy"))
    limits = ", ".join(f'"{name}" = {value}' for name, value in SLOW_MACHINE.items())
    done = gate(
        reports,
        *("--profile", "main", "--set", f"security.database={database}"),
        *("--set", "performance.duration=10", "--set", "performance.warm_up=2"),
        *("--set", "performance.users=4", "--set", "performance.spawn_rate=4"),
        *("--set", "performance.records=100", "--set", "performance.max_mean=30000"),
        # Enough requests that each operation has some, whatever the dice say.
        *("--set", "performance.wait_min=0.2", "--set", "performance.wait_max=0.5"),
        *("--set", f"performance.thresholds={{{limits}}}"),
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
        *((stage, "passed") for stage in STAGES),
        ("deployment", "skipped"),
    ]
    assert Path(result["report"]).is_file()
    for path in result["frames"].values():
        assert Path(path).is_file()


def test_what_passed_is_taken_over_when_nothing_has_changed(record: Path) -> None:
    first = json.loads((record / "gate.json").read_text())["run_id"]
    done = gate(record, "--stages", "static,tests,e2e", "--no-report")
    assert done.returncode == 0, done.stdout + done.stderr
    later = qgate.load(reports=record)
    assert later.run_id != first
    rows = later.frames["executions"].set_index("stage").loc[list(STAGES[:3])]
    assert rows["status"].tolist() == ["reused"] * 3
    assert rows["reused_from"].tolist() == [first] * 3
    assert (later.e2e["outcome"] == "passed").all()
    assert {"Odoo", "PostgreSQL"} <= set(later.frames["components"]["component"])
    assert {path.name for path in later.evidence("tests")} >= {"odoo.log", "junit.xml"}


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
