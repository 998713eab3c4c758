"""Judges stage deployment: every step was taken and passed, and what was asked for serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qgate.frames import rows
from qgate.policy.wording import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from qgate.policy.rules import DeploymentRules

_DONE: Final = {
    "deployed": ("start", "healthy", "smoke", "switch", "watch", "retire"),
    "unchanged": ("healthy",),
}
"""Steps without which an outcome proves nothing."""


def judge_deployment(
    rules: DeploymentRules, frames: Mapping[str, pd.DataFrame]
) -> tuple[list[str], list[str]]:
    """Return what fails, and what could not be judged.

    Args:
        rules: The thresholds.
        frames: `deploys`, `deployment` and `deployment_probes` are read.
    """
    deploys = list(rows(frames["deploys"]))
    if len(deploys) != 1:
        return [], [f"There is the record of {len(deploys)} deploys instead of one."]
    [deploy] = deploys
    steps = {row["step"]: row["verdict"] for row in rows(frames["deployment"])}
    failures = []
    if deploy["outcome"] not in _DONE:
        failures.append(deploy["cause"] or f"The outcome is {deploy['outcome']}.")
        if deploy["outcome"] == "rolled_back" and deploy["live_image"]:
            failures.append(
                f"It was rolled back: {deploy['live_image']} serves on "
                f"{deploy['live_colour']}."
            )
        failures += deploy[
            "lost"
        ]  # of a rollback that was asked for they were accepted
    errors = [
        f"Step {name} was not taken."
        for name in _DONE.get(deploy["outcome"], ())
        if steps.get(name) != "passed"
    ]
    failures += _answered(rules, frames, first=deploy["old_colour"] is None)
    if deploy["pause"] > rules.max_pause:
        failures.append(
            f"Writes were held for {deploy['pause']:.1f} s, above {rules.max_pause:g} s."
        )
    return failures, errors


def _answered(
    rules: DeploymentRules, frames: Mapping[str, pd.DataFrame], *, first: bool
) -> Iterator[str]:
    """Judge the requests through the proxy; before a first deploy nobody could answer."""
    if first:
        return
    probes = list(rows(frames["deployment_probes"]))
    bad = [row for row in probes if row["status"] != 200]  # noqa: PLR2004
    if len(bad) > rules.max_failed_probes:
        count = number(len(bad), "request")
        yield f"{count} of {len(probes)} through the proxy failed during the deploy."
