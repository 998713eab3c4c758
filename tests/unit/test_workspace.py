from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.errors import UsageError
from qgate.workspace import Workspace, git_state
from tests.support.workspaces import git, make_settings, write_module

if TYPE_CHECKING:
    from pathlib import Path


def chain(root: Path) -> None:
    """Write c -> b -> a -> (sale, base), and d alone."""
    addons = root / "addons"
    write_module(addons, "c", depends=["b"])
    write_module(addons, "b", depends=["a", "mail"])
    write_module(addons, "a", depends=["sale"])
    write_module(addons, "d", depends=[])


def load(root: Path, *overrides: str) -> Workspace:
    return Workspace.load(make_settings(root, *overrides))


def selected(root: Path, *overrides: str, since: str | None = None) -> dict[str, str]:
    settings = make_settings(root, *overrides)
    selection = Workspace.load(settings).select(settings, since)
    assert [m.name for m in selection.modules] == [
        name for name in Workspace.load(settings).modules if name in selection.why
    ]
    return dict(selection.why)


def test_modules_come_in_dependency_order(tmp_path: Path) -> None:
    chain(tmp_path)
    workspace = load(tmp_path)
    order = list(workspace.modules)
    assert order.index("a") < order.index("b") < order.index("c")
    assert workspace.modules["d"].depends == ("base",)
    assert workspace.modules["a"].version == "19.0.1.0.0"
    assert workspace.modules["a"].manifest.is_file()


def test_what_lies_outside_is_known(tmp_path: Path) -> None:
    chain(tmp_path)
    workspace = load(tmp_path)
    c = workspace.modules["c"]
    assert workspace.outside([c]) == {"mail", "sale"}
    assert [m.name for m in workspace.dependencies([c])] == ["a", "b"]
    assert workspace.relative(c.path) == "addons/c"
    assert workspace.module_of(c.path / "models" / "x.py") == "c"
    assert workspace.module_of(tmp_path / "x.py") is None


def test_all_modules_are_chosen_by_default_and_named_ones_on_demand(
    tmp_path: Path,
) -> None:
    chain(tmp_path)
    assert set(selected(tmp_path)) == {"a", "b", "c", "d"}
    assert selected(tmp_path, 'workspace.modules=["b"]') == {"b": "named"}
    assert set(selected(tmp_path, 'workspace.exclude=["d"]')) == {"a", "b", "c"}


def test_an_unknown_name_gets_the_nearest_one(tmp_path: Path) -> None:
    write_module(tmp_path / "addons", "ipai_expense")
    with pytest.raises(
        UsageError, match="no module ipai_expnse.*Did you mean ipai_expense"
    ):
        selected(tmp_path, 'workspace.modules=["ipai_expnse"]')


def test_what_is_not_installable_is_not_there(tmp_path: Path) -> None:
    chain(tmp_path)
    write_module(tmp_path / "addons", "old", installable=False)
    assert "old" not in load(tmp_path).modules


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ("{'name': ", "was never closed"),
        ("import os", "cannot be read"),
        ("{'depends': 'base'}", "cannot be read"),
        ("{'depends': [1]}", "depends is not a list of names"),
        ("[]", "cannot be read"),
        ("{'name': '\0'}", "cannot be read"),
    ],
)
def test_a_broken_manifest_is_told_when_it_is_chosen(
    tmp_path: Path, manifest: str, said: str
) -> None:
    chain(tmp_path)
    (tmp_path / "addons" / "a" / "__manifest__.py").write_text(manifest)
    with pytest.raises(UsageError, match=said) as caught:
        selected(tmp_path)
    assert "addons/a/__manifest__.py" in str(caught.value)
    assert selected(tmp_path, 'workspace.modules=["d"]') == {"d": "named"}


