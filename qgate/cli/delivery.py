"""`qgate image`, `deploy`, `rollback` and `proxy`: what goes to production."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated, NoReturn

import typer

from qgate.cli.common import (
    Addons,
    Config,
    Debug,
    JsonFile,
    Modules,
    NoReport,
    Sets,
    leave,
    settings_of,
    show,
    told,
    write_json,
    write_report_of,
)

To = Annotated[str, typer.Option("--to", help="Name of a target in qgate.toml.")]


image = typer.Typer(
    help="Production images of the modules.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


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


def proxy(
    to: To, config: Config = None, sets: Sets = None, debug: Debug = False
) -> None:
    """Print the configuration of HAProxy for a target."""
    with told(debug=debug):
        from qgate.delivery.proxy import configuration
        from qgate.delivery.target import find

        settings = settings_of(None, None, config, sets)
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
    with told(debug=debug):
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
            write_report_of(finished, debug=debug)
        show(finished, json_file)
        if json_file is None:
            console.show_deployment(finished.frames)
    leave(finished.verdict)


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
    with told(debug=debug):
        from qgate.delivery.image import build
        from qgate.environment.containers import connected
        from qgate.report import console

        settings = settings_of(addons, modules, config, sets)
        with (
            console.progress(("image",)) as progress,
            connected(settings) as engine,
        ):
            frame = build(settings, engine, progress, base=base, tag=tag).frame()
        [row] = json.loads(frame.to_json(orient="records"))
        if not write_json(json_file, row):
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
    with told(debug=debug):
        from qgate.delivery.registry import push
        from qgate.environment.containers import connected
        from qgate.report import console

        settings = settings_of(None, None, config, sets)
        with (
            console.progress(("image",)) as progress,
            connected(settings) as engine,
        ):
            pushed = push(settings, engine, progress, name, registry=registry)
        if not write_json(json_file, {"image": name, "pushed": pushed}):
            typer.echo(pushed)
