"""Stage deployment: an image becomes what a target serves, or the target stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgate.delivery import notify
from qgate.delivery.deploy import Deployment
from qgate.errors import QgateError, StageFailed, UsageError
from qgate.frames import tables
from qgate.stages.base import GRACE_SECONDS, Measurement

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from qgate.frames import Table
    from qgate.settings import Settings
    from qgate.stages.base import Context


class DeploymentStage:
    """Deploys or rolls back; `qgate deploy` and `qgate rollback` demand it alone."""

    name = "deployment"
    needs: frozenset[str] = frozenset({"containers"})
    after: frozenset[str] = frozenset()
    alone = True
    reusable = False
    tables: tuple[Table, ...] = (
        tables.DEPLOYS,
        tables.DEPLOYMENT,
        tables.DEPLOYMENT_PROBES,
        tables.IMAGE,
    )

    def time_limit(self, settings: Settings) -> float:
        """Return the seconds for all steps; each has a limit of its own beside."""
        return settings.deployment.time_limit + GRACE_SECONDS

    def measure(self, context: Context) -> Measurement:
        """Take the steps and tell people how it ended.

        Raises:
            UsageError: The settings name no target, or no image.
            StageFailed: Nothing could be tried; what was seen comes along.
        """
        chosen = context.settings.deployment
        if not chosen.to or not (chosen.image or chosen.rollback):
            message = "Stage deployment needs a target and an image."
            raise UsageError(message, hint="Use `qgate deploy --to T --image I`.")
        flow = Deployment(
            context.settings, chosen.to, context.evidence, context.progress
        )
        try:
            frames = flow.rollback() if chosen.rollback else flow.deploy(chosen.image)
        except StageFailed as error:
            self._tell(context, error.frames)
            raise
        except QgateError:
            self._tell(context, flow.frames())
            raise
        self._tell(context, frames)
        if flow.used:
            context.environment.took(*flow.used)
        return Measurement(frames)

    def _tell(self, context: Context, frames: Mapping[str, pd.DataFrame]) -> None:
        """Notify; that nobody could be told never changes what happened."""
        problems = notify.tell(context.settings, frames)
        if problems:
            path = context.evidence / "not-told.txt"
            path.write_text("\n".join(problems) + "\n", encoding="utf-8")
