"""The stages, in the order in which a release passes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qgate.stages.deployment import DeploymentStage
from qgate.stages.e2e import E2eStage
from qgate.stages.performance import PerformanceStage
from qgate.stages.readiness import ReadinessStage
from qgate.stages.security import SecurityStage
from qgate.stages.static import StaticStage
from qgate.stages.tests import TestsStage

if TYPE_CHECKING:
    from qgate.stages.base import Stage

STAGES: Final[dict[str, Stage]] = {
    stage.name: stage
    for stage in (
        StaticStage(),
        TestsStage(),
        E2eStage(),
        SecurityStage(),
        PerformanceStage(),
        ReadinessStage(),
        DeploymentStage(),
    )
}
