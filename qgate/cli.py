"""The command line: parse, call, print, exit. Nothing else of qgate prints or exits.

Exit codes: 0 passed, 1 failed, 2 wrong usage or configuration, 3 could not be judged.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, NoReturn

import typer

from qgate.cli_common import Config, Debug, JsonFile, NoReport, Sets
from qgate.cli_common import told as _told
from qgate.cli_common import words as _words
from qgate.cli_common import write_json as _write_json
from qgate.cli_history import history, trends
from qgate.cli_watch import watch
from qgate.errors import EXIT_ERROR, EXIT_FAILED, EXIT_PASSED, QgateError

if TYPE_CHECKING:
    from qgate.api import Run
    from qgate.settings import Settings

app = typer.Typer(
    help="Quality gate for Odoo 19 modules: measure, judge, keep the proof.",
    epilog="Exit codes: 0 passed, 1 failed, 2 wrong usage or configuration, "
    "3 could not be judged.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # importing rich would double the time --help takes
    context_settings={"help_option_names": ["-h", "--help"]},
)

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
ProfileName = Annotated[
    str, typer.Option("--profile", help="Profile that says which stages are demanded.")
]
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


@app.command()
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
    with _told(debug=debug):
        from qgate import pipeline, record
        from qgate.api import Run as Finished
        from qgate.report import console

        settings = _settings(addons, modules, config, sets, cache=not no_cache)
        plan = pipeline.make_plan(
            settings,
            stages=_words(stages),
            profile=profile,
            changed_since=changed_since,
        )
        likely = record.durations(
            plan.settings.reports, [module.name for module in plan.selection.modules]
        )
        with console.progress(plan.demanded, likely) as progress:
            outcome = pipeline.execute(plan, progress=progress, fail_fast=fail_fast)
        finished = Finished(outcome.record)
        if not no_report:
            _write_report(finished, debug=debug)
        _show(finished, json_file)
    _exit(finished.verdict)


@app.command("plan")
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
    with _told(debug=debug):
        from qgate import pipeline, sharding
        from qgate.report import console

        settings = _settings(addons, modules, config, sets)
        whole = pipeline.make_plan(
            settings,
            stages=_words(stages),
            profile=profile,
            changed_since=changed_since,
        )
        made = sharding.make(whole, shards)
        if not _write_json(json_file, made.as_json()):
            console.show_plan(made)


@app.command()
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
    with _told(debug=debug):
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
            _write_report(finished, debug=debug)
        _show(finished, json_file)
    _exit(finished.verdict)


@app.command()
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


@app.command("test")
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


@app.command()
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


@app.command("format")
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
    with _told(debug=debug):
        from qgate.formatting import format_modules
        from qgate.workspace import Workspace

        settings = _settings(addons, modules, config, sets)
        workspace = Workspace.load(settings)
        selection = workspace.select(settings, changed_since)
        changed = format_modules(workspace.root, selection.modules, settings, fix=fix)
        for path in changed:
            typer.echo(path)
        count = len(changed)
        files = "1 file" if count == 1 else f"{count} files"
        typer.echo(f"{files} {'changed' if fix else 'to change'}.", err=True)
    raise typer.Exit(EXIT_FAILED if changed and not fix else EXIT_PASSED)


@app.command()
def judge(
    run_id: Annotated[
        str, typer.Argument(metavar="RUN", help="Id or folder of a run, or latest.")
    ] = "latest",
    sets: Sets = None,
    config: Config = None,
    json_file: JsonFile = None,
    debug: Debug = False,
) -> None:
    """Judge an old run anew, under other thresholds, running nothing."""
    with _told(debug=debug):
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
        if not _write_json(json_file, data):
            console.show_verdicts(old.run_id, verdict, verdicts)
    _exit(verdict)


@app.command()
def report(
    run_id: Annotated[
        str, typer.Argument(metavar="RUN", help="Id or folder of a run, or latest.")
    ] = "latest",
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Write the HTML report of an old run again and print its path."""
    with _told(debug=debug):
        from qgate import record
        from qgate import settings as configuration
        from qgate.report import console
        from qgate.report.notebook import write_report

        old = record.load(configuration.load(config).reports, run_id)
        with console.waiting("Writing the report"):
            path = write_report(old)
        typer.echo(path)


