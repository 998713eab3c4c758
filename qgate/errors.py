"""The ways qgate says no: each kind has an exit code and carries what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

EXIT_PASSED = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_ERROR = 3
EXIT_INTERRUPTED = 130


class QgateError(Exception):
    """Something qgate cannot go on with, told to a person in one sentence.

    Args:
        message: What is wrong, one sentence.
        hint: What to do about it, one sentence.
    """

    exit_code = EXIT_ERROR

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message


class UsageError(QgateError):
    """A wrong argument or configuration: the caller has to change something."""

    exit_code = EXIT_USAGE


class Refused(QgateError):
    """Something qgate could do but does not, as the gate has not shown that it may."""

    exit_code = EXIT_FAILED


class EnvironmentProblem(QgateError):
    """A component (Odoo, PostgreSQL, a browser...) is missing, broken or unreachable."""


class ToolFailed(QgateError):
    """A program crashed, is missing, or answered what cannot be read.

    Args:
        tool: Name of the tool, as in the registry.
        why: What happened, without a final stop.
        argv: The command line, secrets masked.
        returncode: Exit code, None when it never started or was ended by us.
        output: The last lines of what it printed.
        log: File with everything it printed.
    """

    def __init__(
        self,
        tool: str,
        why: str,
        *,
        argv: Sequence[str] = (),
        returncode: int | None = None,
        output: str = "",
        log: Path | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(f"{tool}: {why}.", hint=hint)
        self.tool = tool
        self.argv = tuple(argv)
        self.returncode = returncode
        self.output = output
        self.log = log


class StageFailed(QgateError):
    """A stage could not measure; what it had measured by then comes along.

    Args:
        message: The cause, one sentence.
        frames: Frames already filled, kept in the record.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        frames: Mapping[str, pd.DataFrame] | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.frames: Mapping[str, pd.DataFrame] = frames or {}


class Interrupted(QgateError):
    """The run was ended from outside (Ctrl-C, SIGTERM)."""

    exit_code = EXIT_INTERRUPTED
