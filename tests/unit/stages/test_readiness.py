"""What becomes of checks that cannot be carried out, and of those about other stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qgate.environment import Environment
from qgate.errors import EnvironmentProblem, Interrupted, StageFailed
from qgate.frames import rows
from qgate.progress import Silence
from qgate.stages import readiness
from qgate.stages.base import Context
from qgate.stages.readiness import ReadinessStage
from qgate.workspace import Workspace
from tests.support.workspaces import make_settings, write_module

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from qgate.readiness.base import Found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_module(tmp_path / "addons", "a")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/DEPLOYMENT.md").write_text("# Guide\n")
    return tmp_path


@pytest.fixture
def measure(root: Path) -> Any:  # noqa: ANN401 - a function
    """Carry out some checks in a workspace that is no git checkout."""

    def run(*checks: str, verdicts: Mapping[str, str] | None = None) -> list[Any]:
        wanted = ", ".join(f'"{name}"' for name in checks)
        settings = make_settings(root, f"readiness.checks=[{wanted}]")
        workspace = Workspace.load(settings)
        for name in ("evidence", "scratch"):
            (root / name).mkdir(exist_ok=True)
        context = Context(
            run_id="run",
            settings=settings,
            workspace=workspace,
            modules=tuple(workspace.modules.values()),
            environment=Environment(settings),
            evidence=root / "evidence",
            scratch=root / "scratch",
            progress=Silence(),
            verdicts=verdicts or {},
        )
        return list(rows(ReadinessStage().measure(context).frames["readiness"]))

    return run


def test_the_checks_that_need_no_odoo(measure: Any) -> None:  # noqa: ANN401
    found = measure("documentation", "variables", "image", "migration")
    assert [(row["check"], row["outcome"]) for row in found] == [
        ("migration", "skipped"),
        ("image", "skipped"),
        ("documentation", "passed"),
        ("variables", "passed"),
        ("variables", "passed"),
    ]
    assert found[0]["subject"] == "a"


@pytest.mark.parametrize(
    ("verdict", "outcome", "said"),
    [
        (None, "skipped", "Stage security was not demanded"),
        ("passed", "measured", "Stage security has measured."),
        ("failed", "measured", "Stage security has measured."),
        ("error", "error", "Stage security ended as error"),
        ("blocked", "error", "Stage security ended as blocked"),
    ],
)
def test_a_stage_before_is_noted_and_not_judged(
    measure: Any,  # noqa: ANN401
    verdict: str | None,
    outcome: str,
    said: str,
) -> None:
    verdicts = {"security": verdict} if verdict else {}
    (row, *_) = measure("security", "image", verdicts=verdicts)
    assert row["outcome"] == outcome
    assert said in row["detail"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (EnvironmentProblem("No Odoo.", hint="Get one."), "No Odoo. Get one."),
        (OSError(28, "No space left"), "[Errno 28] No space left."),
    ],
)
def test_a_check_that_cannot_be_carried_out_does_not_stop_the_others(
    measure: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    said: str,
) -> None:
    def fail(_: Context) -> list[Found]:
        raise error

    monkeypatch.setitem(readiness.CHECKS, "health", fail)
    found = measure("health", "documentation")
    assert [(row["check"], row["outcome"]) for row in found] == [
        ("health", "error"),
        ("documentation", "passed"),
    ]
    assert found[0]["detail"] == said
    with pytest.raises(StageFailed, match="No check could be carried out") as caught:
        measure("health")
    assert len(caught.value.frames["readiness"]) == 1


@pytest.mark.parametrize("error", [Interrupted("ended"), ZeroDivisionError("a bug")])
def test_an_interruption_and_a_mistake_of_ours_go_on_up(
    measure: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def fail(_: Context) -> list[Found]:
        raise error

    monkeypatch.setitem(readiness.CHECKS, "health", fail)
    with pytest.raises(type(error)):
        measure("health", "documentation")


def test_every_check_of_the_policy_exists(root: Path) -> None:
    assert set(make_settings(root).readiness.checks) == set(readiness.CHECKS)
