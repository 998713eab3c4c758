"""What a stage is: it measures into frames and never judges."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from qgate.environment import Environment
    from qgate.frames import Table
    from qgate.progress import Progress
    from qgate.settings import Settings
    from qgate.workspace import Module, Workspace


@dataclass(frozen=True)
class Context:
    """All that a stage may look at.

    Attributes:
        run_id: Identifier of the run; names of databases start with it.
        settings: The configuration.
        workspace: The checkout being judged.
        modules: The gated modules, in dependency order.
        environment: Finds or provisions components when asked for one.
        evidence: Folder for the stage's evidence; kept in the record.
        scratch: Folder for anything else; gone when the run ends.
        progress: Where to say what goes on.
    """

    run_id: str
    settings: Settings
    workspace: Workspace
    modules: Sequence[Module]
    environment: Environment
    evidence: Path
    scratch: Path
    progress: Progress


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

    tables: tuple[Table, ...]
    """Tables it fills."""

    def measure(self, context: Context) -> Measurement:
        """Measure, and return a frame for each table.

        Raises:
            QgateError: It could not measure; StageFailed carries what it had by then.
        """
        ...
