"""Tickets turned into modules by rules, judged by the gate in the real Odoo.

One run judges all of them, so that one Odoo installs them beside each other; specifications
written by hand are among them for what no ticket of the tests asks for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

import qgate
from benchmarks.generator import Arena, trials
from generator.render import render
from qgate import settings
from tests.support import module_specs, tickets

if TYPE_CHECKING:
    from pathlib import Path

    from generator.render import Rendered
    from generator.spec import Spec
    from qgate import Run
    from qgate.environment import Environment

pytestmark = [
    pytest.mark.odoo,
    pytest.mark.browser,
    pytest.mark.usefixtures("environment"),
]

TICKETS: Final[dict[str, tickets.Kind]] = {
    "travel_advance": "development",  # a manager decides, finance pays, all is logged
    "expense_claim": "development",  # lines, attachments, what a team sees
    "purchase_requisition": "development",  # lines, totals, a second level by amount
    "asset_loan": "development",  # days that may not overlap, reminders
    "meeting_room_booking": "development",  # hours, a list of rooms, a calendar
    "vehicle_booking": "development",  # a model of another module
    "library_loan": "development",  # a list that managers keep, roles that see all
    "leave_of_absence": "development",  # plain prose, a reason, frozen fields
    "contract_approval": "development",  # limits, several roles
    "budget_transfer": "development",  # nobody decides on his own
    "quality_complaint": "development",  # figures, e-mails, a condition to be closed
    "risk_register": "development",  # a printed document, one role
    "vendor_onboarding": "development",  # once only, documents
    "maintenance_work_order": "development",  # two messages of one step
    "petty_cash": "held_out",  # a document for a step, by amount
    "visitor_log": "held_out",  # no approval at all
}
"""Tickets of different kinds, with what each is here for."""

BY_HAND: Final = (
    module_specs.purchase_need,
    module_specs.equipment_loan,
    module_specs.machine_log,
    module_specs.contract_watch,
    module_specs.training_plan,
)


@dataclass(frozen=True)
class Case:
    """What a module is made of, and the module."""

    spec: Spec
    made: Rendered

    @property
    def module(self) -> str:
        """Name of the module."""
        return self.spec.module


BY_RULES: Final = [tickets.spec(name, kind) for name, kind in TICKETS.items()]
CASES: Final = [
    Case(spec, render(spec)) for spec in [*BY_RULES, *(make() for make in BY_HAND)]
]
each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.module)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Let the gate judge all modules at once."""
    root = tmp_path_factory.mktemp("generated")
    for case in CASES:
        for path, content in case.made.files.items():
            place = root / "addons" / case.module / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    return qgate.run(
        root / "addons",
        root=root,
        stages=["static", "tests", "e2e"],
        overrides=["tests.min_coverage=90", "e2e.time_limit=1800"],
    )


@pytest.mark.parametrize("stage", ["static", "tests", "e2e"])
def test_the_whole_stage_passes(stage: str, run: Run) -> None:
    found = run.frames["stages"].set_index("stage").loc[stage]
    assert found["verdict"] == "passed", found.to_dict()


def test_nothing_in_the_log_is_a_warning(run: Run) -> None:
    logs = [path for path in run.evidence("tests") if path.name == "odoo.log"]
    assert logs
    for path in logs:
        text = path.read_text(encoding="utf-8")
        assert "modules loaded" in text
        assert not re.findall(r"^.* (?:WARNING|ERROR|CRITICAL) .*$", text, re.MULTILINE)


@each
def test_it_installs_without_a_warning(case: Case, run: Run) -> None:
    mine = run.frames["census"].set_index("module").loc[case.module]
    assert mine["state"] == "installed"
    assert [*mine["log_warnings"], *mine["log_errors"]] == []


@each
def test_its_own_tests_pass(case: Case, run: Run) -> None:
    tests = run.frames["tests"]
    mine = tests[tests["module"] == case.module]
    assert len(mine)
    assert set(mine["outcome"]) == {"passed"}
    census = run.frames["census"].set_index("module").loc[case.module]
    assert census["executed"] == census["found"] > 0


@each
def test_its_tests_cover_it(case: Case, run: Run) -> None:
    coverage = run.frames["coverage"]
    mine = coverage[coverage["module"] == case.module]
    assert mine["covered"].sum() / mine["statements"].sum() >= 0.9


@each
def test_linters_have_nothing_against_it(case: Case, run: Run) -> None:
    tools = run.frames["tools"]
    mine = tools[tools["module"] == case.module].set_index("tool")
    assert mine.loc["pylint-odoo", "score"] == 10
    found = run.frames["findings"]
    bad = found[(found["module"] == case.module) & (found["severity"] != "low")]
    assert bad.empty, bad.to_dict("records")


@each
def test_its_specs_pass_in_a_browser(case: Case, run: Run) -> None:
    e2e = run.frames["e2e"]
    mine = e2e[e2e["module"] == case.module]
    assert len(mine)
    assert set(mine["outcome"]) == {"passed"}


@each
def test_each_criterion_has_its_test(case: Case, run: Run) -> None:
    asked = {criterion.id for criterion in case.spec.criteria if criterion.covers}
    assert set(case.made.covered) == asked
    tests = run.frames["tests"]
    mine = tests[tests["module"] == case.module]
    for name in case.made.covered.values():
        assert (mine[mine["test"] == name]["outcome"] == "passed").any(), name


def test_defects_are_found_by_their_own_tests(
    environment: Environment, tmp_path: Path
) -> None:
    arena = Arena(settings.load(), environment, tmp_path)
    done = [*trials(arena, tickets.spec("travel_advance"), sample=4)]
    assert sum(trial.killed for trial in done) >= 3
