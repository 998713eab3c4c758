"""`qgate watch`: looks at a running Odoo until the time is over or Ctrl-C."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qgate.cli.common import Config, Debug, JsonFile, NoReport, Sets, told, write_json
from qgate.errors import EXIT_FAILED, EXIT_PASSED

if TYPE_CHECKING:
    from collections.abc import Mapping


def watch(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="Address of the running Odoo.")
    ],
    log: Annotated[
        Path | None,
        typer.Option("--log", metavar="FILE", help="Its log, for the error rate."),
    ] = None,
    database: Annotated[
        str,
        typer.Option(
            "--database",
            metavar="NAME",
            help="Its database, for the connections; the server is that of PG* "
            "variables or environment.postgres_url.",
        ),
    ] = "",
    seconds: Annotated[
        float | None,
        typer.Option("--for", metavar="SECONDS", min=0, help="End after that time."),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder",
            metavar="DIR",
            help="Where samples, alerts and the page go; by default `operations` in "
            "report.folder.",
        ),
    ] = None,
    config: Config = None,
    sets: Sets = None,
    json_file: JsonFile = None,
    no_report: NoReport = False,
    debug: Debug = False,
) -> None:
    """Watch a running Odoo; exit code 1 when an alert was raised."""
    with told(debug=debug):
        from qgate import settings as configuration
        from qgate.environment.postgres import connect_named, named_server
        from qgate.errors import UsageError
        from qgate.operations import Watch
        from qgate.operations import watch as begin
        from qgate.report.notebook import ReportFailed
        from qgate.report.operations import write_page

        settings = configuration.load(config, overrides=sets or ())
        server = None
        if database:
            named = named_server(settings)
            if named is None:
                message = "No database server is named, so connections are unknown."
                hint = "Set PGHOST and its like, or leave --database out."
                raise UsageError(message, hint=hint)
            server = connect_named(named)
        wanted = Watch(
            url=url,
            folder=(folder or settings.reports / "operations").absolute(),
            log=log.absolute() if log else None,
            server=server,
            database=database,
            seconds=seconds,
        )
        quiet = str(json_file) == "-"
        ended = begin(
            settings,
            wanted,
            seen=lambda sample: None if quiet else typer.echo(line(sample)),
            tell=lambda text: typer.echo(f"qgate: {text}", err=True),
        )
        page = None
        if not no_report:
            try:
                page = write_page(wanted.folder, settings)
            except ReportFailed as error:
                typer.echo(f"qgate: no page: {error.message}", err=True)
        summary = {
            "samples": ended.samples,
            "alerts": ended.raised,
            "open": list(ended.open),
            "folder": str(wanted.folder),
            "page": str(page) if page else None,
        }
        if not write_json(json_file, summary):
            alerts = f"{ended.raised} alerts, {len(ended.open)} of them not over"
            typer.echo(f"{ended.samples} looks, {alerts}: {page or wanted.folder}")
    raise typer.Exit(EXIT_FAILED if ended.raised else EXIT_PASSED)


def line(sample: Mapping[str, Any]) -> str:
    """Write a sample as one line."""
    parts = [f"{sample['at']:%H:%M:%S}Z", "healthy" if sample["healthy"] else "UNWELL"]
    if sample.get("response_time") is not None:
        parts.append(f"{sample['response_time']:,.0f} ms")
    if sample.get("error_rate") is not None:
        parts.append(f"{sample['errors']} errors in {sample['requests']} requests")
    if sample.get("max_connections"):
        parts.append(
            f"{sample['connections']} connections "
            f"({sample['all_connections']} of {sample['max_connections']} taken)"
        )
    return "  ".join(parts)
