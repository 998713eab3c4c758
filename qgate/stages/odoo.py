"""What stages that need a running Odoo share: one installation a run, and servers on copies."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from qgate.environment.serving import serve
from qgate.errors import EnvironmentProblem
from qgate.odoo_suite import log as odoo_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qgate.environment.database import Database, Template
    from qgate.environment.serving import OdooServer
    from qgate.stages.base import Context


def addons(context: Context) -> tuple[Path, ...]:
    """Return the addons paths of the workspace, beside Odoo's own."""
    return (*context.workspace.addons, *context.workspace.extra_addons)


def installed(context: Context) -> Template:
    """Return the database in which the gated modules are installed, made once a run.

    Raises:
        EnvironmentProblem: Odoo or PostgreSQL cannot be had, or a module not be installed.
    """
    return context.environment.once("installed", lambda: _install(context))


@contextmanager
def copied(context: Context, suffix: str) -> Iterator[Database]:
    """Give a copy of the database in which the gated modules are installed.

    Args:
        context: That of the stage.
        suffix: Tells the copies of a run apart.
    """
    template = installed(context)
    databases = context.environment.databases()
    with databases.clone(template, suffix, context.scratch) as database:
        yield database


@contextmanager
def served(
    context: Context,
    database: Database,
    *,
    name: str = "odoo",
    workers: int = 0,
    light_passwords: bool = False,
) -> Iterator[OdooServer]:
    """Serve *database* with the workspace's modules on the addons path, healthy when given.

    Args:
        context: That of the stage.
        database: What to serve.
        name: The log is kept in the evidence as `<name>.log`.
        workers: Processes of Odoo; 0 is one with threads.
        light_passwords: Whether to hash passwords in one round.

    Raises:
        EnvironmentProblem: It does not become healthy.
    """
    with serve(
        context.settings,
        context.environment.odoo(),
        context.environment.postgres(),
        database,
        addons=addons(context),
        log=context.evidence / f"{name}.log",
        workers=workers,
        light_passwords=light_passwords,
        on_start=context.environment.record_process,
    ) as server:
        yield server


def _install(context: Context) -> Template:
    limits = context.settings.tests
    databases = context.environment.databases()
    template = databases.template(
        context.workspace.outside(context.modules),
        extra_addons=context.workspace.extra_addons,
        time_limit=limits.template_time_limit,
        log=context.evidence / "template.log",
    )
    names = [module.name for module in context.modules]
    log = context.evidence / "install.log"
    try:
        return databases.install(
            template,
            names,
            addons(context),
            scratch=context.scratch.parent,
            time_limit=limits.time_limit,
            log=log,
        )
    except EnvironmentProblem as error:
        text = log.read_text(encoding="utf-8") if log.exists() else ""
        if cause := odoo_log.cause(text):
            message = f"Installing {', '.join(names)} failed: {cause}."
            raise EnvironmentProblem(message, hint=f"See {log}.") from error
        raise
