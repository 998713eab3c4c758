"""What every command shares: options, JSON output, and how what goes wrong is told."""

from __future__ import annotations

import json
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from qgate.errors import EXIT_ERROR, EXIT_INTERRUPTED, QgateError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import FrameType

Config = Annotated[
    Path | None,
    typer.Option("--config", help="Configuration file (qgate.toml by default)."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Set one value, as tests.min_coverage=80; may be repeated.",
    ),
]
JsonFile = Annotated[
    Path | None,
    typer.Option(
        "--json", metavar="FILE", help="Write the result as JSON; - is stdout."
    ),
]
NoReport = Annotated[bool, typer.Option("--no-report", help="Write no HTML report.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show tracebacks.")]


def words(text: str | None) -> tuple[str, ...] | None:
    """Return what stands between the commas of *text*; None stays None."""
    if text is None:
        return None
    return tuple(word.strip() for word in text.split(",") if word.strip())


def write_json(file: Path | None, data: Mapping[str, object]) -> bool:
    """Write *data* where --json wants it; return whether stdout is taken by it."""
    from qgate.record import write_json as write

    if file is None:
        return False
    if str(file) == "-":
        typer.echo(json.dumps(data, indent=2, ensure_ascii=False))
        return True
    write(file, data)
    return False


@contextmanager
def told(*, debug: bool) -> Iterator[None]:
    """Turn what goes wrong into one sentence on stderr and an exit code."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        yield
    except QgateError as error:
        if debug:
            raise
        typer.echo(f"qgate: {error.message}", err=True)
        if error.hint:
            typer.echo(f"       {error.hint}", err=True)
        raise typer.Exit(error.exit_code) from error
    except KeyboardInterrupt as error:
        typer.echo("qgate: interrupted.", err=True)
        raise typer.Exit(EXIT_INTERRUPTED) from error
    except OSError as error:
        if debug:
            raise
        where = f" ({error.filename})" if error.filename else ""
        typer.echo(f"qgate: {error.strerror or error}{where}.", err=True)
        typer.echo("       Check rights, free space and the path.", err=True)
        raise typer.Exit(EXIT_ERROR) from error
    except typer.Exit:
        raise
    except Exception as error:
        if debug:
            raise
        kind = type(error).__name__
        typer.echo(f"qgate: an internal error, {kind}: {error}", err=True)
        typer.echo("       Run again with --debug and report the traceback.", err=True)
        raise typer.Exit(EXIT_ERROR) from error


def _as_interrupt(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    raise KeyboardInterrupt
