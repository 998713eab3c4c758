"""What a tool of stage static is: one program and the parsing of its output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from qgate.settings import Settings
    from qgate.workspace import Module


@dataclass(frozen=True)
class Target:
    """What a tool looks at.

    Attributes:
        root: The workspace; paths in findings are relative to it.
        modules: The gated modules.
        settings: The configuration.
        evidence: Folder for what the tool printed.
    """

    root: Path
    modules: Sequence[Module]
    settings: Settings
    evidence: Path


@dataclass(frozen=True)
class Finding:
    """One row of the `findings` frame, without its tool."""

    rule: str
    severity: str
    path: str
    line: int | None
    column: int | None
    message: str
    module: str


@dataclass(frozen=True)
class ModuleReport:
    """What a tool says of one module: its denominator and, for some tools, a score."""

    module: str
    files: int
    score: float | None = None
    statements: int | None = None


@dataclass(frozen=True)
class ToolReport:
    """What a tool says of all modules it was given."""

    findings: Sequence[Finding]
    modules: Sequence[ModuleReport]
    seconds: float


class Tool(Protocol):
    """One external program and the parsing of its output."""

    name: str

    def version(self, settings: Settings) -> str:
        """Return the version the program reports.

        Raises:
            ToolFailed: It is missing or does not answer.
        """
        ...

    def run(self, target: Target) -> ToolReport:
        """Run on *target*; states which exit codes mean findings.

        Raises:
            ToolFailed: Any other exit code, or output that cannot be read.
        """
        ...
