"""A deploy: the new colour beside the old one, proven, switched to, watched; or undone."""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from qgate import process
from qgate.delivery import preflight, recovery, smoke, traffic
from qgate.delivery import target as targets
from qgate.delivery.colour import Colour, ColourFailed
from qgate.delivery.database_change import GoBack, Upgrade
from qgate.delivery.journal import Journal, Release, held
from qgate.delivery.proxy import HELD, LIVE, WRITES, Proxy
from qgate.delivery.recovery import DEPLOYED, ROLLED_BACK
from qgate.delivery.steps import Probes, Steps
from qgate.delivery.upgrade import needed
from qgate.environment import containers
from qgate.errors import EnvironmentProblem, QgateError, StageFailed, UsageError
from qgate.frames import tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from qgate.delivery.database_change import DatabaseChange
    from qgate.delivery.image import Image
    from qgate.delivery.journal import State, Unfinished
    from qgate.environment.containers import Engine
    from qgate.progress import Progress
    from qgate.settings import Settings

UNCHANGED: Final = "unchanged"
REFUSED: Final = "refused"


@dataclass
class Deployment:
    """One deploy or rollback of one target, from its first step to its last.

    Attributes:
        settings: The configuration.
        name: Name of the target.
        evidence: Folder for the containers' logs.
        progress: Where to say what goes on.
    """

    settings: Settings
    name: str
    evidence: Path
    progress: Progress
    kind: str = "deploy"
    image: Image | None = None
    old: Release | None = None
    new: Release | None = None
    live: Release | None = None
    outcome: str = REFUSED
    cause: str | None = None
    upgraded: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    pause: float = 0.0

    def __post_init__(self) -> None:
        self.target = targets.find(self.settings, self.name)
        self.folder = targets.state_folder(self.settings, self.name)
        now = datetime.now(UTC)
        self.id = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        self.journal = Journal(self.folder)
        self.steps = Steps(self.id, self.journal, self.progress)
        self.probes = Probes(self.target.proxy.url)
        self.proxy = Proxy(self.target)
        self._engine: Engine | None = None
        self._held_since: float | None = None

    @property
    def used(self) -> tuple[str, str, str, str] | None:
        """Name, version, source and address of the engine, None when none was reached."""
        engine = self._engine
        return (engine.name, engine.version, "named", engine.host) if engine else None

    @property
    def engine(self) -> Engine:
        """The target's engine, connected to when it is first asked for."""
        if self._engine is None:
            self._engine = containers.connect(self.settings, self.target.engine)
        return self._engine

    def deploy(self, image_name: str) -> dict[str, pd.DataFrame]:
        """Deploy the image *image_name* and return the frames of what happened.

        Raises:
            StageFailed: Nothing could be tried: something is missing, or does not answer.
            Interrupted: It was ended from outside; the target is as it was.
        """
        with self._whole():
            state = self._ready()
            with self.steps.step("pull", noted=False) as step:
                self.image = preflight.image(self.settings, self.engine, image_name)
                step.detail = f"{self.image.name}, {self.image.size / 1e9:.2f} GB"
            with self.steps.step("gate", noted=False) as step:
                step.detail = preflight.gate(self.settings, self.target, self.image)
            if self._serves_already(state):
                return self.frames()
            database = state.live.database if state.live else self.target.database.name
            self.upgraded = needed(
                self.settings, self.target, database, self.image.modules
            )
            live = self.proxy.state().get(LIVE, targets.COLOURS[0])
            colour = targets.other(state.live.colour if state.live else live)
            revision = self.image.revision
            self._go(
                state.live,
                Release(
                    colour=colour,
                    image=self.image.id,
                    name=self.image.name,
                    revision=revision,
                    database=self._next_database(database),
                    deploy=self.id,
                ),
            )
        return self.frames()

    def rollback(self) -> dict[str, pd.DataFrame]:
        """Go back to the previous image, and its database, and return the frames.

        Raises:
            StageFailed: There is nothing to go back to, or something does not answer.
            Interrupted: It was ended from outside; the target is as it was.
        """
        self.kind = "rollback"
        with self._whole():
            state = self._ready()
            if state.live is None or state.previous is None:
                message = f"There is nothing that {self.name} could be rolled back to."
                raise UsageError(message, hint="Deploy the image that is wanted.")
            if self.engine.image(state.previous.image) is None:
                message = f"The engine has no longer image {state.previous.name}."
                raise UsageError(message, hint=f"Deploy {state.previous.name} instead.")
            self._go(state.live, state.previous)
        return self.frames()

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return what happened so far."""
        new, live = self.new, self.live
        row = {
            "deploy": self.id,
            "kind": self.kind,
            "target": self.name,
            "image": new.name if new else self._asked(),
            "revision": new.revision if new else None,
            "outcome": self.outcome,
            "old_colour": self.old.colour if self.old else None,
            "new_colour": new.colour if new else None,
            "live_colour": live.colour if live else None,
            "live_image": live.name if live else None,
            "database": live.database if live else None,
            "upgraded": self.upgraded,
            "pause": self.pause,
            "cause": self.cause,
            "lost": self.lost,
        }
        found = {
            "deploys": tables.DEPLOYS.frame([row]),
            "deployment": tables.DEPLOYMENT.frame(self.steps.rows),
            "deployment_probes": tables.DEPLOYMENT_PROBES.frame(self.probes.rows),
        }
        found["image"] = self.image.frame() if self.image else tables.IMAGE.empty()
        return found

    def _asked(self) -> str:
        return self.settings.deployment.image or "the previous image"

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Hold the lock, ask through the proxy meanwhile, and tell what goes wrong."""
        try:
            with held(self.folder, self.name, self.id), self.probes.running():
                yield
        except ColourFailed as error:
            self.cause = self.cause or self._why(error)
        except QgateError as error:
            self.cause = self.cause or self._why(error)
            raise StageFailed(
                self.cause, hint=error.hint, frames=self.frames()
            ) from error
        finally:
            if self._engine:
                self._engine.close()

    def _ready(self) -> State:
        """Check what has to be there, and bring a killed deploy to its end."""
        state = self.journal.state()
        database = state.live.database if state.live else self.target.database.name
        with self.steps.step("preflight", noted=False) as step:
            step.detail = preflight.check(
                self.settings,
                self.target,
                self.engine,
                self.proxy,
                self.folder,
                database,
            )
        self.live = state.live
        if state.unfinished:
            with self.steps.step("recover", state.unfinished.new.colour) as step:
                step.detail = recovery.recover(self, state.unfinished)
            state = self.journal.state()
            self.live = state.live
        return state

    def _serves_already(self, state: State) -> bool:
        if not (self.image and state.live and state.live.image == self.image.id):
            return False
        self.old = self.new = state.live
        with self.steps.step("healthy", state.live.colour, noted=False) as step:
            colour = self.colour(state.live)
            colour.start(cron=True)
            seconds = colour.wait_until_healthy()
            step.detail = f"it serves already, healthy after {seconds:.1f} s"
        self.outcome = UNCHANGED
        return True

    def _next_database(self, database: str) -> str:
        if not self.upgraded:
            return database
        return f"{self.target.database.name}_{self.id.replace('-', '_').lower()}"

    def _go(self, old: Release | None, new: Release) -> None:
        """Bring up *new* beside *old*, prove it, switch to it; or leave everything as it was.

        Raises:
            ColourFailed: A step failed; *old* serves.
            Interrupted: It was ended from outside; *old* serves.
        """
        self.old, self.new = old, new
        self.journal.begin(self.id, self.kind, old, new)
        change = self._change(old, new)
        try:
            kept = self._bring_up(old, new, change)
        except BaseException as error:
            self.cause = self._why(error)
            if change:
                change.release()
            # A scope of its own: Ctrl-C ends the deploy, not its way back.
            with (
                process.Scope().entered(),
                self.steps.step("roll back", old.colour if old else None) as step,
            ):
                step.detail = recovery.bring_back(self, self._unfinished())
            self.outcome = ROLLED_BACK
            raise
        finally:
            self.count_pause()
            if change:
                change.release()
        self.outcome, self.live = DEPLOYED, new
        previous = old if self.kind == "deploy" else None
        self.journal.end(self.id, DEPLOYED, new, previous, **kept)

    def _change(self, old: Release | None, new: Release) -> DatabaseChange | None:
        """Return how the database is changed, None when both colours work on the same."""
        if old is None or old.database == new.database:
            return None
        if self.kind == "rollback":
            return GoBack(self, old, new)
        return Upgrade(self, old, new)

    def _bring_up(
        self, old: Release | None, new: Release, change: DatabaseChange | None
    ) -> dict[str, object]:
        colour = self.colour(new)
        if change:
            change.prepare()
        with self.steps.step("start", new.colour) as step:
            colour.start(cron=change is None)
            step.detail = f"{len(colour.urls)} replicas of {new.name}"
        with self.steps.step("healthy", new.colour) as step:
            seconds = colour.wait_until_healthy()
            step.detail = f"healthy after {seconds:.1f} s, SELECT 1 answered"
        with self.steps.step("smoke", new.colour) as step:
            step.detail = ", ".join(smoke.run(colour, cron=change is None))
        if change:
            change.before_switch()
        with self.steps.step("switch", new.colour) as step:
            step.detail = traffic.switch(self, colour)
        if change:
            change.after_switch()
        with self.steps.step("watch", new.colour) as step:
            step.detail = traffic.watch(self, colour)
        with self.steps.step("retire", old.colour if old else None) as step:
            step.detail = traffic.retire(self, old)
        return change.kept() if change else {}

    def hold(self) -> None:
        """Let the proxy hold writes from now on."""
        self.proxy.change(**{WRITES: HELD})
        if self._held_since is None:
            self._held_since = time.monotonic()

    def count_pause(self) -> None:
        """Count how long writes were held, if they were, once they are not any more."""
        if self._held_since is not None:
            self.pause += time.monotonic() - self._held_since
            self._held_since = None

    def colour(self, release: Release) -> Colour:
        """Return the colour of *release*."""
        return Colour(self.settings, self.name, self.engine, release)

    def _unfinished(self) -> Unfinished:
        """Return this deploy as the journal knows it.

        Raises:
            EnvironmentProblem: The journal was changed by somebody else.
        """
        left = self.journal.state().unfinished
        if left is None or left.deploy != self.id:
            message = f"The journal {self.journal.path} does not know {self.id}."
            raise EnvironmentProblem(message, hint="Restore it, then deploy again.")
        return left

    def _why(self, error: BaseException) -> str:
        step = getattr(error, "step", "")
        said = error.message if isinstance(error, QgateError) else repr(error)
        said = process.mask(said, self.settings.secrets)
        return f"Step {step} failed: {said}" if step else said
