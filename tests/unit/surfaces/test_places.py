"""Where a problem is: its file, its line, whether the change has touched it; and the commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from qgate.api import Run
from qgate.surfaces.changes import changed_lines
from qgate.surfaces.problems import problems
from tests.support import records
from tests.support.workspaces import git, make_settings, write_module

if TYPE_CHECKING:
    from pathlib import Path


def test_lines_that_a_change_has_touched_are_known(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    names = ("a.py", "ünïcode name.py", "gone.py")
    for name in names:
        (tmp_path / name).write_text("1\n2\n3\n4\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "First")
    git(tmp_path, "switch", "--quiet", "--create", "feature")
    (tmp_path / "a.py").write_text("1\nX\n3\n4\n5\n6\n")
    (tmp_path / names[1]).write_text("X\n1\n2\n3\n4\n")
    (tmp_path / "gone.py").unlink()
    git(tmp_path, "commit", "--quiet", "--all", "--message", "Second")
    settings = make_settings(tmp_path)
    assert changed_lines(settings, "main") == {
        "a.py": frozenset({2, 5, 6}),
        names[1]: frozenset({1}),
    }
    assert changed_lines(settings, "") == {}
    assert changed_lines(settings, "origin/nonesuch") == {}
    assert changed_lines(settings, "--output=stolen") == {}
    assert not (tmp_path / "stolen").exists()


def test_problems_have_places_in_the_checkout_alone(tmp_path: Path) -> None:
    made = records.story(("a",))
    base = {
        "tool": "ruff",
        "rule": "E1",
        "severity": "error",
        "message": "m",
        "module": "a",
    }
    paths = ("/etc/passwd", "../up.py", "a/../../b.py", ".", "addons/a/ok.py")
    made.add("findings", *({**base, "path": p, "line": 0, "column": 4} for p in paths))
    found = [
        one for one in problems(Run(made.save(tmp_path)).frames) if one.rule == "E1"
    ]
    assert sorted(one.path for one in found) == ["", "", "", "", "addons/a/ok.py"]
    assert {one.line for one in found} == {None}


def qgate(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("GITHUB_", "GH_", "QGATE"))
    }
    return subprocess.run(
        [sys.executable, "-m", "qgate", *arguments],
        cwd=root,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_publishing_a_failed_run_where_nobody_listens_exits_with_0(
    tmp_path: Path,
) -> None:
    (tmp_path / "qgate.toml").write_text("")
    story = records.with_bad_tests(records.story(("a",)))
    story.save(tmp_path / "reports")
    done = qgate(tmp_path, "publish", "latest", "--only", "files,comment,webhook")
    assert done.returncode == 0, done.stderr
    assert "There is no repository to speak to GitHub with." in done.stderr
    assert "There is no webhook" in done.stderr
    [junit] = [line for line in done.stdout.splitlines() if line.endswith("junit.xml")]
    assert (tmp_path / junit).is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("publish", "latest", "--only", "carrier-pigeon"),
            "no surface carrier-pigeon",
        ),
        (("audit", "nonsense"), "There is no audit nonsense."),
        (("merge", "nowhere"), "None of 1 records can be read."),
        (("run", "--plan", "plan.json"), "--plan and --entry go together"),
        (("run", "--plan", "no.json", "--entry", "tests"), "cannot be read"),
        (("plan", "--shards", "0"), "at least one shard, not 0"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_wrong_usage_is_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    write_module(tmp_path / "addons" / "custom", "good")
    records.story(("a",)).save(tmp_path / "reports")
    done = qgate(tmp_path, *arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_age_of_secrets_decides_on_the_exit_code(tmp_path: Path) -> None:
    target = tmp_path / "audit.json"
    for day, code in (("2000-01-01", 1), ("2999-01-01", 0)):
        rotated = f"audit.rotated={{A={day}}}"
        done = qgate(
            tmp_path, "audit", "secrets", "--set", rotated, "--json", str(target)
        )
        assert done.returncode == code, done.stderr
        assert json.loads(target.read_text())["looked_at"] == 1
    assert qgate(tmp_path, "audit", "secrets").returncode == 3
