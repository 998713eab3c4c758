"""What holds the project together: registries, documentation, the files CI runs."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
import yaml

from qgate import settings
from qgate.cli import app
from qgate.errors import ToolFailed
from qgate.frames import tables
from qgate.policy.judge import JUDGES
from qgate.stages.registry import STAGES
from qgate.tools.registry import TOOLS

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_is_documented_judged_and_has_tables(name: str) -> None:
    stage = STAGES[name]
    assert stage.name == name
    assert type(stage).__doc__
    assert name in JUDGES
    assert stage.tables
    assert all(tables.ALL[table.name] is table for table in stage.tables)
    assert f"`{name}`" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_is_documented_demanded_and_reports_a_version(name: str) -> None:
    tool = TOOLS[name]
    assert tool.name == name
    assert type(tool).__doc__
    assert re.search(r"\d+\.\d+", tool.version())
    assert name in settings.load(environ={}, root=ROOT / "docs").static.tools


def test_every_demanded_tool_exists() -> None:
    assert set(settings.load(environ={}, root=ROOT / "docs").static.tools) == set(TOOLS)


def test_a_tool_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    for tool in TOOLS.values():
        with pytest.raises(ToolFailed, match="is not installed.*make setup"):
            tool.version()


def test_every_column_says_what_it_means() -> None:
    for table in tables.ALL.values():
        assert table.meaning.endswith(".")
        for column in table.columns:
            assert column.meaning.endswith("."), f"{table.name}.{column.name}"


def generator() -> ModuleType:
    path = ROOT / "scripts" / "generate_docs.py"
    spec = importlib.util.spec_from_file_location("generate_docs", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_pages_are_those_of_the_code() -> None:
    pages: dict[str, Any] = generator().pages()
    for name, text in pages.items():
        assert (ROOT / "docs" / name).read_text() == text, f"run `make docs` ({name})"


def test_links_of_the_documentation_resolve() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)", page.read_text()):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_commands_in_the_readme_exist() -> None:
    readme = (ROOT / "README.md").read_text()
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^make ([a-z]+)", readme, re.MULTILINE):
        assert f"\n{target}:" in makefile
    known = typer.main.get_group(app).commands
    assert set(re.findall(r"bin/qgate ([a-z]+)", readme)) <= set(known)


def test_lock_files_name_hashes_and_no_address() -> None:
    locks = [*ROOT.glob("*.lock"), *(ROOT / "qgate/environment").glob("*.lock")]
    assert len(locks) == 3
    for lock in locks:
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "--index-url" not in text


def test_direct_dependencies_are_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = set(
        re.findall(
            r"^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE
        )
    )
    for word in project["dependencies"]:
        name = re.split(r"[<>=\[]", word)[0]
        assert name in locked


def test_only_settings_reads_the_environment() -> None:
    for path in (ROOT / "qgate").rglob("*.py"):
        if path.name not in ("settings.py", "launcher.py"):
            assert "os.environ" not in path.read_text(), path


def test_only_process_starts_programs() -> None:
    for path in (ROOT / "qgate").rglob("*.py"):
        if path.name != "process.py":
            text = path.read_text()
            assert "import subprocess" not in text, path
            assert "os.system" not in text, path


def test_scripts_of_ci_are_thin_and_strict() -> None:
    for name in (".ci/run", "scripts/ci-runner.sh"):
        text = (ROOT / name).read_text()
        assert "set -euo pipefail" in text
        assert "|| true" not in text
        subprocess.run(["bash", "-n", ROOT / name], check=True)


@pytest.mark.parametrize("arguments", [[], ["nonsense"]])
def test_the_ci_runner_says_how_it_is_used(arguments: list[str]) -> None:
    done = subprocess.run(
        [ROOT / "scripts/ci-runner.sh", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Usage" in done.stderr


def test_the_workflow_calls_the_commands_people_run() -> None:
    path = ROOT / ".github/workflows/quality-gate.yml"
    workflow = yaml.safe_load(path.read_text())
    triggers = workflow[True]  # YAML 1.1 reads the key `on` as true
    assert triggers["push"]["branches"] == ["main", "develop"]
    assert {"pull_request", "workflow_dispatch"} <= set(triggers)
    jobs = workflow["jobs"]
    assert jobs["entry"]["services"]["postgres"]["image"] == "postgres:16"
    assert jobs["entry"]["needs"] == "plan"
    assert jobs["verdict"]["needs"] == ["plan", "entry"]
    steps = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    for word in ("plan", "run --plan", "merge", "trends", "publish", "tag latest"):
        assert any(f".venv/bin/qgate {word}" in step for step in steps), word
    assert not any(
        "${{" in step for step in steps
    )  # untrusted words are variables only
    assert workflow["permissions"] == {"contents": "read"}


WORKFLOWS = sorted(
    path for path in (ROOT / ".github").rglob("*.yml") if path.name != "zizmor.yml"
)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_digest(path: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", path.read_text())
    for name, rest in used:
        if name.startswith("./"):
            continue
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name), name
        assert re.fullmatch(r" # v\d+(\.\d+)*", rest), f"{name} says no version"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_zizmor_has_nothing_against_a_workflow(path: Path) -> None:
    program = Path(sys.executable).with_name("zizmor")
    done = subprocess.run(
        [program, "--offline", "--no-progress", "--min-severity", "low", path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


PERMISSIONS = {
    "comment": {"contents": "read", "pull-requests": "write"},
    "code-scanning": {
        "actions": "read",
        "contents": "read",
        "security-events": "write",
    },
    "pages": {"contents": "read", "id-token": "write", "pages": "write"},
    "tag": {"contents": "write"},
}
"""What jobs of the gate may besides reading the contents."""


def test_jobs_may_do_what_they_need_and_nothing_else() -> None:
    folder = ROOT / ".github" / "workflows"
    gate, audit, fork = (
        yaml.safe_load((folder / f"{name}.yml").read_text())
        for name in ("quality-gate", "audit", "fork-comment")
    )
    for name, job in gate["jobs"].items():
        assert job.get("permissions") == PERMISSIONS.get(name), name
    assert audit["permissions"] == fork["permissions"] == {}
    for job in audit["jobs"].values():
        assert job["permissions"] == {"contents": "read", "issues": "write"}
    [job] = fork["jobs"].values()
    assert job["permissions"] == {"actions": "read", **PERMISSIONS["comment"]}


def test_code_of_a_pull_request_gets_no_secret_and_no_token_that_may_write() -> None:
    folder = ROOT / ".github" / "workflows"
    gate = yaml.safe_load((folder / "quality-gate.yml").read_text())
    assert "pull_request_target" not in gate[True]
    for name, job in gate["jobs"].items():
        words = json.dumps(job)
        secret = "secrets." in words or "github.token" in words
        own = "github.event.pull_request.head.repo.full_name == github.repository"
        elsewhere = (
            "github.event_name == 'push'",
            "github.event_name != 'pull_request'",
        )
        if secret or job.get("permissions"):
            assert any(word in job["if"] for word in (own, *elsewhere)), name
    fork = yaml.safe_load((folder / "fork-comment.yml").read_text())
    [job] = fork["jobs"].values()
    [checkout] = [s for s in job["steps"] if "checkout" in s.get("uses", "")]
    assert "ref" not in checkout["with"]  # that of the default branch
    for path in WORKFLOWS:
        for used in re.findall(
            r"uses: actions/checkout@.*(?:\n .*)*", path.read_text()
        ):
            assert "persist-credentials: false" in used, path.name


def test_commands_of_workflows_exist() -> None:
    """Every option that a workflow gives to a command of qgate is one of that command."""
    for path in WORKFLOWS:
        for words in re.findall(r"\.venv/bin/qgate ([^\n|)]+)", path.read_text()):
            command, *rest = words.split()
            if command in ("image", "history"):
                command = f"{command} {rest[0]}"
            done = subprocess.run(
                [sys.executable, "-m", "qgate", *command.split(), "--help"],
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, words
            for option in re.findall(r"(?<!\S)--[a-z-]+", words):
                assert option in done.stdout, f"{path.name}: {words}"


def test_the_deploy_workflow_needs_the_gate_and_an_approval() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/deploy.yml").read_text())
    trigger = workflow[True]["workflow_run"]
    assert trigger["workflows"] == ["Quality gate"]
    assert trigger["branches"] == ["main"]
    jobs = workflow["jobs"]
    assert "conclusion == 'success'" in jobs["image"]["if"]
    assert jobs["staging"]["needs"] == "image"
    assert jobs["production"]["needs"] == ["image", "staging"]
    assert jobs["production"]["environment"] == "production"
    assert jobs["rollback"]["if"] == "github.event_name == 'workflow_dispatch'"
    commands = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    for word in ("image build", "image push", "deploy --to staging", "rollback --to"):
        assert any(f".venv/bin/qgate {word}" in command for command in commands)
    assert not any("${{" in command for command in commands)
    assert workflow["concurrency"]["cancel-in-progress"] is False


def test_the_package_imports_without_the_heavy_libraries() -> None:
    source = "import qgate, sys; print('pandas' in sys.modules, qgate.__version__)"
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("False 0.")
