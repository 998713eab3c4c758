"""The policy of stage readiness: every check is there, and none says no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qgate import settings
from qgate.frames import tables
from qgate.policy.readiness import judge_readiness, judged_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from qgate.policy.readiness import Judge
    from qgate.policy.rules import Policy

CHECKS = (
    *("security", "performance", "image", "documentation"),
    *("health", "migration", "variables"),
)


def policy(root: Path, *overrides: str) -> Policy:
    return settings.load(root=root, overrides=overrides, environ={}).policy


def row(check: str, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - of any column
    return {
        "check": check,
        "subject": "a" if check == "migration" else check,
        "outcome": "passed",
        "detail": f"{check} is so.",
        "evidence": [],
        "seconds": 0.1,
    } | values


def frames(*rows: dict[str, Any], gated: tuple[str, ...] = ("a",)) -> dict[str, Any]:
    """Return frames in which every check passed, but for *rows*."""
    changed = {item["check"] for item in rows}
    others = [row(name) for name in CHECKS if name not in changed]
    module = {"path": "x", "depends": [], "gated": True, "why": "named"}
    return {
        "readiness": tables.READINESS.frame([*others, *rows]),
        "modules": tables.MODULES.frame({"module": name, **module} for name in gated),
    }


def judge(
    root: Path,
    found: Mapping[str, pd.DataFrame],
    *overrides: str,
    judges: Mapping[str, Judge] | None = None,
) -> tuple[list[str], list[str]]:
    return judge_readiness(policy(root, *overrides), found, judges or {})


def test_all_checks_passed(tmp_path: Path) -> None:
    assert judge(tmp_path, frames()) == ([], [])


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_without_evidence_cannot_be_judged(tmp_path: Path, check: str) -> None:
    found = frames()
    kept = found["readiness"]["check"] != check
    found["readiness"] = found["readiness"][kept]
    assert judge(tmp_path, found) == ([], [f"There is no evidence of check {check}."])


@pytest.mark.parametrize("check", CHECKS)
def test_a_failed_check_fails_with_its_detail(tmp_path: Path, check: str) -> None:
    failures, errors = judge(
        tmp_path, frames(row(check, outcome="failed", detail="It is not so."))
    )
    subject = " (a)" if check == "migration" else ""
    assert failures == [f"{check}{subject}: It is not so."]
    assert errors == []


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_that_could_not_be_carried_out_is_an_error(
    tmp_path: Path, check: str
) -> None:
    failures, errors = judge(tmp_path, frames(row(check, outcome="error")))
    assert failures == []
    assert errors[0].endswith(f"{check} is so.")


def test_an_outcome_nobody_knows_does_not_pass(tmp_path: Path) -> None:
    assert judge(tmp_path, frames(row("health", outcome="perfect")))[1]


def test_a_skipped_check_passes_only_where_it_may(tmp_path: Path) -> None:
    found = frames(row("image", outcome="skipped", detail="No image is named."))
    assert judge(tmp_path, found) == ([], [])
    failures, _ = judge(tmp_path, found, "readiness.allow_skipped=false")
    assert failures == ["image was skipped: No image is named."]


def test_every_gated_module_needs_its_migration(tmp_path: Path) -> None:
    _, errors = judge(tmp_path, frames(gated=("a", "b")))
    assert errors == ["b: there is no evidence that its upgrade was tried."]
    _, errors = judge(tmp_path, frames(gated=()))
    assert errors == ["No module was to be gated."]


def test_the_size_of_an_image_is_judged_by_the_threshold(tmp_path: Path) -> None:
    found = frames(row("image", outcome="measured", figure=1.82))
    assert judge(tmp_path, found) == ([], [])
    failures, _ = judge(tmp_path, found, "readiness.max_image_size=1.82")
    assert failures == ["image: The image has 1.82 GB, not less than 1.82 GB."]
    _, errors = judge(tmp_path, frames(row("image", outcome="measured")))
    assert errors == ["image: What was measured cannot be judged."]


@pytest.mark.parametrize("stage", ["security", "performance"])
def test_the_stages_before_are_judged_anew(tmp_path: Path, stage: str) -> None:
    found = frames(row(stage, outcome="measured"))
    passes: dict[str, Judge] = {stage: lambda _policy, _frames: ([], [])}
    assert judge(tmp_path, found, judges=passes) == ([], [])
    fails: dict[str, Judge] = {
        stage: lambda _policy, _frames: (["One.", "Two.", "Three."], ["Four."])
    }
    failures, _ = judge(tmp_path, found, judges=fails)
    assert failures == [f"{stage}: The stage failed: One., Two., and 1 more"]
    unclear: dict[str, Judge] = {stage: lambda _policy, _frames: ([], ["Four."])}
    failures, errors = judge(tmp_path, found, judges=unclear)
    assert failures == []
    assert errors == [f"{stage}: The stage could not be judged: Four."]
    _, errors = judge(tmp_path, found)
    assert errors == [f"{stage}: What was measured cannot be judged."]


def test_rows_are_shown_as_they_are_judged(tmp_path: Path) -> None:
    found = frames(row("image", outcome="measured", figure=3.0))
    judged = judged_rows(policy(tmp_path), found, {})
    assert {item["check"]: item["outcome"] for item in judged}["image"] == "failed"
    assert len(judged) == len(CHECKS)
