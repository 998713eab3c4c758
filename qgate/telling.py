"""How a command says what went wrong: one sentence on stderr, and an exit code."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer

from qgate.errors import EXIT_ERROR, EXIT_INTERRUPTED, QgateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


@contextmanager
def told(*, debug: bool, program: str = "qgate") -> Iterator[None]:
    """Turn what goes wrong into one sentence on stderr and an exit code.

    Args:
        debug: Let the error through instead, so that its traceback is seen.
        program: Name of the command, which stands before the sentence.

    Raises:
        typer.Exit: With the error's exit code.
    """
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        yield
    except QgateError as error:
        if debug:
            raise
        _say(program, error.message, error.hint)
        raise typer.Exit(error.exit_code) from error
    except KeyboardInterrupt as error:
        _say(program, "interrupted.", None)
        raise typer.Exit(EXIT_INTERRUPTED) from error
    except OSError as error:
        if debug:
            raise
        where = f" ({error.filename})" if error.filename else ""
        hint = "Check rights, free space and the path."
        _say(program, f"{error.strerror or error}{where}.", hint)
        raise typer.Exit(EXIT_ERROR) from error
    except typer.Exit:
        raise
    except Exception as error:
        if debug:
            raise
        kind = type(error).__name__
        hint = "Run again with --debug and report the traceback."
        _say(program, f"an internal error, {kind}: {error}", hint)
        raise typer.Exit(EXIT_ERROR) from error


def _say(program: str, message: str, hint: str | None) -> None:
    typer.echo(f"{program}: {message}", err=True)
    if hint:
        typer.echo(f"{' ' * len(program)}  {hint}", err=True)


def _as_interrupt(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    raise KeyboardInterrupt


__all__ = ["told"]