def test_a_module_without_init_is_told(tmp_path: Path) -> None:
    (write_module(tmp_path / "addons", "a") / "__init__.py").unlink()
    with pytest.raises(UsageError, match="Module a has no __init__.py"):
        selected(tmp_path)


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (lambda _: None, "addons path addons does not exist"),
        (lambda root: (root / "addons").touch(), "addons path addons is not a folder"),
        (lambda root: (root / "addons").mkdir(), "There is no Odoo module below"),
        (lambda root: write_module(root, "addons"), "is a module, not a folder"),
    ],
)
def test_a_wrong_addons_path_is_explained(tmp_path: Path, prepare, said: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    prepare(tmp_path)
    with pytest.raises(UsageError, match=said) as caught:
        load(tmp_path)
    assert caught.value.hint


def test_a_module_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    write_module(tmp_path / "addons", "a")
    write_module(tmp_path / "more", "a")
    with pytest.raises(UsageError, match="Module a is there twice"):
        load(tmp_path, 'workspace.addons=["addons", "more"]')


def test_a_circle_is_named(tmp_path: Path) -> None:
    write_module(tmp_path / "addons", "a", depends=["b"])
    write_module(tmp_path / "addons", "b", depends=["a"])
    with pytest.raises(UsageError, match="in a circle: (a -> b -> a|b -> a -> b)"):
        load(tmp_path)


class TestChanges:
    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        chain(tmp_path)
        git(tmp_path, "init", "-q", "-b", "main")
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-qm", "start")
        git(tmp_path, "checkout", "-qb", "work")
        return tmp_path

    def test_a_change_brings_what_depends_on_it(self, root: Path) -> None:
        (root / "addons" / "b" / "x.py").write_text("x = 1\n")
        git(root, "add", ".")
        git(root, "commit", "-qm", "change b")
        assert selected(root, since="main") == {
            "b": "changed since main",
            "c": "depends on b",
        }

    def test_uncommitted_and_new_files_count(self, root: Path) -> None:
        (root / "addons" / "c" / "__init__.py").write_text("# changed\n")
        (root / "addons" / "d" / "new file é.py").write_text("")
        assert set(selected(root, since="main")) == {"c", "d"}

    def test_a_removed_file_counts(self, root: Path) -> None:
        (root / "addons" / "d" / "x.py").write_text("")
        git(root, "add", ".")
        git(root, "commit", "-qm", "x")
        git(root, "branch", "-f", "main")
        (root / "addons" / "d" / "x.py").unlink()
        assert set(selected(root, since="main")) == {"d"}

    def test_what_main_did_meanwhile_does_not_count(self, root: Path) -> None:
        git(root, "checkout", "-q", "main")
        (root / "addons" / "d" / "x.py").write_text("")
        git(root, "add", ".")
        git(root, "commit", "-qm", "on main")
        git(root, "checkout", "-q", "work")
        (root / "addons" / "c" / "x.py").write_text("")
        assert set(selected(root, since="main")) == {"c"}

    def test_no_changed_module_is_said(self, root: Path) -> None:
        (root / "README.md").write_text("words\n")
        settings = make_settings(root)
        selection = Workspace.load(settings).select(settings, "main")
        assert selection.modules == ()
        assert selection.note == "No module changed since main (1 files did)."

    def test_names_narrow_the_changes(self, root: Path) -> None:
        (root / "addons" / "a" / "x.py").write_text("")
        assert set(selected(root, 'workspace.modules=["b"]', since="main")) == {"b"}

    def test_an_unknown_ref_is_told(self, root: Path) -> None:
        with pytest.raises(
            UsageError, match="Git knows no revision origin/main.*fetch"
        ):
            selected(root, since="origin/main")

    def test_a_ref_is_never_taken_for_an_option(self, root: Path) -> None:
        with pytest.raises(UsageError, match="Git knows no revision"):
            selected(root, since="--output=x")
        assert not (root / "x").exists()

    def test_the_state_of_the_checkout_is_known(self, root: Path) -> None:
        settings = make_settings(root)
        state = git_state(settings)
        assert (state["branch"], state["dirty"]) == ("work", False)
        (root / "x").write_text("")
        assert git_state(settings)["dirty"] is True

    def test_a_workspace_below_the_top_of_the_checkout(self, root: Path) -> None:
        write_module(root / "below" / "addons", "e")
        assert set(selected(root / "below", since="main")) == {"e"}


def test_outside_git_changes_are_refused(tmp_path: Path) -> None:
    chain(tmp_path)
    with pytest.raises(UsageError, match="has to be a git checkout"):
        selected(tmp_path, since="main")
    assert git_state(make_settings(tmp_path)) == {}
