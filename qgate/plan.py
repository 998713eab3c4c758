"""What a run is going to do, decided before anything is measured."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from qgate import record
from qgate.errors import UsageError
from qgate.frames import tables
from qgate.workspace import Selection, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from qgate.settings import Settings
    from qgate.workspace import Module


@dataclass(frozen=True)
class Plan:
    """What a run is going to do.

    Attributes:
        settings: The configuration.
        workspace: The checkout being judged.
        selection: The modules to judge, and why.
        profile: Name of the profile.
        demanded: Stages that have to pass, in order.
        skipped: Known stages that do not run, each with the reason.
        entry: The entry of a larger plan that this one is, as the record keeps it.
        elsewhere: Stages that other entries of that plan measure.
        neighbours: Modules that other entries test and this one needs; what its tests cover
            of them counts too.
        changed_since: Git ref whose changes are judged, when that was asked for.
    """

    settings: Settings
    workspace: Workspace
    selection: Selection
    profile: str
    demanded: tuple[str, ...]
    skipped: Mapping[str, str]
    entry: Mapping[str, object] | None = None
    elsewhere: frozenset[str] = frozenset()
    neighbours: tuple[Module, ...] = ()
    changed_since: str | None = None

    @cached_property
    def likely(self) -> record.Durations:
        """How long its stages are likely to take, read from earlier runs when first asked."""
        names = [module.name for module in self.selection.modules]
        return record.durations(self.settings.reports, names)

    def modules_frame(self) -> pd.DataFrame:
        """Return the modules that are judged, and those they need, as frame `modules`."""
        gated = {module.name for module in self.selection.modules}
        others = self.workspace.dependencies(self.selection.modules)
        return tables.MODULES.frame(
            {
                "module": module.name,
                "path": self.workspace.relative(module.path),
                "version": module.version,
                "depends": list(module.depends),
                "gated": module.name in gated,
                "why": self.selection.why.get(
                    module.name, "a gated module depends on it"
                ),
            }
            for module in (*others, *self.selection.modules)
        )


def make_plan(
    settings: Settings,
    known: Iterable[str],
    *,
    stages: Sequence[str] | None = None,
    profile: str = "local",
    changed_since: str | None = None,
) -> Plan:
    """Decide what to run.

    Args:
        settings: The configuration.
        known: Names of the stages there are, in order.
        stages: Stages to demand instead of the profile's.
        profile: Name of a profile of the configuration.
        changed_since: Judge what changed since this git ref.

    Raises:
        UsageError: A stage, the profile, a module or the ref does not exist, or stages are
            left out of a profile that allows no skip.
    """
    known = tuple(known)
    if profile not in settings.profiles:
        message = f"There is no profile {profile}."
        hint = f"There are: {', '.join(settings.profiles)}."
        raise UsageError(message, hint=hint)
    chosen = settings.profiles[profile]
    source = f"--stages {','.join(stages)}" if stages else f"profile {profile}"
    wanted = tuple(stages or chosen.stages)
    for name in wanted:
        if name not in known:
            message = f"There is no stage {name}."
            raise UsageError(message, hint=f"There are: {', '.join(known)}.")
    if not chosen.allow_skip:
        if left := [name for name in chosen.stages if name not in wanted]:
            message = (
                f"Profile {profile} allows no skip, but {', '.join(left)} would be."
            )
            raise UsageError(message, hint="Leave --stages out.")
        settings = settings.without_skips()
    workspace = Workspace.load(settings)
    selection = workspace.select(settings, changed_since)
    demanded = tuple(name for name in known if name in wanted)
    skipped = {
        name: f"Not demanded by {source}." for name in known if name not in wanted
    }
    if not selection.modules:
        skipped |= dict.fromkeys(demanded, selection.note or "There is no module.")
        if chosen.allow_skip:
            demanded = ()
    return Plan(
        settings,
        workspace,
        selection,
        profile,
        demanded,
        skipped,
        changed_since=changed_since,
    )
