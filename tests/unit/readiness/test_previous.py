"""What git says is in production."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.errors import EnvironmentProblem, UsageError
from qgate.readiness import previous
from qgate.readiness.previous import Base
from qgate.workspace import Workspace
from tests.support.releases import commit, start
from tests.support.workspaces import git, make_settings, write_module

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a checkout with two modules in production."""
    folder = tmp_path / "work"
    addons = start(folder)
    write_module(addons, "a", files={"x.py": "x = 1\n"})
    write_module(addons, "b", depends=["a"])
    # A module that is only data of a test must not be taken for one of the workspace.
    write_module(folder / "tests" / "data", "sample")
    commit(folder, "in production")
    git(folder, "tag", "production-2026-01-01-aaaaaaa")
    return folder


def find(root: Path, *overrides: str) -> Base | str:
    settings = make_settings(root, *overrides)
    return previous.find(settings, Workspace.load(settings))


def base(root: Path, *overrides: str) -> Base:
    found = find(root, *overrides)
    assert isinstance(found, Base), found
    return found


def changes(root: Path, name: str) -> int | None:
    settings = make_settings(root)
    module = Workspace.load(settings).modules[name]
    return previous.changes(settings, module, base(root))


def test_the_newest_tag_that_is_an_ancestor_counts(root: Path) -> None:
    git(root, "switch", "--quiet", "--create", "other")
    git(root, "commit", "--quiet", "--allow-empty", "-m", "elsewhere")
    git(root, "tag", "production-2026-03-01-ccccccc")
    git(root, "switch", "--quiet", "main")
    assert base(root).ref == "production-2026-01-01-aaaaaaa"
    git(root, "commit", "--quiet", "--allow-empty", "-m", "later")
    git(root, "tag", "-a", "-m", "x", "production-2026-02-01-bbbbbbb")
    git(root, "tag", "release-9")
    found = base(root)
    assert found.ref == "production-2026-02-01-bbbbbbb"
    assert found.folders == {"a": "addons/a", "b": "addons/b"}
    assert base(root, "readiness.base_ref=main~1").ref == "main~1"


def test_without_a_version_to_compare_with_it_is_said_what_to_do(
    root: Path, tmp_path: Path
) -> None:
    git(root, "tag", "--delete", "production-2026-01-01-aaaaaaa")
    said = find(root)
    assert isinstance(said, str)
    assert "name the version in production with readiness.base_ref" in said
    git(root, "commit", "--quiet", "--allow-empty", "-m", "later")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{root}", str(shallow))
    assert "git fetch --unshallow --tags" in str(find(shallow))
    plain = tmp_path / "plain"
    write_module(plain / "addons", "a")
    assert "is no git checkout" in str(find(plain))


def test_a_ref_that_does_not_exist_is_wrong_usage(root: Path) -> None:
    with pytest.raises(UsageError, match="Git knows no revision nope"):
        find(root, "readiness.base_ref=nope")
    with pytest.raises(UsageError, match="Git knows no revision --all"):
        find(root, "readiness.base_ref=--all")


def test_changes_are_those_of_the_tree_as_it_lies_there(root: Path) -> None:
    assert (changes(root, "a"), changes(root, "b")) == (0, 0)
    (root / "addons/a/x.py").write_text("x = 2\n")
    (root / "addons/a/y.py").write_text("y = 1\n")
    (root / "addons/a/__pycache__").mkdir()
    (root / "addons/a/__pycache__/x.pyc").write_text("ignored")
    assert (changes(root, "a"), changes(root, "b")) == (2, 0)
    write_module(root / "addons", "c")
    assert changes(root, "c") is None


def test_a_module_that_was_moved_is_known_by_its_name(root: Path) -> None:
    (root / "more").mkdir()
    git(root, "mv", "addons/a", "more/a")
    settings = make_settings(root, 'workspace.addons=["addons", "more"]')
    workspace = Workspace.load(settings)
    found = previous.find(settings, workspace)
    assert isinstance(found, Base)
    assert found.folders["a"] == "addons/a"
    assert previous.changes(settings, workspace.modules["a"], found) == 3


def test_a_module_of_another_checkout_cannot_be_compared(root: Path) -> None:
    inner = write_module(root / "addons", "inner")
    git(inner, "init", "--quiet")
    with pytest.raises(EnvironmentProblem, match="inner lies in another git checkout"):
        changes(root, "inner")


def test_what_is_in_production_is_unpacked(root: Path, tmp_path: Path) -> None:
    (root / "addons/a/x.py").write_text("x = 2\n")
    (root / ".gitattributes").write_text("*.py export-ignore\n")
    write_module(root / "addons", "c")
    settings = make_settings(root)
    workspace = Workspace.load(settings)
    old = previous.unpack(settings, workspace, base(root), tmp_path / "old")
    assert list(old.modules) == ["a", "b"]
    assert (old.modules["a"].path / "x.py").read_text() == "x = 1\n"
    assert old.modules["b"].depends == ("a",)
    assert not (tmp_path / "old/tests").exists()
    assert git(root, "status", "--porcelain").split() == [
        *("M", "addons/a/x.py", "??", ".gitattributes", "??", "addons/c/"),
    ]