@app.command()
def publish(
    run_id: Annotated[
        str, typer.Argument(metavar="RUN", help="Id or folder of a run, or latest.")
    ] = "latest",
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
    with _told(debug=debug):
        from qgate import record
        from qgate import settings as configuration
        from qgate.api import Run as Finished
        from qgate.errors import UsageError
        from qgate.surfaces import publish as surfaces
        from qgate.surfaces.baseline import baseline

        settings = configuration.load(config)
        found = Finished(record.load(settings.reports, run_id))
        names = _words(only) or ()
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


@app.command()
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
    with _told(debug=debug):
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
        if not _write_json(json_file, data):
            typer.echo(f"# {done.title}\n\n{done.text}")
        places, problems = tell(settings, done) if issue else ([], [])
        for line in (*places, *(f"qgate: {problem}" for problem in problems)):
            typer.echo(line, err=True)
    if done.unjudged or not done.looked_at:
        raise typer.Exit(EXIT_ERROR)
    raise typer.Exit(EXIT_PASSED if done.clean else EXIT_FAILED)


@app.command()
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
    with _told(debug=debug):
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


@app.command()
def tag(
    run_id: Annotated[
        str, typer.Argument(metavar="RUN", help="Id or folder of a run, or latest.")
    ] = "latest",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Tag the commit that a run has passed for production, and print the tag's name."""
    with _told(debug=debug):
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


To = Annotated[str, typer.Option("--to", help="Name of a target in qgate.toml.")]


@app.command()
def deploy(
    to: To,
    image_name: Annotated[
        str, typer.Option("--image", help="Image to deploy, by name or by digest.")
    ],
    config: Config = None,
    sets: Sets = None,
    json_file: JsonFile = None,
    no_report: NoReport = False,
    debug: Debug = False,
) -> None:
    """Deploy an image beside the one that serves, prove it, switch; or leave all as it was."""
    chosen = {"to": to, "image": image_name, "rollback": False}
    _deployment(chosen, config, sets, json_file, no_report=no_report, debug=debug)


@app.command()
def rollback(
    to: To,
    accept_loss: Annotated[
        bool,
        typer.Option(
            "--accept-loss", help="Leave out the writes that cannot be kept, as named."
        ),
    ] = False,
    config: Config = None,
    sets: Sets = None,
    json_file: JsonFile = None,
    no_report: NoReport = False,
    debug: Debug = False,
) -> None:
    """Go back to the previous image, and to its database with what was written since."""
    chosen = {"to": to, "rollback": True, "accept_loss": accept_loss}
    _deployment(chosen, config, sets, json_file, no_report=no_report, debug=debug)


@app.command()
def proxy(
    to: To, config: Config = None, sets: Sets = None, debug: Debug = False
) -> None:
    """Print the configuration of HAProxy for a target."""
    with _told(debug=debug):
        from qgate.delivery.proxy import configuration
        from qgate.delivery.target import find

        settings = _settings(None, None, config, sets)
        typer.echo(configuration(to, find(settings, to)))


def _deployment(
    chosen: dict[str, object],
    config: Path | None,
    sets: list[str] | None,
    json_file: Path | None,
    *,
    no_report: bool,
    debug: bool,
) -> NoReturn:
    """Run the stage deployment alone; its record is that of any run."""
    with _told(debug=debug):
        from qgate import pipeline
        from qgate import settings as configuration
        from qgate.api import Run as Finished
        from qgate.delivery.target import find
        from qgate.report import console

        settings = configuration.load(config, overrides=sets or (), deployment=chosen)
        find(settings, settings.deployment.to)
        plan = pipeline.make_plan(settings, stages=("deployment",))
        with console.progress(plan.demanded) as progress:
            outcome = pipeline.execute(plan, progress=progress)
        finished = Finished(outcome.record)
        if not no_report:
            _write_report(finished, debug=debug)
        _show(finished, json_file)
        if json_file is None:
            console.show_deployment(finished.frames)
    _exit(finished.verdict)


app.command()(trends)
app.command()(watch)
app.add_typer(history, name="history")

image = typer.Typer(
    help="Production images of the modules.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(image, name="image")


@image.command("build")
def image_build(
    base: Annotated[
        str, typer.Option("--base", help="Image with Odoo 19 to start from.")
    ] = "",
    tag: Annotated[
        str, typer.Option("--tag", help="Name of the image; the revision by default.")
    ] = "",
    addons: Addons = None,
    modules: Modules = None,
    config: Config = None,
    sets: Sets = None,
    json_file: JsonFile = None,
    debug: Debug = False,
) -> None:
    """Build a production image of the modules and show its size and layers."""
    with _told(debug=debug):
        from qgate.delivery.image import build
        from qgate.environment.containers import connected
        from qgate.report import console

        settings = _settings(addons, modules, config, sets)
        with (
            console.progress(("image",)) as progress,
            connected(settings) as engine,
        ):
            frame = build(settings, engine, progress, base=base, tag=tag).frame()
        [row] = json.loads(frame.to_json(orient="records"))
        if not _write_json(json_file, row):
            console.show_image(frame)


@image.command("push")
def image_push(
    name: Annotated[
        str, typer.Argument(metavar="IMAGE", help="Image to push, by its name.")
    ],
    registry: Annotated[
        str, typer.Option("--registry", help="Registry, and path in it, to push to.")
    ] = "",
    config: Config = None,
    sets: Sets = None,
    json_file: JsonFile = None,
    debug: Debug = False,
) -> None:
    """Push an image, pull it back by its digest, and print that name."""
    with _told(debug=debug):
        from qgate.delivery.registry import push
        from qgate.environment.containers import connected
        from qgate.report import console

        settings = _settings(None, None, config, sets)
        with (
            console.progress(("image",)) as progress,
            connected(settings) as engine,
        ):
            pushed = push(settings, engine, progress, name, registry=registry)
        if not _write_json(json_file, {"image": name, "pushed": pushed}):
            typer.echo(pushed)


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
    with _told(debug=common.debug):
        from qgate import pipeline, sharding
        from qgate.api import Run as Finished
        from qgate.errors import UsageError
        from qgate.policy.judge import MEASURED, REUSED, SKIPPED
        from qgate.report import console

        if plan_file is None or not name or refused:
            message = "--plan and --entry go together, and the plan says all the rest."
            hint = "As in `qgate run --plan plan.json --entry tests-2`."
            raise UsageError(message, hint=hint)
        settings = _settings(
            common.addons, None, common.config, common.sets, cache=cache
        )
        plan = sharding.part(settings, sharding.read(plan_file), name)
        with console.progress(plan.demanded) as progress:
            outcome = pipeline.execute(plan, progress=progress)
        finished = Finished(outcome.record)
        _show(finished, common.json_file)
        typer.echo(_JUDGED_LATER, err=True)
        ended = set(finished.frames["executions"]["status"])
    raise typer.Exit(
        EXIT_PASSED if ended <= {MEASURED, REUSED, SKIPPED} else EXIT_ERROR
    )


def _settings(
    addons: list[Path] | None,
    modules: str | None,
    config: Path | None,
    sets: list[str] | None,
    *,
    cache: bool = True,
) -> Settings:
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
            "modules": _words(modules),
        },
    )


def _write_report(finished: Run, *, debug: bool) -> None:
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


def _show(finished: Run, json_file: Path | None) -> None:
    from qgate.report import console

    if _write_json(json_file, finished.as_json()):
        return
    console.show_run(finished)


def _exit(verdict: str) -> NoReturn:
    codes = {"passed": EXIT_PASSED, "failed": EXIT_FAILED}
    raise typer.Exit(codes.get(verdict, EXIT_ERROR))


__all__ = ["app"]
