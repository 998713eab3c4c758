"""A run is divided among machines, and what they measure is what one machine measures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from qgate import merging, pipeline, sharding
from qgate.errors import UsageError
from qgate.workspace import Workspace
from tests.support.workspaces import git, make_settings, write_module

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.plan import Plan
    from qgate.sharding import Sharding

NAMES = ("base_things", "more_things", "other_things")
QUICK = 'static.tools=["ruff", "flake8"]'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a repository with three modules, one of which needs another."""
    bad = "import os\n\n\ndef f(a):\n  return  a\n"
    for name in NAMES:
        depends = ["base", NAMES[0]] if name == NAMES[1] else ["base"]
        files = {"models/x.py": bad} if name != NAMES[0] else {}
        write_module(tmp_path / "addons", name, depends=depends, files=files)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", "addons")
    git(tmp_path, "commit", "--quiet", "--message", "Modules")
    return tmp_path


def whole(root: Path, *stages: str) -> Plan:
    return pipeline.make_plan(make_settings(root, QUICK), stages=stages or None)


def read_back(made: Sharding, root: Path) -> Sharding:
    path = root / "plan.json"
    path.write_text(json.dumps(made.as_json()))
    return sharding.read(path)


def test_shards_find_what_one_run_finds(root: Path) -> None:
    made = read_back(sharding.make(whole(root, "static"), 2), root)
    assert [entry.name for entry in made.entries] == ["static-1", "static-2"]
    assert sorted(sum((entry.modules for entry in made.entries), ())) == sorted(NAMES)
    folders = []
    for entry in made.entries:
        part = sharding.part(make_settings(root, QUICK), made, entry.name)
        folders.append(pipeline.execute(part).record.folder)
    joined, notes = merging.merge(root / "merged", folders)
    alone = pipeline.execute(whole(root, "static"))
    assert notes == []
    assert joined.verdict == alone.verdict == "failed"
    for name in ("findings", "tools", "modules"):
        keys = ["module"] if name == "modules" else ["module", "tool"]
        one, two = (
            run.record.frames()[name]
            .drop(columns="seconds", errors="ignore")
            .sort_values(keys, kind="stable", ignore_index=True)
            for run in (alone, joined)
        )
        assert len(one)
        assert one.astype(str).equals(two.astype(str)), name
    assert {*joined.verdicts[0].reasons} == {*alone.verdicts[0].reasons}
    assert (joined.record.folder / "evidence" / "static" / "static-1").is_dir()


def test_a_plan_of_another_commit_profile_or_module_is_refused(root: Path) -> None:
    made = sharding.make(whole(root, "static"), 2)
    (root / "addons" / NAMES[2]).rename(root / NAMES[2])
    with pytest.raises(UsageError, match=f"has module {NAMES[2]}, which is not in"):
        sharding.part(make_settings(root), made, "static-1")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "Later")
    with pytest.raises(
        UsageError, match=r"is for commit \w{12}, but \w{12} is checked"
    ):
        sharding.part(make_settings(root), made, "static-1")
    strange = made.model_copy(update={"profile": "strange"})
    with pytest.raises(UsageError, match="profile strange, which is not there"):
        sharding.part(make_settings(root), strange, "static-1")


def test_a_plan_needs_a_shard_and_a_plan_of_nothing_has_one_entry(root: Path) -> None:
    with pytest.raises(UsageError, match="at least one shard, not 0"):
        sharding.make(whole(root), 0)
    git(root, "tag", "here")
    nothing = pipeline.make_plan(make_settings(root), changed_since="here")
    made = read_back(sharding.make(nothing, 4), root)
    [entry] = made.entries
    assert (entry.name, entry.stage, entry.modules) == (sharding.NOTHING, "", ())
    outcome = pipeline.execute(sharding.part(make_settings(root), made, entry.name))
    joined, notes = merging.merge(root / "merged", [outcome.record.folder])
    assert notes == []
    alone = pipeline.execute(nothing)
    assert joined.verdict == alone.verdict


def test_more_shards_than_modules_make_no_empty_entry(root: Path) -> None:
    made = sharding.make(whole(root, "static"), 50)
    assert len(made.entries) == len(NAMES)
    assert all(entry.modules for entry in made.entries)


def test_work_is_balanced_and_what_belongs_together_stays_together(root: Path) -> None:
    workspace = Workspace.load(make_settings(root))
    modules = [workspace.modules[name] for name in NAMES]
    work = {"base_things": 100.0, "more_things": 90.0, "other_things": 85.0}
    parts = sharding.balanced(workspace, modules, work, 2, installed=False)
    assert parts == [["base_things"], ["more_things", "other_things"]]
    small = {"base_things": 100.0, "more_things": 5.0, "other_things": 95.0}
    parts = sharding.balanced(workspace, modules, small, 2, installed=True)
    assert parts == [["base_things", "more_things"], ["other_things"]]
