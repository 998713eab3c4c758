"""`qgate publish` and `qgate audit`: what others are told."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from qgate.cli.common import (
    Config,
    Debug,
    JsonFile,
    RunId,
    Sets,
    told,
    words,
    write_json,
)
from qgate.errors import EXIT_ERROR, EXIT_FAILED, EXIT_PASSED


def publish(
    run_id: RunId = "latest",
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Folder for the files; surfaces/ of the run else."),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(
            "--only",
            help="Of files, annotations, summary, comment and webhook, as a,b; "
            "by default what makes sense here.",
        ),
    ] = None,
    base: Annotated[
        str,
        typer.Option(
            "--base",
            metavar="RUN",
            help="Run that changes are shown against; that of the base branch in the "
            "history by default.",
        ),
    ] = "",
    pull: Annotated[
        int | None,
        typer.Option("--pull", help="Pull request; that of the event by default."),
    ] = None,
    links: Annotated[
        list[str] | None,
        typer.Option("--link", metavar="NAME=URL", help="A link; may be repeated."),
    ] = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Put a run where people look: SARIF, JUnit, badge, annotations, summary, comment.

    What a service refuses is told and changes nothing: the exit code is 0.
    """
    with told(debug=debug):
        from qgate import record
        from qgate import settings as configuration
        from qgate.api import Run as Finished
        from qgate.errors import UsageError
        from qgate.surfaces import publish as surfaces
        from qgate.surfaces.baseline import baseline

        settings = configuration.load(config)
        found = Finished(record.load(settings.reports, run_id))
        names = words(only) or ()
        if unknown := sorted({*names} - {*surfaces.SURFACES}):
            message = f"There is no surface {unknown[0]}."
            raise UsageError(message, hint=f"There are {', '.join(surfaces.SURFACES)}.")
        given = [word.partition("=") for word in links or ()]
        done = surfaces.publish(
            settings,
            found,
            folder=to or found.folder / "surfaces",
            only=names,
            base=baseline(Finished(record.load(settings.reports, base)))
            if base
            else None,
            links={name: url for name, _, url in given},
            pull=pull,
        )
        for line in (*done.lines, *map(str, done.files), *done.places):
            typer.echo(line)
        for problem in done.problems:
            typer.echo(f"qgate: {problem}", err=True)


def audit(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="security, dependencies or secrets."),
    ],
    issue: Annotated[
        bool,
        typer.Option(
            "--issue", help="Keep the audit's issue on GitHub, and post what is new."
        ),
    ] = False,
    config: Config = None,
    sets: Sets = None,
    json_file: JsonFile = None,
    debug: Debug = False,
) -> None:
    """Look for what goes bad by itself: vulnerabilities, old packages, old secrets.

    Exit codes: 0 nothing to do, 1 something to do, 3 it could not be judged.
    """
    with told(debug=debug):
        from qgate import settings as configuration
        from qgate.audit import AUDITS
        from qgate.audit.base import tell
        from qgate.errors import UsageError

        if name not in AUDITS:
            message = f"There is no audit {name}."
            raise UsageError(message, hint=f"There are {', '.join(AUDITS)}.")
        settings = configuration.load(config, overrides=sets or ())
        done = AUDITS[name](settings)
        data: dict[str, object] = {
            "audit": name,
            "looked_at": done.looked_at,
            "found": list(done.found.values()),
            "unjudged": done.unjudged,
        }
        if not write_json(json_file, data):
            typer.echo(f"# {done.title}\n\n{done.text}")
        places, problems = tell(settings, done) if issue else ([], [])
        for line in (*places, *(f"qgate: {problem}" for problem in problems)):
            typer.echo(line, err=True)
    if done.unjudged or not done.looked_at:
        raise typer.Exit(EXIT_ERROR)
    raise typer.Exit(EXIT_PASSED if done.clean else EXIT_FAILED)
