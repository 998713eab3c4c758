from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from qgate.environment.packages import Packages
from qgate.security.tree import Tree
from qgate.tools.trivy import Found, Looked
from qgate.workspace import Module, Workspace
from tests.support.workspaces import make_settings, write_module

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

INSTALLED = Packages({}, {"requests": "2.32.0"}, {})
FOUND = Found(
    path="x",
    line=1,
    kind="secret",
    package=None,
    installed=None,
    fixed=None,
    id="key",
    other_ids=(),
    severity="high",
    title=None,
    url=None,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "work"


def grown(
    root: Path, files: Mapping[str, str] | None = None, wanted: object = None
) -> Tree:
    """Return the tree of one module `a` with *files*, and of the workspace's own folder."""
    write_module(root / "addons", "a", files=files, external_dependencies=wanted or {})
    workspace = Workspace.load(make_settings(root))
    tree = Tree(root.parent / "tree", workspace)
    for module in workspace.modules.values():
        tree.add_module(module, INSTALLED)
    tree.add_root(["stack.yml"])
    return tree


def names(tree: Tree) -> list[str]:
    return sorted(
        path.relative_to(tree.folder).as_posix()
        for path in tree.folder.rglob("*")
        if path.is_file()
    )


def test_modules_lie_where_they_do_in_the_workspace(root: Path) -> None:
    files = {
        "models/a.py": "",
        ".git/config": "",
        "models/__pycache__/a.pyc": "",
        "node_modules/x.js": "",
    }
    tree = grown(root, files)
    inner = ["__init__.py", "__manifest__.py", "models/a.py"]
    assert names(tree) == [f"addons/a/{name}" for name in inner]
    (part,) = tree.parts
    assert (part.target, part.kind, part.files) == ("addons/a", "module", 3)


def test_links_are_followed_only_within(root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("not of the module")
    module = write_module(root / "addons", "b", files={"real.txt": "x"})
    (module / "inner.txt").symlink_to("real.txt")
    (module / "outer.txt").symlink_to(tmp_path / "secret.txt")
    (module / "gone.txt").symlink_to("nowhere")
    (module / "loop").symlink_to(module, target_is_directory=True)
    tree = grown(root)
    found = [name for name in names(tree) if name.startswith("addons/b/")]
    inner = ["__init__.py", "__manifest__.py", "inner.txt", "real.txt"]
    assert found == [f"addons/b/{name}" for name in inner]


def test_a_module_that_is_a_link_is_gathered(root: Path, tmp_path: Path) -> None:
    real = write_module(tmp_path / "elsewhere", "b", files={"real.txt": "x"})
    (root / "addons").mkdir(parents=True)
    (root / "addons" / "b").symlink_to(real, target_is_directory=True)
    tree = grown(root)
    assert "addons/b/real.txt" in names(tree)


def test_a_module_from_outside_has_its_whole_path(root: Path, tmp_path: Path) -> None:
    path = write_module(tmp_path / "outside", "c")
    tree = grown(root)
    tree.add_module(Module("c", path, "19.0.1.0.0", ("base",)), None)
    part = tree.part_of(f"{str(path).lstrip('/')}/__init__.py")
    assert part is tree.parts[-1]
    assert part.target == str(path)


def test_remarks_that_silence_trivy_are_undone(root: Path) -> None:
    text = "FROM a\n# trivy:ignore:DS-0031 and tfsec:ignore:X\nENV PASSWORD=x\n"
    tree = grown(root, {"Dockerfile": text, "b.py": "x = 1\n"})
    found = (tree.folder / "addons/a/Dockerfile").read_text()
    assert found == text.replace(":ignore", "_ignore")
    assert (root / "addons/a/Dockerfile").read_text() == text
    same = (tree.folder / "addons/a/b.py").stat()
    assert same.st_ino == (root / "addons/a/b.py").stat().st_ino


def test_files_that_deploy_are_those_of_the_workspace(root: Path) -> None:
    root.mkdir()
    for name in (
        *("Dockerfile.dev", "prod.Dockerfile", "Containerfile", "compose.prod.yaml"),
        *("docker-compose.yml", "requirements-dev.txt", "stack.yml"),
        *("README.md", "pyproject.toml", "other.yml"),
    ):
        (root / name).write_text("x")
    tree = grown(root)
    part = tree.parts[-1]
    assert (part.target, part.kind, part.files) == (".", "workspace", 7)
    assert sorted(part.dockerfiles) == [
        "Containerfile",
        "Dockerfile.dev",
        "prod.Dockerfile",
    ]
    assert tree.part_of("stack.yml") is part


@pytest.mark.parametrize(
    "name", ["Dockerfile.dev.bak", "Dockerfile-dev", "docker.file"]
)
def test_only_what_trivy_takes_for_a_dockerfile_is_one(root: Path, name: str) -> None:
    assert grown(root, {name: "x"}).parts[0].dockerfiles == []


def test_what_a_module_asks_for_is_written_for_trivy(root: Path) -> None:
    tree = grown(
        root,
        {"requirements.txt": "requests>=2\nexact==1.0\ngone\n"},
        {"python": ["requests"]},
    )
    part = tree.parts[0]
    made = [name for name in names(tree) if "/.qgate/" in name]
    assert [(tree.folder / name).read_text() for name in made] == [
        "requests==2.32.0\n",
        "requests==2.32.0\n",
    ]
    assert [tree.shown(name) for name in made] == [
        "addons/a/__manifest__.py",
        "addons/a/requirements.txt",
    ]
    assert part.packages == 3
    assert part.missing == ["gone (not installed in Odoo's environment)"]
    assert all(tree.part_of(name) is part for name in made)


def test_canaries_are_of_no_part(root: Path) -> None:
    root.mkdir()
    (root / "Dockerfile").write_text("FROM a\n")
    tree = grown(root)
    before = names(tree)
    tree.add_canaries()
    canaries = set(names(tree)) - set(before)
    assert len(canaries) == 3
    assert {tree.part_of(name) for name in canaries} == {None}
    assert tree.part_of("addons/a/canary/x.py") is tree.parts[0]


def test_a_canary_that_is_not_found_is_told(root: Path) -> None:
    tree = grown(root)
    tree.add_canaries()

    def looked(*kinds: str, path: str = ".qgate/canary/x") -> list[Looked]:
        found = tuple(replace(FOUND, kind=kind) for kind in kinds)
        return [Looked(path, "secret", 0, found)]

    every = ("vulnerability", "secret", "misconfiguration")
    assert tree.canaries_missed(looked(*every)) == []
    assert tree.canaries_missed(looked("vulnerability")) == ["secret", "misconfig"]
    assert len(tree.canaries_missed(looked(*every, path="addons/a/x"))) == 3
    assert len(tree.canaries_missed([])) == 3
