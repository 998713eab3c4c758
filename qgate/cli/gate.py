"""`qgate run` and its kin: modules pass through the gate, whole, in part, or divided."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple, NoReturn

import typer

from qgate.cli.common import (
    Addons,
    ChangedSince,
    Config,
    Debug,
    JsonFile,
    Modules,
    NoReport,
    ProfileName,
    Sets,
    Stages,
    leave,
    settings_of,
    show,
    told,
    words,
    write_json,
    write_report_of,
)
from qgate.errors import EXIT_ERROR, EXIT_PASSED

NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Use no result kept from an earlier run.")
]


FailFast = Annotated[
    bool, typer.Option("--fail-fast", help="Stop at the first stage that fails.")
]


PlanFile = Annotated[
    Path | None,
    typer.Option(
        "--plan", metavar="FILE", help="Run one entry of this plan; see --entry."
    ),
]


EntryName = Annotated[
    str, typer.Option("--entry", help="Name of the entry of --plan, as tests-2.")
]


def run(
    addons: Addons = None,
    modules: Modules = None,
    changed_since: ChangedSince = None,
    stages: Stages = None,
    profile: ProfileName = "local",
    config: Config = None,
    sets: Sets = None,
    json_file: JsonFile = None,
    no_cache: NoCache = False,
    no_report: NoReport = False,
    fail_fast: FailFast = False,
    plan_file: PlanFile = None,
    entry: EntryName = "",
    debug: Debug = False,
) -> None:
    """Pass the modules through the gate and show the verdict."""
    if plan_file or entry:
        given = (
            modules,
            changed_since,
            stages,
            None if profile == "local" else profile,
        )
        _entry(
            plan_file,
            entry,
            _Common(addons, config, sets, json_file, debug),
            cache=not no_cache,
            refused=any(given),
        )
    with told(debug=debug):
        from qgate import pipeline
        from qgate.api import Run as Finished
        from qgate.report import console

        settings = settings_of(addons, modules, config, sets, cache=not no_cache)
        plan = pipeline.make_plan(
            settings,
            stages=words(stages),
            profile=profile,
            changed_since=changed_since,
        )
        with console.progress(plan.demanded, plan.likely.whole) as progress:
            outcome = pipeline.execute(plan, progress=progress, fail_fast=fail_fast)
        finished = Finished(outcome.record)
        if not no_report:
            write_report_of(finished, debug=debug)
        show(finished, json_file)
    leave(finished.verdict)


def plan_(
    shards: Annotated[
        int, typer.Option("--shards", help="Parts a stage is divided into at most.")
    ] = 4,
    addons: Addons = None,
    modules: Modules = None,
    changed_since: ChangedSince = None,
    stages: Stages = None,
    profile: ProfileName = "local",
    config: Config = None,
    sets: Sets = None,
    json_file: JsonFile = None,
    debug: Debug = False,
) -> None:
    """Divide a run among machines: entries of stages and modules, and a matrix for CI."""
    with told(debug=debug):
        from qgate import pipeline, sharding
        from qgate.report import console

        settings = settings_of(addons, modules, config, sets)
        whole = pipeline.make_plan(
            settings,
            stages=words(stages),
            profile=profile,
            changed_since=changed_since,
        )
        made = sharding.make(whole, shards)
        if not write_json(json_file, made.as_json()):
            console.show_plan(made)


def merge(
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN...", help="Ids or folders of the runs.")
    ],
    config: Config = None,
    json_file: JsonFile = None,
    no_report: NoReport = False,
    debug: Debug = False,
) -> None:
    """Join the runs of a plan's entries into one run, and judge the whole."""
    with told(debug=debug):
        from qgate import merging
        from qgate import settings as configuration
        from qgate.api import Run as Finished
        from qgate.history import appending

        settings = configuration.load(config)
        outcome, notes = merging.merge(settings.reports, runs)
        appending.remember(settings, outcome.record)
        for note in notes:
            typer.echo(f"qgate: {note}", err=True)
        finished = Finished(outcome.record)
        if not no_report:
            write_report_of(finished, debug=debug)
        show(finished, json_file)
    leave(finished.verdict)


def lint(
    addons: Addons = None,
    modules: Modules = None,
    changed_since: ChangedSince = None,
    config: Config = None,
    sets: Sets = None,
    json_file: JsonFile = None,
    debug: Debug = False,
) -> None:
    """Run the static stage alone, without a report."""
    run(
        addons,
        modules,
        changed_since,
        "static",
        config=config,
        sets=sets,
        json_file=json_file,
        no_report=True,
        debug=debug,
    )


def only_tests(
    addons: Addons = None,
    modules: Modules = None,
    changed_since: ChangedSince = None,
    config: Config = None,
    sets: Sets = None,
    json_file: JsonFile = None,
    debug: Debug = False,
) -> None:
    """Run the tests stage alone, without a report."""
    run(
        addons,
        modules,
        changed_since,
        "tests",
        config=config,
        sets=sets,
        json_file=json_file,
        no_report=True,
        debug=debug,
    )


def full(
    addons: Addons = None,
    modules: Modules = None,
    changed_since: ChangedSince = None,
    profile: ProfileName = "local",
    config: Config = None,
    sets: Sets = None,
    json_file: JsonFile = None,
    debug: Debug = False,
) -> None:
    """Run every stage that the profile demands, and write the report."""
    run(
        addons,
        modules,
        changed_since,
        None,
        profile,
        config,
        sets,
        json_file,
        debug=debug,
    )


_JUDGED_LATER = "The verdict is made when `qgate merge` joins all entries."


class _Common(NamedTuple):
    """What every way to run the gate takes."""

    addons: list[Path] | None
    config: Path | None
    sets: list[str] | None
    json_file: Path | None
    debug: bool


def _entry(
    plan_file: Path | None, name: str, common: _Common, *, cache: bool, refused: bool
) -> NoReturn:
    """Run one entry of a plan; what it measured is judged when all are joined.

    So the exit code says only whether it was measured.
    """
    with told(debug=common.debug):
        from qgate import pipeline, sharding
        from qgate.api import Run as Finished
        from qgate.errors import UsageError
        from qgate.policy.judge import MEASURED, REUSED, SKIPPED
        from qgate.report import console

        if plan_file is None or not name or refused:
            message = "--plan and --entry go together, and the plan says all the rest."
            hint = "As in `qgate run --plan plan.json --entry tests-2`."
            raise UsageError(message, hint=hint)
        settings = settings_of(
            common.addons, None, common.config, common.sets, cache=cache
        )
        plan = sharding.part(settings, sharding.read(plan_file), name)
        with console.progress(plan.demanded) as progress:
            outcome = pipeline.execute(plan, progress=progress)
        finished = Finished(outcome.record)
        show(finished, common.json_file)
        typer.echo(_JUDGED_LATER, err=True)
        ended = set(finished.frames["executions"]["status"])
    raise typer.Exit(
        EXIT_PASSED if ended <= {MEASURED, REUSED, SKIPPED} else EXIT_ERROR
    )
