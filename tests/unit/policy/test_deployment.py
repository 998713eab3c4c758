from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from qgate.frames import tables
from qgate.policy.deployment import judge_deployment
from qgate.policy.rules import DeploymentRules

if TYPE_CHECKING:
    import pandas as pd

RULES = DeploymentRules(max_failed_probes=0, max_pause=10)
STEPS = ("start", "healthy", "smoke", "switch", "watch", "retire")


def frames(
    steps: tuple[str, ...] = STEPS,
    statuses: tuple[int, ...] = (200, 200),
    **values: Any,  # noqa: ANN401
) -> dict[str, pd.DataFrame]:
    deploy = {
        "deploy": "d",
        "kind": "deploy",
        "target": "staging",
        "image": "odoo:2",
        "outcome": "deployed",
        "old_colour": "blue",
        "new_colour": "green",
        "live_colour": "green",
        "live_image": "odoo:2",
        "upgraded": [],
        "pause": 0.0,
        "lost": [],
    }
    return {
        "deploys": tables.DEPLOYS.frame([deploy | values]),
        "deployment": tables.DEPLOYMENT.frame(
            {
                "number": number,
                "step": step,
                "verdict": "passed",
                "started": datetime(2026, 1, 1, tzinfo=UTC),
                "seconds": 1,
                "detail": "",
            }
            for number, step in enumerate(steps)
        ),
        "deployment_probes": tables.DEPLOYMENT_PROBES.frame(
            {"second": number, "milliseconds": 5, "status": status}
            for number, status in enumerate(statuses)
        ),
    }


def test_a_deploy_with_all_its_steps_passes() -> None:
    assert judge_deployment(RULES, frames()) == ([], [])


@pytest.mark.parametrize("missing", STEPS)
def test_a_step_that_was_not_taken_is_an_error(missing: str) -> None:
    steps = tuple(step for step in STEPS if step != missing)
    assert judge_deployment(RULES, frames(steps)) == (
        [],
        [f"Step {missing} was not taken."],
    )


def test_no_deploy_is_an_error() -> None:
    empty = frames() | {"deploys": tables.DEPLOYS.empty()}
    _, errors = judge_deployment(RULES, empty)
    assert errors == ["There is the record of 0 deploys instead of one."]


def test_a_rollback_names_the_step_and_what_serves() -> None:
    cause = "Step smoke failed: Login failed."
    failures, _ = judge_deployment(
        RULES,
        frames(
            outcome="rolled_back",
            cause=cause,
            live_image="odoo:1",
            live_colour="blue",
        ),
    )
    assert failures == [cause, "It was rolled back: odoo:1 serves on blue."]


def test_failed_requests_through_the_proxy_fail_but_not_before_a_first_deploy() -> None:
    failures, _ = judge_deployment(RULES, frames(statuses=(200, 503, 0)))
    assert failures == ["2 requests of 3 through the proxy failed during the deploy."]
    first = frames(statuses=(503,), old_colour=None)
    assert judge_deployment(RULES, first) == ([], [])


def test_a_long_pause_and_lost_writes_fail() -> None:
    failures, _ = judge_deployment(
        RULES,
        frames(outcome="rolled_back", cause="Why.", pause=11.0, lost=["One is lost."]),
    )
    assert failures == [
        "Why.",
        "It was rolled back: odoo:2 serves on green.",
        "One is lost.",
        "Writes were held for 11.0 s, above 10 s.",
    ]


def test_accepted_losses_of_a_rollback_do_not_fail_it() -> None:
    assert judge_deployment(RULES, frames(kind="rollback", lost=["One."])) == ([], [])
