"""What every command shares: options, JSON output, and how what goes wrong is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qgate.telling import told

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    from qgate.json_file import write_json as write

    if file is None:
        return False
    if str(file) == "-":
        typer.echo(json.dumps(data, indent=2, ensure_ascii=False))
        return True
    write(file, data)
    return False


__all__ = [
    "Config",
    "Debug",
    "JsonFile",
    "NoReport",
    "Sets",
    "told",
    "words",
    "write_json",
]
