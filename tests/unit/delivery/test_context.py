from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from qgate import settings
from qgate.delivery import context, image
from qgate.errors import EnvironmentProblem, UsageError
from qgate.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path


def workspace(root: Path, manifest: str = "") -> Workspace:
    module = root / "addons" / "custom" / "shelf"
    (module / "e2e").mkdir(parents=True)
    (module / "__init__.py").write_text("")
    (module / "__manifest__.py").write_text(
        f"{{'name': 'S', 'version': '19.0.1.0.0', {manifest}}}"
    )
    (module / "e2e" / "test_x.py").write_text("")
    (module / "notes.txt").write_text("secret plans")
    return Workspace.load(settings.load(root=root, environ={}))


def test_requirements_of_files_and_manifests_come_once(tmp_path: Path) -> None:
    found = workspace(tmp_path, "'external_dependencies': {'python': ['Babel', 'x']}")
    (tmp_path / "requirements.txt").write_text("# all\nBabel\nlxml>=5 # why\n\n")
    modules = list(found.modules.values())
    (modules[0].path / "requirements.txt").write_text("zeep\n")
    assert context.requirements(found, modules) == ["Babel", "lxml>=5", "x", "zeep"]


def test_options_in_requirements_are_refused(tmp_path: Path) -> None:
    found = workspace(tmp_path)
    (tmp_path / "requirements.txt").write_text("--extra-index-url https://x\n")
    with pytest.raises(UsageError, match="is an option, not a package"):
        context.requirements(found, list(found.modules.values()))


def test_the_archive_is_the_same_for_the_same_files(tmp_path: Path) -> None:
    found = workspace(tmp_path)
    (tmp_path / ".dockerignore").write_text("# ours\nnotes.txt\n")
    site = tmp_path / "site"
    site.mkdir()
    modules = list(found.modules.values())
    first = context.archive(found, modules, site)
    (modules[0].path / "__init__.py").touch()
    assert context.archive(found, modules, site) == first
    with tarfile.open(fileobj=io.BytesIO(first)) as tar:
        names = tar.getnames()
        assert {(entry.uid, entry.mtime) for entry in tar} == {(0, 0)}
    assert names == [
        "Dockerfile",
        "healthcheck.py",
        "site",
        "addons",
        "addons/shelf/__init__.py",
        "addons/shelf/__manifest__.py",
    ]


def test_a_package_that_does_not_exist_is_told(tmp_path: Path) -> None:
    config = settings.load(root=tmp_path)
    wanted = ["./no-such-folder-anywhere"]
    with pytest.raises(EnvironmentProblem, match="Python packages cannot be installed"):
        context.install(
            config, wanted, tmp_path / "a", python="3.11", architecture="amd64"
        )
    with pytest.raises(EnvironmentProblem, match="for the architecture s390x"):
        context.install(
            config, wanted, tmp_path / "b", python="3.11", architecture="s390x"
        )


@pytest.mark.parametrize(
    ("name", "repository", "tag"),
    [
        ("odoo", "odoo", "latest"),
        ("odoo:19.0", "odoo", "19.0"),
        ("127.0.0.1:5000/odoo", "127.0.0.1:5000/odoo", "latest"),
        ("127.0.0.1:5000/odoo:1", "127.0.0.1:5000/odoo", "1"),
    ],
)
def test_names_are_split_at_the_tag(name: str, repository: str, tag: str) -> None:
    assert image.split(name) == (repository, tag)


def test_an_image_without_a_checkout_has_no_revision(tmp_path: Path) -> None:
    config = settings.load(root=tmp_path, environ={"PATH": "/usr/bin"})
    with pytest.raises(UsageError, match="is no git checkout"):
        image._labels(config)
