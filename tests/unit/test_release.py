"""The tag for production: on which commits it is put, and on which it is not."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from qgate import release
from qgate.errors import EnvironmentProblem, Refused, UsageError
from qgate.json_file import write_json
from tests.support.ready import ready
from tests.support.workspaces import git, make_settings, write_module

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.record import Record
    from qgate.release import Tag
    from qgate.settings import Settings
    from tests.support.records import Story

DAY = date(2026, 11, 25)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a checkout of main with one module and everything committed."""
    folder = tmp_path / "work"
    write_module(folder / "addons", "ipai_expense")
    (folder / ".gitignore").write_text("reports/\n")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "config", "user.name", "T")
    git(folder, "config", "user.email", "t@example.com")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "first")
    return folder


def head(root: Path) -> str:
    return git(root, "rev-parse", "HEAD").strip()


def made(root: Path, story: Story | None = None, **data: Any) -> Record:  # noqa: ANN401
    """Write the record of a run that judged the commit that is checked out."""
    story = story or ready()
    story.data |= {
        "git": {"commit": head(root), "branch": "main", "dirty": False},
        "profile": "release",
    } | data
    return story.save(root / "reports")


def conf(root: Path, *overrides: str) -> Settings:
    return make_settings(root, *overrides)


def tag(root: Path, run: Record, *overrides: str) -> Tag:
    return release.tag(conf(root, *overrides), run, DAY)


def test_a_run_that_passed_gets_an_annotated_tag(root: Path) -> None:
    run = made(root)
    assert run.data["verdict"] == "passed"
    found = tag(root, run)
    assert found.name == f"production-2026-11-25-{head(root)[:7]}"
    assert found.created
    assert found.push == f"git push origin {found.name}"
    assert git(root, "cat-file", "-t", found.name).strip() == "tag"
    assert git(root, "rev-parse", f"{found.name}^{{commit}}").strip() == head(root)
    assert run.run_id in git(root, "tag", "--list", "--format=%(contents)", found.name)


def test_the_same_commit_keeps_its_tag(root: Path) -> None:
    run = made(root)
    first = tag(root, run)
    again = release.tag(conf(root), run, date(2026, 11, 26))
    assert (again.name, again.created) == (first.name, False)
    assert git(root, "tag").split() == [first.name]


def test_a_tag_of_that_name_elsewhere_is_left_alone(root: Path) -> None:
    git(root, "commit", "--quiet", "--allow-empty", "-m", "second")
    name = f"production-2026-11-25-{head(root)[:7]}"
    git(root, "tag", name, "HEAD~1")
    with pytest.raises(Refused, match="on another commit.*git show"):
        tag(root, made(root))


def test_a_dirty_tree_is_refused_now_and_then(root: Path) -> None:
    run = made(root)
    (root / "new.txt").write_text("x")
    with pytest.raises(Refused, match=r"not committed \(new.txt\).*Commit or remove"):
        tag(root, run)
    (root / "new.txt").unlink()
    old = made(root, git={"commit": head(root), "branch": "main", "dirty": True})
    with pytest.raises(Refused, match="judged a tree with changes"):
        tag(root, old)


def test_only_main_is_tagged(root: Path) -> None:
    run = made(root)
    git(root, "switch", "--quiet", "--create", "feature")
    with pytest.raises(Refused, match="on branch feature.*git switch main"):
        tag(root, run)
    git(root, "switch", "--quiet", "--detach")
    with pytest.raises(Refused, match="on no branch"):
        tag(root, run)


def test_only_the_commit_that_was_judged_is_tagged(root: Path) -> None:
    run = made(root)
    git(root, "commit", "--quiet", "--allow-empty", "-m", "second")
    with pytest.raises(Refused, match="judged commit .* is checked out"):
        tag(root, run)
    with pytest.raises(Refused, match="was not made in a git checkout"):
        tag(root, made(root, git={}))


