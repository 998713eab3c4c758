"""Modules that add to Odoo's own models, installed together and tested in the real Odoo."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

import qgate
from generator.cli import app
from generator.existing import FACTS, read
from scripts import generate_existing
from tests.support import tickets

if TYPE_CHECKING:
    from qgate import Run
    from qgate.environment import Environment

pytestmark = [pytest.mark.odoo, pytest.mark.usefixtures("environment")]

NEW = 5
"""Names of a model that a build may have beside those we know."""

ADDING = {
    "customer_credit_rating": ["customer_credit"],
    "tyre_change_order": ["tyre_change"],
    "car_booking": ["vehicle_booking"],
    "travel_advance": ["travel_advance", "--extend", "hr_expense"],
}
"""Each module, and how the command is told to make it."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Let the command make all modules, and the gate judge them in one run."""
    root = tmp_path_factory.mktemp("extending")
    for name, *options in ADDING.values():
        given = [
            "--ticket-json",
            str(tickets.path(name)),
            "--output",
            str(root / "addons"),
        ]
        done = CliRunner().invoke(app, [*given, *options])
        assert done.exit_code == 0, done.output
    return qgate.run(
        root / "addons",
        root=root,
        stages=["static", "tests"],
        overrides=["tests.min_coverage=90"],
    )


@pytest.mark.parametrize("stage", ["static", "tests"])
def test_they_pass_the_gate(run: Run, stage: str) -> None:
    verdicts = run.frames["stages"].set_index("stage")
    assert verdicts.loc[stage, "verdict"] == "passed", verdicts.loc[stage].to_dict()
    assert run.frames["census"]["log_warnings"].map(len).sum() == 0
    assert set(run.frames["census"]["module"]) == set(ADDING)


def test_who_has_no_role_sees_nothing_of_their_records(run: Run) -> None:
    tests = run.frames["tests"]
    for module, lines in (
        ("car_booking", "car_booking_ids"),
        ("travel_advance", "travel_advance_ids"),
    ):
        name = f"test_{lines}_are_hidden_from_others"
        mine = tests[(tests["module"] == module) & (tests["test"] == name)]
        assert list(mine["outcome"]) == ["passed"]


def test_what_is_known_of_odoos_models_is_so_in_the_odoo_at_hand(
    environment: Environment,
) -> None:
    source = generate_existing.Source(environment.odoo().addons)
    # By way of JSON, which knows lists alone.
    found = json.loads(json.dumps(generate_existing.facts(source)))
    shipped = json.loads(read(FACTS))
    assert found.keys() == shipped.keys()
    for model, facts in found.items():
        # A newer build of 19.0 may have a field more; many more are another Odoo.
        new = {*facts.pop("fields")} - {*shipped[model].pop("fields")}
        assert len(new) < NEW, (model, new)
    assert found == shipped
