from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qgate.environment import Environment
from qgate.errors import EnvironmentProblem, StageFailed
from qgate.progress import Silence
from qgate.reuse import fingerprint
from qgate.stages.base import Context
from qgate.stages.e2e import E2eStage, _name, _units, specs_elsewhere
from qgate.workspace import Workspace
from tests.support.homes import program
from tests.support.workspaces import make_settings, write_module

if TYPE_CHECKING:
    from pathlib import Path

SPEC = "def test_a(odoo):\n    pass\n"


def context(root: Path, *overrides: str, **environ: str) -> Context:
    config = make_settings(
        root, *overrides, environ={"QGATE_HOME": str(root / "home"), **environ}
    )
    workspace = Workspace.load(config)
    folder = root / "run"
    folder.mkdir(exist_ok=True)
    return Context(
        run_id="e2e",
        settings=config,
        workspace=workspace,
        modules=workspace.select(config).modules,
        environment=Environment(config),
        evidence=folder,
        scratch=folder,
        progress=Silence(),
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_module(tmp_path / "addons", "a", files={"e2e/test_a.py": SPEC})
    write_module(tmp_path / "addons", "b")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "test_b.py").write_text(SPEC)
    return tmp_path


def test_specs_lie_in_modules_and_where_the_configuration_says(root: Path) -> None:
    units = list(_units(context(root, 'e2e.paths=["b:more", "a:more/test_b.py"]')))
    assert [(unit.module, unit.place.name) for unit in units] == [
        ("a", "e2e"),
        ("b", "more"),
        ("a", "test_b.py"),
    ]
    assert [_name(unit, n, units) for n, unit in enumerate(units)] == [
        "a-0",
        "b",
        "a-2",
    ]
    assert [spec.tests for unit in units for spec in unit.specs] == [("test_a",)] * 3


def test_the_module_of_a_path_is_the_one_around_it_or_the_only_one(root: Path) -> None:
    inside = context(root, 'e2e.paths=["addons/a/e2e"]')
    assert [module for module, _ in specs_elsewhere(inside)] == ["a"]
    only = context(root, 'workspace.modules=["b"]', 'e2e.paths=["more", "a:more"]')
    assert [module for module, _ in specs_elsewhere(only)] == ["b"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nonesuch", "names nonesuch, which does not exist"),
        ("more", r"lies in no module\. Write module:path there\."),
    ],
)
def test_a_wrong_path_is_named(root: Path, path: str, message: str) -> None:
    with pytest.raises(StageFailed, match=message):
        specs_elsewhere(context(root, f'e2e.paths=["{path}"]'))


def test_without_any_spec_nothing_is_started(root: Path) -> None:
    found = E2eStage().measure(context(root, 'workspace.modules=["b"]'))
    assert found.frames["specs"].empty
    assert found.frames["e2e"].empty


def test_a_browser_that_is_missing_is_an_error_and_the_census_is_kept(
    root: Path,
) -> None:
    with pytest.raises(StageFailed, match="playwright install webkit") as failed:
        E2eStage().measure(context(root, 'e2e.browsers=["webkit"]'))
    (row,) = failed.value.frames["specs"].to_dict("records")
    assert row["missing"] == ["test_a"]
    assert isinstance(failed.value, StageFailed)
    assert not isinstance(failed.value, EnvironmentProblem)


def test_its_time_is_that_of_all_its_programs(root: Path) -> None:
    config = context(root, "e2e.time_limit=100").settings
    assert E2eStage().time_limit(config) > 100 + config.tests.time_limit


def test_its_result_depends_on_browsers_and_specs_elsewhere(root: Path) -> None:
    program(root / "bin", "chromium", "#!/bin/sh\necho Chromium 1\n")

    class Stage(E2eStage):
        needs = frozenset({"browser"})

    def mark(*overrides: str) -> str:
        return fingerprint(Stage(), context(root, *overrides, PATH=f"{root}/bin"))

    first = mark('e2e.paths=["b:more"]')
    assert mark('e2e.paths=["b:more"]') == first
    (root / "more" / "test_b.py").write_text(f"{SPEC}\n")
    second = mark('e2e.paths=["b:more"]')
    assert second != first
    program(root / "bin", "chromium", "#!/bin/sh\necho Chromium 2\n")
    assert mark('e2e.paths=["b:more"]') != second
