"""What a stage is: it measures into frames and never judges."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from qgate.turns import Turn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from qgate.environment import Environment
    from qgate.frames import Table
    from qgate.progress import Progress
    from qgate.settings import Settings
    from qgate.workspace import Module, Workspace

GRACE_SECONDS: Final = 60.0
"""What a stage may take beside the programs that have limits of their own."""


@dataclass(frozen=True)
class Context:
    """All that a stage may look at.

    Attributes:
        run_id: Identifier of the run; names of databases start with it.
        settings: The configuration.
        workspace: The checkout being judged.
        modules: The gated modules, in dependency order.
        environment: Finds or provisions components when asked for one.
        verdicts: Verdicts of the stages that had ended when this one began, by name.
        evidence: Folder for the stage's evidence; kept in the record.
        scratch: Folder for anything else; gone when the run ends.
        progress: Where to say what goes on.
        turn: Lets it wait until it is alone, or until other stages have ended.
        elsewhere: Stages that other machines measure for the same verdict.
        neighbours: Modules tested elsewhere whose coverage by the tests here counts too.
    """

    run_id: str
    settings: Settings
    workspace: Workspace
    modules: Sequence[Module]
    environment: Environment
    evidence: Path
    scratch: Path
    progress: Progress
    verdicts: Mapping[str, str] = field(default_factory=dict)
    turn: Turn = field(default_factory=Turn)
    elsewhere: frozenset[str] = frozenset()
    neighbours: Sequence[Module] = ()


@dataclass(frozen=True)
class Measurement:
    """What a stage found out.

    Attributes:
        frames: A frame for each of the stage's tables, by the table's name.
    """

    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)


class Stage(Protocol):
    """One of the seven measurements."""

    name: str
    """As in the configuration and in every frame."""

    needs: frozenset[str]
    """Names of the components it uses."""

    after: frozenset[str]
    """Names of the stages that have to have ended before, where they are demanded."""

    alone: bool
    """Whether nothing else of the gate may run meanwhile, from its beginning to its end.

    One of which only a part has to be alone says so there: `with context.turn.by_itself()`.
    """

    reusable: bool
    """Whether its result holds as long as nothing it depends on has changed."""

    tables: tuple[Table, ...]
    """Tables it fills; no other stage fills them."""

    def time_limit(self, settings: Settings) -> float:
        """Return the seconds after which the pipeline ends it.

        Programs it runs have limits of their own, which say more of what hangs.
        """
        ...

    def measure(self, context: Context) -> Measurement:
        """Measure, and return a frame for each table.

        Raises:
            QgateError: It could not measure; StageFailed carries what it had by then.
        """
        ...
