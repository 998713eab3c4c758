"""Deploys and rollbacks between two databases: what is done beside the colours."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING

from qgate.delivery import smoke
from qgate.delivery.changes import Changes
from qgate.delivery.colour import Colour, ColourFailed
from qgate.delivery.upgrade import Lock, clone, copy_files, drop, upgrade

if TYPE_CHECKING:
    from qgate.delivery.deploy import Deployment
    from qgate.delivery.journal import Release


class DatabaseChange(ABC):
    """A way from the database of one release to that of another, writes held meanwhile.

    Args:
        flow: The deploy or rollback.
        old: What serves.
        new: What is to serve.
    """

    def __init__(self, flow: Deployment, old: Release, new: Release) -> None:
        self.flow = flow
        self.old = old
        self.new = new
        self.lock = Lock(flow.settings, flow.target, old.database)

    @abstractmethod
    def prepare(self) -> None:
        """Hold writes, and make the new database what it has to be."""

    def hold(self) -> None:
        """Let nothing be written to the old database any more; reads go on."""
        flow = self.flow
        with flow.steps.step("hold writes", self.old.colour) as step:
            flow.journal.note(flow.id, held=True)
            flow.hold()
            flow.colour(self.old).stop_cron()
            self.lock.take(flow.target.health.drain_seconds)
            step.detail = (
                "the proxy answers writes with a maintenance page, reads go on"
            )

    def before_switch(self) -> None:
        """Note what is written to the new database from the switch on."""
        flow = self.flow
        with flow.steps.step("note changes", self.new.colour) as step:
            changes = Changes(flow.settings, flow.target, self.new.database)
            count = changes.install()
            flow.journal.note(flow.id, captured=True)
            step.detail = f"changes of {count} tables are noted for a rollback"
        # What waits to write the old database was never acknowledged. A kill from here on
        # frees the lock, and nothing may be written there once the new one serves.
        self.lock.refuse_waiting()

    def after_switch(self) -> None:
        """Let scheduled actions run on the new database, and nobody write to the old one."""
        flow = self.flow
        self.lock.refuse_waiting()
        colour = flow.colour(self.new)
        colour.start_cron()
        with flow.steps.step("scheduled actions", self.new.colour) as step:
            colour.wait_for_cron()
            step.detail = "alive"

    def release(self) -> None:
        """Let the old database be written again."""
        self.lock.release()

    def kept(self) -> dict[str, object]:
        """Return what a later rollback has to know."""
        return {"captured": True}


class Upgrade(DatabaseChange):
    """A copy of the database is upgraded, once to see that it works, then in earnest."""

    def prepare(self) -> None:
        """Rehearse without holding anything; then hold, copy and upgrade.

        Raises:
            ColourFailed: The upgrade fails, or would hold writes for too long.
        """
        flow = self.flow
        seconds = self._rehearse()
        limit = flow.target.health.max_pause
        if seconds > limit:
            message = f"Writes would be held for {seconds:.0f} s, above {limit:g} s."
            raise ColourFailed(
                message, hint="Raise health.max_pause, or deploy at night."
            )
        self.hold()
        with flow.steps.step("clone", self.new.colour) as step:
            flow.journal.note(flow.id, databases=[self.new.database])
            clone(flow.colour(self.new), self.old.database)
            step.detail = f"{self.old.database} copied to {self.new.database}"
        with flow.steps.step("upgrade", self.new.colour) as step:
            self._upgrade(flow.colour(self.new))
            step.detail = ", ".join(flow.upgraded)

    def _rehearse(self) -> float:
        flow = self.flow
        with flow.steps.step("rehearse", "rehearsal") as step:
            begun = time.monotonic()
            name = f"{self.new.database}_rehearsal"
            flow.journal.note(flow.id, databases=[self.new.database, name])
            trial = Colour(
                flow.settings,
                flow.name,
                flow.engine,
                replace(self.new, database=name),
                rehearsal=True,
            )
            try:
                clone(trial, self.old.database)
                self._upgrade(trial)
                trial.start(cron=False)
                trial.wait_until_healthy()
                seen = smoke.run(trial, cron=False)
                seconds = time.monotonic() - begun
            finally:
                trial.save_logs(flow.evidence)
                trial.remove()
                drop(flow.settings, flow.target, name)
            step.detail = f"{', '.join(flow.upgraded)} on a copy; {', '.join(seen)}"
        return seconds

    def _upgrade(self, colour: Colour) -> None:
        image = self.flow.image
        versions = image.modules if image else {}
        upgrade(colour, self.flow.upgraded, versions)


class GoBack(DatabaseChange):
    """Back to the database before an upgrade, with what was written since."""

    def prepare(self) -> None:
        """Hold writes and carry over what was written since; refuse when some cannot be.

        Raises:
            ColourFailed: Writes would be lost, and that was not accepted.
        """
        flow = self.flow
        with flow.steps.step("try writes", self.new.colour) as step:
            self._carry_over(trial=True)
            step.detail = "what was written since the upgrade fits, or need not be kept"
        self.hold()
        with flow.steps.step("carry over", self.new.colour) as step:
            self._carry_over(trial=False)
            copy_files(flow.colour(self.new), self.old.database, self.new.database)
            step.detail = f"what was written since is in {self.new.database}"

    def _carry_over(self, *, trial: bool) -> None:
        flow = self.flow
        accept = flow.settings.deployment.accept_loss
        changes = Changes(flow.settings, flow.target, self.old.database)
        flow.lost = changes.replay(
            self.new.database, flow.evidence, accept_loss=accept, trial=trial
        )
        if flow.lost and not accept:
            message = f"Writes since the upgrade cannot be kept. {flow.lost[0]}"
            if len(flow.lost) > 1:
                message += f" There are {len(flow.lost) - 1} more."
            hint = "See the report, then roll back with --accept-loss."
            raise ColourFailed(message, hint=hint)
