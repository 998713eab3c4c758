"""The command `ticket-to-module`: a ticket in, an Odoo module out.

Exit codes: 0 done, 1 done but the gate has not passed, 2 bad input, 3 a service could not
be reached.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from generator.session import STEPS, WRITTEN, Session, Step
from qgate.errors import EXIT_FAILED, EXIT_PASSED, UsageError
from qgate.telling import told

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # importing rich would double the time --help takes
    context_settings={"help_option_names": ["-h", "--help"]},
)
_PROGRAM = "ticket-to-module"


Output = Annotated[
    Path, typer.Option("--output", help="Folder of modules to write to.")
]
TicketJson = Annotated[
    Path | None, typer.Option("--ticket-json", metavar="FILE", help="JSON ticket.")
]
TicketId = Annotated[
    str | None,
    typer.Option(
        "--ticket-id",
        metavar="ID",
        help="Id or address of a Notion page; with --ticket-json one of its tickets.",
    ),
]
TicketText = Annotated[
    Path | None, typer.Option("--ticket-text", metavar="FILE", help="Plain text.")
]
Provider = Annotated[
    str, typer.Option("--provider", help="Who reads it: rules, anthropic, replay.")
]
Until = Annotated[str, typer.Option("--until", help=f"Last stage: {', '.join(STEPS)}.")]
JsonFile = Annotated[
    Path | None,
    typer.Option(
        "--json", metavar="FILE", help="Write the result as JSON; - is stdout."
    ),
]
Gate = Annotated[
    bool, typer.Option("--gate", help="Run the quality gate on the module.")
]
Profile = Annotated[str, typer.Option("--profile", help="Profile of the gate.")]
DraftPr = Annotated[bool, typer.Option("--draft-pr", help="Open a draft pull request.")]
Base = Annotated[str, typer.Option("--base", help="Branch the pull request is for.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite a person's changes.")]
Extend = Annotated[
    list[str] | None,
    typer.Option(
        "--extend",
        metavar="MODULE",
        help="Build on a module of Odoo's own instead of those that are recommended.",
    ),
]
Build = Annotated[
    bool, typer.Option("--build", help="Build on no module that is recommended.")
]
Replay = Annotated[
    Path | None,
    typer.Option(
        "--replay", metavar="FOLDER", help="Recorded exchanges for provider replay."
    ),
]
Record = Annotated[
    Path | None,
    typer.Option(
        "--record",
        metavar="FOLDER",
        help="Keep what provider anthropic answers, to be replayed.",
    ),
]
Config = Annotated[
    Path | None, typer.Option("--config", help="Configuration (qgate.toml).")
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set one value."),
]
Debug = Annotated[bool, typer.Option("--debug", help="Show tracebacks.")]


@app.command(
    epilog="Exit codes: 0 done, 1 done but the gate has not passed, 2 bad input, "
    "3 a service could not be reached."
)
def generate(
    output: Output,
    ticket_json: TicketJson = None,
    ticket_id: TicketId = None,
    ticket_text: TicketText = None,
    provider: Provider = "rules",
    until: Until = "tests",
    json_file: JsonFile = None,
    gate: Gate = False,
    profile: Profile = "local",
    draft_pr: DraftPr = False,
    base: Base = "main",
    force: Force = False,
    extend: Extend = None,
    build: Build = False,
    replay: Replay = None,
    record: Record = None,
    config: Config = None,
    sets: Sets = None,
    debug: Debug = False,
) -> None:
    """Turn a business ticket into an Odoo 19 module with tests."""
    passed = True
    with told(debug=debug, program=_PROGRAM):
        from qgate import settings as configuration
        from qgate.report import console

        last = _step(until, gate=gate, draft_pr=draft_pr)
        settings = configuration.load(config, overrides=sets or ())
        options = _options(provider, replay=replay, record=record)
        with console.progress(("read", *STEPS[: STEPS.index(last) + 1])) as progress:
            session = Session(settings, output, progress)
            session.extending = _extending(extend, build=build)
            session.read(
                ticket_json=ticket_json, ticket_text=ticket_text, ticket_id=ticket_id
            )
            session.extract(provider, **options)
            if last != "intent":
                session.analyse()
            stage = next((name for name in WRITTEN if name == last), None)
            if stage:
                session.render(stage)
        if stage:
            _write(session, force=force)
        if gate:
            passed = _gate(session, profile)
        if draft_pr:
            with console.waiting("Opening a draft pull request"):
                session.propose(base=base)
        if str(json_file) == "-":
            typer.echo(json.dumps(session.as_json(), indent=2, ensure_ascii=False))
        else:
            _show(session, json_file)
    raise typer.Exit(EXIT_PASSED if passed else EXIT_FAILED)


def _step(until: str, *, gate: bool, draft_pr: bool) -> Step:
    found = next((step for step in STEPS if step == until), None)
    if found is None:
        message = f"--until {until} is no stage."
        raise UsageError(message, hint=f"Use one of {', '.join(STEPS)}.")
    if (gate or draft_pr) and found != STEPS[-1]:
        option = "--gate" if gate else "--draft-pr"
        message = f"{option} needs the whole module, but --until {until} stops before."
        raise UsageError(message, hint="Leave one of the two out.")
    return found


def _extending(extend: list[str] | None, *, build: bool) -> list[str] | None:
    """Return the modules to build on, None where the analysis may choose."""
    if extend and build:
        message = "--build builds on nothing, and --extend on a module."
        raise UsageError(message, hint="Leave one of the two out.")
    return [] if build else extend


def _options(
    provider: str, *, replay: Path | None, record: Path | None
) -> dict[str, object]:
    """Return what the provider takes besides; nothing is left unused in silence."""
    for option, folder, reader in (
        ("--replay", replay, "replay"),
        ("--record", record, "anthropic"),
    ):
        if folder is not None and provider != reader:
            message = f"{option} has no use with --provider {provider}."
            raise UsageError(message, hint=f"Leave it out, or use --provider {reader}.")
    if replay is not None:
        return {"folder": replay}
    return {"record": record} if record is not None else {}


def _write(session: Session, *, force: bool) -> None:
    from generator.write import WouldOverwrite

    try:
        session.write(force=force)
    except WouldOverwrite as error:
        typer.echo(error.diff, err=True)
        raise


def _gate(session: Session, profile: str) -> bool:
    """Run the gate, show its verdict, and return whether it has passed."""
    from qgate.errors import QgateError
    from qgate.policy.judge import PASSED
    from qgate.report import console
    from qgate.report.notebook import write_report

    plan = session.plan_gate(profile)
    with console.progress(plan.demanded) as session.progress:
        run = session.gate(plan)
    try:
        with console.waiting("Writing the report"):
            write_report(run.record)
    except QgateError as error:
        typer.echo(f"{_PROGRAM}: the report could not be written: {error}", err=True)
    return run.verdict == PASSED


def _show(session: Session, json_file: Path | None) -> None:
    """Say what was made, what was assumed, and what a person still has to do."""
    from generator.shown import show
    from qgate.json_file import write_json
    from qgate.report import console

    if json_file is not None:
        write_json(json_file, session.as_json())
    show(session)
    if session.run is not None:
        console.show_run(session.run)
