"""The command `generator`: what keeps the generator's own knowledge up to date.

Exit codes: 0 done, 2 bad input, 3 the package index could not be reached or read.
"""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import Annotated

import typer

from qgate.errors import UsageError
from qgate.telling import told

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # importing rich would double the time --help takes
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
catalog = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(catalog, name="catalog", help="The list of OCA's published add-ons.")
_PROGRAM = "generator"
_MOST = 16


@app.callback()
def generator() -> None:
    """Keep what the generator knows up to date; modules are made by ticket-to-module."""


@catalog.callback()
def listed() -> None:
    """Look after the list of OCA's published add-ons."""


@catalog.command()
def refresh(
    index_url: Annotated[
        str | None,
        typer.Option(
            "--index-url",
            metavar="URL",
            help="Simple API of the package index; by default pip's.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="FILE", help="File to write instead of QGATE_HOME's."
        ),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", help="Requests at once.")] = 4,
    force: Annotated[
        bool, typer.Option("--force", help="Take a list that lost many add-ons.")
    ] = False,
    json_output: Annotated[
        bool, typer.Option("--json", help="Print what came of it as JSON.")
    ] = False,
    config: Annotated[
        Path | None, typer.Option("--config", help="Configuration (qgate.toml).")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Read OCA's add-ons anew from the package index."""
    with told(debug=debug, program=_PROGRAM):
        from generator.gaps.index_url import chosen
        from generator.gaps.refresh import refresh as renew
        from qgate import settings as configuration
        from qgate.report import console

        if not 1 <= jobs <= _MOST:
            message = f"--jobs {jobs} is not between 1 and {_MOST}."
            raise UsageError(message, hint="An index is shared with everybody else.")
        settings = configuration.load(config)
        url = chosen(settings, index_url)
        with console.progress(("catalog",)) as progress:
            done = renew(settings, url, progress, output=output, jobs=jobs, force=force)
            progress.ended("catalog", "ready")
    if json_output:
        told_of = {name: getattr(done, name) for name in ("modules", "new", "gone")}
        typer.echo(json.dumps({"path": str(done.path), **told_of, "asked": done.asked}))
        return
    typer.echo(
        f"{done.path}: {done.modules} add-ons, {done.new} of them new, {done.gone} gone"
        f" (asked about {done.asked} packages)"
    )
