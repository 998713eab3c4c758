from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from qgate.stages.registry import STAGES
from tests.support.workspaces import git, write_module

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_module(tmp_path / "addons" / "custom", "good", license="LGPL-3", author="A")
    (tmp_path / "addons/custom/good/README.rst").write_text("Good\n")
    return tmp_path


def qgate(
    root: Path, *arguments: str, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "qgate", *arguments],
        cwd=root,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(root),
            "QGATE_HOME": str(root / "home"),
            # The process counts for the coverage of our own code.
            **{k: v for k, v in os.environ.items() if k.startswith("COVERAGE_")},
            **environ,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_help_names_every_command(root: Path) -> None:
    done = qgate(root, "--help")
    assert done.returncode == 0
    for name in ("run", "lint", "test", "full", "format", "judge", "report", "env"):
        assert f"\n  {name} " in done.stdout


def test_the_options_scripts_depend_on_are_there(root: Path) -> None:
    text = qgate(root, "run", "--help").stdout
    for option in (
        *("--addons", "--modules", "--changed-since", "--stages", "--profile"),
        *("--config", "--set", "--json", "--no-cache", "--no-report", "--fail-fast"),
        "--debug",
    ):
        assert option in text


def test_help_imports_nothing_heavy() -> None:
    source = (
        "import sys; sys.argv = ['qgate', '--help']; import qgate.__main__ as m\n"
        "try: m.main()\n"
        "except SystemExit: pass\n"
        "print([n for n in ('pandas', 'pyarrow', 'pydantic', 'rich', 'plotly')"
        " if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_lint_passes_judges_and_fails(root: Path) -> None:
    done = qgate(root, "lint", "--json", "result.json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Verdict: ✓ passed" in done.stdout
    result = json.loads((root / "result.json").read_text())
    assert result["verdict"] == "passed"
    assert result["modules"] == ["good"]
    verdicts = {stage["stage"]: stage["verdict"] for stage in result["stages"]}
    assert verdicts == dict.fromkeys(STAGES, "skipped") | {"static": "passed"}
    assert set(result["stages"][0]) == {"stage", "verdict", "seconds", "reasons"}
    assert result["report"] is None
    assert all(path.endswith(".parquet") for path in result["frames"].values())

    judged = qgate(root, "judge", result["run_id"], "--json", "-")
    assert judged.returncode == 0
    assert json.loads(judged.stdout)["verdict"] == "passed"
    wrong = qgate(root, "judge", "latest", "--set", "static.tools=['ruff','eslint']")
    assert wrong.returncode == 3
    assert "eslint did not report on good" in wrong.stdout

    bad = root / "addons/custom/good/models.py"
    bad.write_text("import os\nx = {'a':1}\n")
    done = qgate(root, "run", "--stages", "static", "--no-report")
    assert done.returncode == 1
    assert "black: 1 finding" in done.stdout


def test_format_lists_then_fixes_then_is_content(root: Path) -> None:
    bad = root / "addons/custom/good/models.py"
    bad.write_text("import sys\nimport os\nx = {'a':os.name,'b':sys.path}\n")
    before = bad.read_text()
    done = qgate(root, "format")
    assert (done.returncode, done.stdout) == (1, "addons/custom/good/models.py\n") or (
        "addons/custom/good/models.py" in done.stdout
    )
    assert bad.read_text() == before
    assert qgate(root, "format", "--fix").returncode == 0
    assert bad.read_text() == (
        'import os\nimport sys\n\nx = {"a": os.name, "b": sys.path}\n'
    )
    done = qgate(root, "format")
    assert "models.py" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["run", "--nonsense"], 2, "No such option"),
        (["run", "--addons", "nowhere"], 2, "addons path"),
        (["run", "--modules", "godo"], 2, "Did you mean good?"),
        (["run", "--stages", "static,test"], 2, "There is no stage test"),
        (["run", "--profile", "nightly"], 2, "There is no profile nightly"),
        (["run", "--profile", "release", "--stages", "static"], 2, "allows no skip"),
        (
            ["run", "--set", "tests.min_coverge=1"],
            2,
            "Did you mean tests.min_coverage?",
        ),
        (["run", "--config", "none.toml"], 2, "no configuration file"),
        (["run", "--changed-since", "main"], 2, "git"),
        (["judge", "latest"], 2, "There is no run in"),
        (["report", "latest"], 2, "There is no run in"),
    ],
)
def test_bad_input_gets_one_clear_sentence(
    root: Path, arguments: list[str], code: int, said: str
) -> None:
    done = qgate(root, *arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_debug_shows_the_traceback(root: Path) -> None:
    assert "Traceback" in qgate(root, "run", "--addons", "nowhere", "--debug").stderr


def test_a_server_that_is_down_is_an_error_that_names_it(root: Path) -> None:
    done = qgate(
        *(root, "run", "--stages", "tests", "--no-report"),
        PGHOST="127.0.0.1",
        PGPORT="1",
        PGPASSWORD="not-in-any-output",
    )
    assert done.returncode == 3
    assert "PostgreSQL at 127.0.0.1:1 does not answer" in done.stdout
    assert "Traceback" not in done.stderr
    assert "not-in-any-output" not in done.stdout + done.stderr


def test_a_record_that_cannot_be_written_is_told(root: Path) -> None:
    (root / "reports").write_text("a file where the folder should be")
    done = qgate(root, "lint")
    assert done.returncode == 3
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_changed_passes_and_says_so(root: Path) -> None:
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "addons")
    git(root, "commit", "-qm", "start")
    done = qgate(root, "run", "--changed-since", "main", "--json", "-", "--no-report")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["modules"] == []
    assert {stage["verdict"] for stage in result["stages"]} == {"skipped"}
    assert "No module changed since main" in result["stages"][0]["reasons"][0]


def test_no_secret_of_the_environment_reaches_the_record(root: Path) -> None:
    canary = "canary-5f1d0c9a77"
    (root / "addons/custom/good/models.py").write_text(f"x = '{canary}'\n")
    done = qgate(root, "lint", GITHUB_TOKEN=canary, MY_API_KEY=canary)
    assert canary not in done.stdout + done.stderr
    for path in (root / "reports").rglob("*"):
        if path.is_file():
            assert canary.encode() not in path.read_bytes(), path