def test_a_run_that_has_not_passed_is_refused(root: Path) -> None:
    story = ready()
    story.rows["readiness"][3]["outcome"] = "failed"
    run = made(root, story)
    with pytest.raises(Refused, match="has not passed, its verdict is failed"):
        tag(root, run)


def test_a_verdict_that_was_written_by_hand_does_not_count(root: Path) -> None:
    story = ready()
    story.rows["readiness"][3]["outcome"] = "failed"
    run = made(root, story, verdict="passed")
    with pytest.raises(Refused, match="does not pass by the thresholds.*readiness: "):
        tag(root, run)


def test_the_thresholds_of_the_workspace_count(root: Path) -> None:
    run = made(root)
    assert run.data["verdict"] == "passed"
    with pytest.raises(Refused, match="does not pass.*tests: .*tests < 1000"):
        tag(root, run, "tests.min_tests=1000")


def test_all_six_stages_have_to_be_demanded(root: Path) -> None:
    story = ready()
    story.demanded = ("static", "tests", "readiness")
    run = made(root, story, profile="quick")
    with pytest.raises(
        Refused, match=r"\(profile quick\) did not demand e2e, security"
    ):
        tag(root, run)


def test_nothing_may_have_been_skipped(root: Path) -> None:
    story = ready()
    story.rows["readiness"][2] |= {"outcome": "skipped", "figure": None}
    run = made(root, story)
    assert run.data["verdict"] == "passed"  # as the profile main allows it
    with pytest.raises(Refused, match="image.*was skipped"):
        tag(root, run)


def test_a_check_that_the_configuration_leaves_out_counts_as_skipped(
    root: Path,
) -> None:
    story = ready()
    del story.rows["readiness"][2]
    kept = [row["check"] for row in story.rows["readiness"]]
    run = made(root, story, verdict="passed")
    with pytest.raises(Refused, match="left something out: .*check image"):
        tag(root, run, f"readiness.checks={json.dumps(kept)}")


def test_every_module_has_to_be_judged(root: Path) -> None:
    write_module(root / "addons", "second")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "second")
    with pytest.raises(Refused, match="did not judge second.*without --modules"):
        tag(root, made(root))


def test_git_without_a_person_is_told(root: Path) -> None:
    run = made(root)
    git(root, "config", "user.useConfigOnly", "true")
    git(root, "config", "--unset", "user.name")
    git(root, "config", "--unset", "user.email")
    with pytest.raises(EnvironmentProblem, match="git config user.name"):
        tag(root, run)


def test_a_folder_that_is_no_checkout_is_wrong_usage(
    tmp_path: Path, root: Path
) -> None:
    run = made(root)
    with pytest.raises(UsageError):
        release.tag(conf(tmp_path), run, DAY)


def command(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (root.parent / "qgate.toml").write_text("")
    return subprocess.run(
        [sys.executable, "-m", "qgate", "tag", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_prints_the_name_and_how_to_publish_it(root: Path) -> None:
    (root / "qgate.toml").write_text('[workspace]\naddons = ["addons"]\n')
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "configured")
    run = made(root)
    done = command(root)
    assert done.returncode == 0, done.stderr
    name = done.stdout.strip()
    assert name in git(root, "tag").split()
    assert f"git push origin {name}" in done.stderr
    again = command(root, run.run_id, "--json")
    told = json.loads(again.stdout)
    assert (told["tag"], told["created"]) == (name, False)
    assert told["commit"] == head(root)
    assert "It was there already" in again.stderr


def test_the_command_tells_refusal_from_wrong_usage(root: Path) -> None:
    (root / "qgate.toml").write_text('[workspace]\naddons = ["addons"]\n')
    done = command(root)
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no run" in done.stderr
    run = made(root)
    done = command(root)  # qgate.toml is not committed
    assert (done.returncode, done.stdout) == (1, "")
    assert "not committed (qgate.toml)" in done.stderr
    write_json(run.folder / "run.json", {"format": 99})
    assert command(root).returncode == 2
