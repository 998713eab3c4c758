"""Commands that look at runs, components and files, and measure nothing."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from qgate.cli.common import (
    Addons,
    ChangedSince,
    Config,
    Debug,
    JsonFile,
    Modules,
    RunId,
    Sets,
    leave,
    settings_of,
    told,
    write_json,
)
from qgate.errors import EXIT_ERROR, EXIT_FAILED, EXIT_PASSED


def format_(
    fix: Annotated[
        bool, typer.Option("--fix", help="Change the files; otherwise only list them.")
    ] = False,
    addons: Addons = None,
    modules: Modules = None,
    changed_since: ChangedSince = None,
    config: Config = None,
    sets: Sets = None,
    debug: Debug = False,
) -> None:
    """List the files that ruff, isort and black would change; with --fix change them."""
    with told(debug=debug):
        from qgate.formatting import format_modules
        from qgate.workspace import Workspace

        settings = settings_of(addons, modules, config, sets)
        workspace = Workspace.load(settings)
        selection = workspace.select(settings, changed_since)
        changed = format_modules(workspace.root, selection.modules, settings, fix=fix)
        for path in changed:
            typer.echo(path)
        count = len(changed)
        files = "1 file" if count == 1 else f"{count} files"
        typer.echo(f"{files} {'changed' if fix else 'to change'}.", err=True)
    raise typer.Exit(EXIT_FAILED if changed and not fix else EXIT_PASSED)


def judge(
    run_id: RunId = "latest",
    sets: Sets = None,
    config: Config = None,
    json_file: JsonFile = None,
    debug: Debug = False,
) -> None:
    """Judge an old run anew, under other thresholds, running nothing."""
    with told(debug=debug):
        from qgate import pipeline, record
        from qgate import settings as configuration
        from qgate.report import console

        settings = configuration.load(config)
        old = record.load(settings.reports, run_id)
        policy = configuration.with_policy(old.data["policy"], sets or ())
        verdicts, verdict = pipeline.judge(old, policy)
        data: dict[str, object] = {
            "run_id": old.run_id,
            "verdict": verdict,
            "modules": list(old.data["modules"]),
            "stages": [
                {
                    "stage": item.stage,
                    "verdict": item.verdict,
                    "seconds": round(item.seconds, 3),
                    "reasons": list(item.reasons),
                }
                for item in verdicts
            ],
            "policy": policy.model_dump(mode="json"),
        }
        if not write_json(json_file, data):
            console.show_verdicts(old.run_id, verdict, verdicts)
    leave(verdict)


def report(
    run_id: RunId = "latest",
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Write the HTML report of an old run again and print its path."""
    with told(debug=debug):
        from qgate import record
        from qgate import settings as configuration
        from qgate.report import console
        from qgate.report.notebook import write_report

        old = record.load(configuration.load(config).reports, run_id)
        with console.waiting("Writing the report"):
            path = write_report(old)
        typer.echo(path)


def env(
    provision: Annotated[
        bool, typer.Option("--provision", help="Download and set up what is missing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: Config = None,
    sets: Sets = None,
    debug: Debug = False,
) -> None:
    """Show the components the gate judges with: which one, its version, where it is."""
    ready = True
    with told(debug=debug):
        from qgate import settings as configuration
        from qgate.environment import OPTIONAL, Environment
        from qgate.report import console

        settings = configuration.load(config, overrides=sets or ())
        with (
            console.progress(("environment",)) as progress,
            Environment(settings, progress) as environment,
        ):
            components = environment.components(provision=provision)
        needed = components[~components["component"].isin(OPTIONAL)]
        ready = bool((needed["status"] == "ready").all())
        if as_json:
            rows = json.loads(components.to_json(orient="records"))
            typer.echo(json.dumps({"components": rows}, indent=2))
        else:
            console.show_components(components)
    raise typer.Exit(EXIT_PASSED if ready else EXIT_ERROR)


def tag(
    run_id: RunId = "latest",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Tag the commit that a run has passed for production, and print the tag's name."""
    with told(debug=debug):
        from qgate import record, release
        from qgate import settings as configuration

        settings = configuration.load(config)
        made = release.tag(settings, record.load(settings.reports, run_id))
        if as_json:
            data = {
                "tag": made.name,
                "commit": made.commit,
                "run_id": made.run_id,
                "created": made.created,
                "push": made.push,
            }
            typer.echo(json.dumps(data, indent=2))
        else:
            typer.echo(made.name)
        state = "Tagged" if made.created else "It was there already:"
        typer.echo(f"{state} {made.commit[:12]}. Publish it: {made.push}", err=True)
