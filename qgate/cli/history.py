"""`qgate history ...` and `qgate trends`: the runs there were, and how they develop."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qgate.cli.common import Config, Debug, JsonFile, Sets, told, write_json
from qgate.errors import EXIT_ERROR, EXIT_PASSED

if TYPE_CHECKING:
    import pandas as pd

    from qgate.history.store import History
    from qgate.settings import Settings

history = typer.Typer(
    help="The history: the frames of all runs.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Url = Annotated[
    str | None,
    typer.Option(
        "--url", metavar="URL", help="Folder or URL of the history (history.url)."
    ),
]
Branch = Annotated[
    str | None, typer.Option("--branch", help="Only runs of this branch.")
]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="WHEN", help="Only runs since: 30d, 2026-11-24."),
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="WHEN", help="Only runs before.")
]
Module = Annotated[
    str | None, typer.Option("--module", help="Only runs that judged this module.")
]


@history.command("ls")
def listing(
    branch: Branch = None,
    since: Since = None,
    until: Until = None,
    module: Module = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help="How many, the newest.")
    ] = 30,
    url: Url = None,
    config: Config = None,
    json_file: JsonFile = None,
    debug: Debug = False,
) -> None:
    """List runs, the newest first."""
    with told(debug=debug):
        from qgate.report import console_history

        opened = _opened(config, url)
        found = opened.runs(branch=branch, since=since, until=until, module=module)
        shown = found.tail(limit).iloc[::-1]
        data = {"url": opened.url, "runs": _plain(shown), "problems": opened.problems}
        if not write_json(json_file, data):
            console_history.show_runs(shown, len(found), opened.url)
        _complain(opened)


@history.command()
def show(
    frame: Annotated[
        str,
        typer.Argument(
            metavar="FRAME", help="A frame, as performance, or module_coverage."
        ),
    ],
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="COLUMN=VALUE",
            help="Only rows with this value; may be repeated.",
        ),
    ] = None,
    branch: Branch = None,
    since: Since = None,
    until: Until = None,
    module: Module = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help="How many rows, the last.")
    ] = 30,
    url: Url = None,
    config: Config = None,
    json_file: JsonFile = None,
    debug: Debug = False,
) -> None:
    """Show the rows of a frame over many runs, oldest first."""
    with told(debug=debug):
        from qgate.report import console_history

        opened = _opened(config, url)
        found = opened.frame(
            frame,
            branch=branch,
            since=since,
            until=until,
            module=module,
            **_conditions(where),
        )
        shown = found.tail(limit)
        data = {
            "frame": frame,
            "found": len(found),
            "rows": _plain(shown),
            "problems": opened.problems,
        }
        if not write_json(json_file, data):
            console_history.show_frame(
                shown, f"{frame}: {len(shown)} of {len(found)} rows"
            )
        _complain(opened)


@history.command()
def export(
    frame: Annotated[str, typer.Argument(metavar="FRAME", help="runs, or a frame.")],
    target: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Ends in .csv, .parquet, .json or .jsonl."),
    ],
    branch: Branch = None,
    since: Since = None,
    until: Until = None,
    module: Module = None,
    url: Url = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Write the rows of a frame over many runs into a file."""
    with told(debug=debug):
        from qgate.history.exporting import write_frame

        opened = _opened(config, url)
        chosen = {"branch": branch, "since": since, "until": until, "module": module}
        found = (
            opened.runs(**chosen) if frame == "runs" else opened.frame(frame, **chosen)
        )
        write_frame(found, target)
        typer.echo(f"{len(found)} rows: {target}", err=True)
        _complain(opened)


@history.command()
def compact(
    url: Url = None,
    config: Config = None,
    json_file: JsonFile = None,
    debug: Debug = False,
) -> None:
    """Make few files of many; runs may be appended and read meanwhile."""
    with told(debug=debug):
        from qgate.report import console

        opened = _opened(config, url)
        with console.waiting("Compacting the history"):
            done = opened.compact()
        data: dict[str, object] = {
            "merged": done.merged,
            "written": done.written,
            "removed": done.removed,
            "waiting": done.waiting,
            "problems": done.problems,
        }
        if not write_json(json_file, data):
            waiting = f", {done.waiting} wait to be removed" if done.waiting else ""
            typer.echo(
                f"{done.merged} files became {done.written}, "
                f"{done.removed} replaced ones were removed{waiting}."
            )
        for problem in done.problems:
            typer.echo(f"qgate: {problem}", err=True)


@history.command("import")
def import_(
    runs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="RUN...", help="Folders of runs; by default all in report.folder."
        ),
    ] = None,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help="Write those that are there once more, as a file is broken."
        ),
    ] = False,
    url: Url = None,
    config: Config = None,
    json_file: JsonFile = None,
    debug: Debug = False,
) -> None:
    """Append runs that have a record and are not in the history yet."""
    unread = 0
    with told(debug=debug):
        from qgate import record
        from qgate.errors import QgateError

        settings = _settings(config)
        opened = _opened(config, url)
        folders: list[str | Path] = list(runs or record.run_ids(settings.reports))
        added: list[str] = []
        for folder in folders:
            try:
                found = record.load(settings.reports, folder)
                before = opened.append(
                    found, report=settings.report_address(found.data), again=again
                )
            except QgateError as error:
                unread += 1
                typer.echo(f"qgate: {error}", err=True)
                continue
            added.append(found.run_id)
            if before:
                typer.echo(f"qgate: {before}", err=True)
        data: dict[str, object] = {"looked_at": len(folders), "in_history": added}
        if not write_json(json_file, data):
            typer.echo(f"{len(added)} of {len(folders)} runs are in {opened.url}.")
    raise typer.Exit(EXIT_ERROR if unread else EXIT_PASSED)


def trends(
    branch: Annotated[
        str, typer.Option("--branch", help="Branch; all when empty.")
    ] = "main",
    since: Annotated[
        str, typer.Option("--since", metavar="WHEN", help="From when on.")
    ] = "90d",
    module: Annotated[str, typer.Option("--module", help="Only this module.")] = "",
    output: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="FILE", help="The page; trends.html in report.folder."
        ),
    ] = None,
    url: Url = None,
    config: Config = None,
    sets: Sets = None,
    debug: Debug = False,
) -> None:
    """Write the page of trends over the history, and print its path."""
    with told(debug=debug):
        from qgate import settings as configuration
        from qgate.report import console
        from qgate.report.trends.writing import write_page

        settings = configuration.load(config, overrides=sets or ())
        with console.waiting("Writing the trends"):
            page = write_page(
                settings,
                output or settings.reports / "trends.html",
                url=url,
                branch=branch,
                since=since,
                module=module,
                config=config,
            )
        typer.echo(page)


def _settings(config: Path | None) -> Settings:
    from qgate import settings as configuration

    return configuration.load(config)


def _opened(config: Path | None, url: str | None) -> History:
    from qgate.history import open_history

    return open_history(url, config=config)


def _conditions(words: list[str] | None) -> dict[str, Any]:
    from qgate.errors import UsageError

    found: dict[str, Any] = {}
    for word in words or ():
        column, sign, value = word.partition("=")
        if not sign:
            message = f"--where {word} is not COLUMN=VALUE."
            raise UsageError(message, hint='As in --where operation="List Load".')
        found[column.strip()] = value.strip()
    return found


def _plain(found: pd.DataFrame) -> list[dict[str, Any]]:
    text = found.to_json(orient="records", date_format="iso")
    return list(json.loads(text))


def _complain(opened: History) -> None:
    for problem in opened.problems:
        typer.echo(f"qgate: {problem}", err=True)


__all__ = ["history", "trends"]
