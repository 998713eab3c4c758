"""Judges stage readiness: every check was carried out, and none of them says no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qgate.frames import rows
from qgate.policy.wording import some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd

    from qgate.policy.rules import Policy

    Judge = Callable[[Policy, Mapping[str, pd.DataFrame]], tuple[list[str], list[str]]]

STAGES_BEFORE: Final = ("security", "performance")
"""Checks that are the verdict on a stage."""

_REASONS_SHOWN: Final = 2


def judge_readiness(
    policy: Policy,
    frames: Mapping[str, pd.DataFrame],
    judges: Mapping[str, Judge],
) -> tuple[list[str], list[str]]:
    """Return what fails, and what could not be judged, most important first.

    Args:
        policy: All thresholds: two of the checks are the verdicts on other stages.
        frames: `modules`, `readiness` and what those stages filled.
        judges: The functions that judge those stages, by the stage's name.
    """
    rules = policy.readiness
    judged = judged_rows(policy, frames, judges)
    errors = list(_unproven(rules.checks, judged, frames["modules"]))
    failures = []
    for row in judged:
        subject = "" if row["subject"] == row["check"] else f" ({row['subject']})"
        said = f"{row['check']}{subject}: {row['detail']}"
        if row["outcome"] == "failed":
            failures.append(said)
        elif row["outcome"] == "skipped":
            if not rules.allow_skipped:
                failures.append(f"{row['check']}{subject} was skipped: {row['detail']}")
        elif row["outcome"] != "passed":
            errors.append(said)
    return failures, errors


def judged_rows(
    policy: Policy,
    frames: Mapping[str, pd.DataFrame],
    judges: Mapping[str, Judge],
) -> list[dict[str, Any]]:
    """Return the rows of `readiness`, those that were only measured with their outcome."""
    return [
        {**row, **dict(zip(("outcome", "detail"), decided, strict=True))}
        if (decided := _decided(row, policy, frames, judges))
        else row
        for row in rows(frames["readiness"])
    ]


def _decided(
    row: Mapping[str, Any],
    policy: Policy,
    frames: Mapping[str, pd.DataFrame],
    judges: Mapping[str, Judge],
) -> tuple[str, str] | None:
    """Return outcome and detail of a row that was only measured."""
    if row["outcome"] != "measured":
        return None
    check = row["check"]
    if check == "image" and row["figure"] is not None:
        return _of_size(row["figure"], policy.readiness.max_image_size)
    if check in STAGES_BEFORE and check in judges:
        return _of_stage(*judges[check](policy, frames))
    return "error", "What was measured cannot be judged."


def _of_size(size: float, limit: float) -> tuple[str, str]:
    if size < limit:
        return "passed", f"The image has {size:.2f} GB < {limit:g} GB."
    return "failed", f"The image has {size:.2f} GB, not less than {limit:g} GB."


def _of_stage(failures: Sequence[str], errors: Sequence[str]) -> tuple[str, str]:
    if failures:
        said = some(failures, _REASONS_SHOWN)
        return "failed", f"The stage failed: {said}"
    if errors:
        said = some(errors, _REASONS_SHOWN)
        return "error", f"The stage could not be judged: {said}"
    return "passed", "The stage passed."


def _unproven(
    checks: Sequence[str],
    judged: Sequence[Mapping[str, Any]],
    modules: pd.DataFrame,
) -> Iterator[str]:
    """Name evidence that is not there: nothing is green on absence."""
    carried_out = {row["check"] for row in judged}
    for check in checks:
        if check not in carried_out:
            yield f"There is no evidence of check {check}."
    gated = [str(row["module"]) for row in rows(modules) if row["gated"] is True]
    if not gated:
        yield "No module was to be gated."
    if "migration" not in carried_out:
        return
    about = {row["subject"] for row in judged if row["check"] == "migration"}
    for module in gated:
        if module not in about:
            yield f"{module}: there is no evidence that its upgrade was tried."
