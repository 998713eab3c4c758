"""Generated modules in the real Odoo: installed together, tested, and opened in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import qgate
from benchmarks.generator import Arena, trials
from generator.render import render
from qgate import settings
from tests.support import module_specs

if TYPE_CHECKING:
    from pathlib import Path

    from generator.render import Rendered
    from generator.spec import Spec
    from qgate import Run
    from qgate.environment import Environment

pytestmark = [pytest.mark.odoo, pytest.mark.usefixtures("environment")]

SPECS = [make() for make in module_specs.ALL]


def write(folder: Path, spec: Spec) -> Rendered:
    made = render(spec)
    for path, content in made.files.items():
        place = folder / spec.module / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return made


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Let the gate judge all modules in one run, so that one Odoo installs them all."""
    root = tmp_path_factory.mktemp("generated")
    for spec in SPECS:
        write(root / "addons", spec)
    return qgate.run(
        root / "addons",
        root=root,
        stages=["static", "tests"],
        overrides=["tests.min_coverage=90"],
    )


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Let the gate run the specs of a module in a browser."""
    root = tmp_path_factory.mktemp("screens")
    write(root / "addons", module_specs.travel_advance())
    return qgate.run(root / "addons", root=root, stages=["e2e"])


def test_they_pass_the_static_stage_with_full_marks(run: Run) -> None:
    verdicts = run.frames["stages"].set_index("stage")
    assert verdicts.loc["static", "verdict"] == "passed", verdicts.loc[
        "static"
    ].to_dict()
    scores = run.frames["tools"].set_index("tool")["score"]
    assert scores.loc[["pylint-odoo"]].min() == 10


def test_their_own_tests_pass(run: Run) -> None:
    verdicts = run.frames["stages"].set_index("stage")
    assert verdicts.loc["tests", "verdict"] == "passed", verdicts.loc["tests"].to_dict()
    assert run.frames["census"]["log_warnings"].map(len).sum() == 0


@pytest.mark.browser
def test_their_specs_pass_in_a_browser(screens: Run) -> None:
    verdicts = screens.frames["stages"].set_index("stage")
    assert verdicts.loc["e2e", "verdict"] == "passed", verdicts.loc["e2e"].to_dict()


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.module)
def test_each_criterion_has_its_test(spec: Spec, run: Run) -> None:
    covered = render(spec).covered
    asked = {criterion.id for criterion in spec.criteria if criterion.covers}
    assert set(covered) == asked
    tests = run.frames["tests"]
    mine = tests[tests["module"] == spec.module]
    for name in covered.values():
        assert (mine[mine["test"] == name]["outcome"] == "passed").any(), name


def test_defects_are_found_by_their_own_tests(
    environment: Environment, tmp_path: Path
) -> None:
    arena = Arena(settings.load(), environment, tmp_path)
    done = [*trials(arena, module_specs.travel_advance(), sample=4)]
    assert sum(trial.killed for trial in done) >= 3
