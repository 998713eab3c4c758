"""What every command shares: options, JSON output, and how what goes wrong is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from qgate.errors import EXIT_ERROR, EXIT_FAILED, EXIT_PASSED, QgateError
from qgate.telling import told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qgate.api import Run
    from qgate.settings import Settings

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
Addons = Annotated[
    list[Path] | None,
    typer.Option("--addons", help="Folder that holds modules; may be repeated."),
]
Modules = Annotated[
    str | None, typer.Option("--modules", help="Modules to judge, as a,b.")
]
ChangedSince = Annotated[
    str | None,
    typer.Option(
        "--changed-since",
        metavar="REF",
        help="Judge modules changed since this git ref, and what depends on them.",
    ),
]
Stages = Annotated[
    str | None,
    typer.Option("--stages", help="Stages to demand instead of the profile's, as a,b."),
]
RunId = Annotated[
    str, typer.Argument(metavar="RUN", help="Id or folder of a run, or latest.")
]
ProfileName = Annotated[
    str, typer.Option("--profile", help="Profile that says which stages are demanded.")
]


def words(text: str | None) -> tuple[str, ...] | None:
    """Return what stands between the commas of *text*; None stays None."""
    if text is None:
        return None
    return tuple(word.strip() for word in text.split(",") if word.strip())


def write_json(file: Path | None, data: Mapping[str, object]) -> bool:
    """Write *data* where --json wants it; return whether stdout is taken by it."""
    from qgate.json_file import write_json as write

    if file is None:
        return False
    if str(file) == "-":
        typer.echo(json.dumps(data, indent=2, ensure_ascii=False))
        return True
    write(file, data)
    return False


def settings_of(
    addons: list[Path] | None,
    modules: str | None,
    config: Path | None,
    sets: list[str] | None,
    *,
    cache: bool = True,
) -> Settings:
    """Return the configuration with what stands on the command line.

    Raises:
        UsageError: A file, a key or a value is wrong.
    """
    from qgate import settings as configuration

    return configuration.load(
        config,
        overrides=sets or (),
        cache=cache,
        workspace={
            # An argument is relative to where the person stands, not to the file.
            "addons": tuple(str(path.absolute()) for path in addons)
            if addons
            else None,
            "modules": words(modules),
        },
    )


def write_report_of(finished: Run, *, debug: bool) -> None:
    """Write the report; that it cannot be written never changes a verdict."""
    from qgate.report import console
    from qgate.report.notebook import write_report

    try:
        with console.waiting("Writing the report"):
            write_report(finished.record)
    except QgateError as error:
        if debug:
            raise
        typer.echo(f"qgate: the report could not be written: {error}", err=True)


def show(finished: Run, json_file: Path | None) -> None:
    """Print the verdict, as JSON where that is wanted."""
    from qgate.report import console

    if write_json(json_file, finished.as_json()):
        return
    console.show_run(finished)


def leave(verdict: str) -> NoReturn:
    """Exit with the code of *verdict*."""
    codes = {"passed": EXIT_PASSED, "failed": EXIT_FAILED}
    raise typer.Exit(codes.get(verdict, EXIT_ERROR))


__all__ = [
    "Addons",
    "ChangedSince",
    "Config",
    "Debug",
    "JsonFile",
    "Modules",
    "NoReport",
    "ProfileName",
    "RunId",
    "Sets",
    "Stages",
    "leave",
    "settings_of",
    "show",
    "told",
    "words",
    "write_json",
    "write_report_of",
]
