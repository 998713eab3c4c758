"""Stage readiness: what has to be so before a release, one row a check, with its evidence."""

from __future__ import annotations

import contextvars
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import psycopg
import requests

from qgate.errors import Interrupted, QgateError, StageFailed, UsageError
from qgate.frames import tables
from qgate.readiness import documentation, health, image, migration, variables
from qgate.readiness.base import ERROR, MEASURED, SKIPPED, Found
from qgate.stages import odoo
from qgate.stages.base import GRACE_SECONDS, Measurement
from qgate.workspace import git

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from qgate.frames import Table
    from qgate.settings import Settings
    from qgate.stages.base import Context

_CAUSES: Final = (QgateError, psycopg.Error, OSError, requests.RequestException)
"""What may keep a check from being carried out; anything else is a mistake of ours."""


class ReadinessStage:
    """Looks whether everything is there that a release needs."""

    name = "readiness"
    needs = frozenset({"odoo", "postgres"})
    after: frozenset[str] = frozenset()
    alone = False
    reusable = False
    tables: tuple[Table, ...] = (tables.READINESS,)

    def time_limit(self, settings: Settings) -> float:
        """Return the seconds for all checks, and a few to gather what they found."""
        return settings.readiness.time_limit + GRACE_SECONDS

    def measure(self, context: Context) -> Measurement:
        """Carry out the checks, as many at once as there are cores.

        What rests on another stage is looked at when that has ended; the rest need not wait.

        Raises:
            StageFailed: None could be carried out; why comes along, check by check.
            Interrupted: The run or the stage was ended.
        """
        watch = _Watch(context)
        wanted = [name for name in CHECKS if name in context.settings.readiness.checks]
        others = [name for name in _OTHER_STAGES if name in wanted]
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            futures = {
                # What a thread starts belongs to this stage.
                name: pool.submit(contextvars.copy_context().run, watch.carry_out, name)
                for name in wanted
                if name not in others
            }
        by_name = {name: future.result() for name, future in futures.items()}
        if others:
            context.progress.step(self.name, f"waiting for {' and '.join(others)}")
            verdicts = {**context.verdicts, **context.turn.after(*others)}
            watch = _Watch(replace(context, verdicts=verdicts))
            by_name |= {name: watch.carry_out(name) for name in others}
        found = [row for name in wanted for row in by_name[name]]
        frames = {"readiness": tables.READINESS.frame(found)}
        if found and all(row["outcome"] == ERROR for row in found):
            causes = dict.fromkeys(str(row["detail"]) for row in found)
            message = f"No check could be carried out: {' '.join(causes)}"
            raise StageFailed(message, frames=frames)
        return Measurement(frames)


class _Watch:
    """Carries out checks and says which ones are still at it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._busy: list[str] = []
        self._lock = threading.Lock()

    def carry_out(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of check *name*, or one that says why it could not be carried out."""
        self._tell(name, begins=True)
        begun = time.monotonic()
        try:
            found = list(CHECKS[name](self._context))
        except Interrupted:
            raise
        except _CAUSES as error:
            found = [Found(name, ERROR, _worded(error))]
        finally:
            self._tell(name, begins=False)
        seconds = time.monotonic() - begun
        return [
            {
                "check": name,
                "subject": item.subject,
                "outcome": item.outcome,
                "detail": item.detail,
                "figure": item.figure,
                "evidence": list(item.evidence),
                "seconds": seconds,
            }
            for item in found
        ]

    def _tell(self, name: str, *, begins: bool) -> None:
        with self._lock:
            if begins:
                self._busy.append(name)
            else:
                self._busy.remove(name)
            text = ", ".join(self._busy)
        if text:
            self._context.progress.step("readiness", text)


def _worded(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _stage_before(name: str) -> Callable[[Context], Iterable[Found]]:
    def check(context: Context) -> Iterable[Found]:
        """Note how the stage ended; the policy judges what it measured."""
        verdict = context.verdicts.get(name)
        if verdict is None and name in context.elsewhere:
            why = f"Stage {name} is measured by another entry of the plan."
            return [Found(name, MEASURED, why)]
        if verdict is None:
            why = f"Stage {name} was not demanded, so it did not run."
            return [Found(name, SKIPPED, why)]
        if verdict in ("passed", "failed"):
            return [Found(name, MEASURED, f"Stage {name} has measured.")]
        why = f"Stage {name} ended as {verdict}; its own reason says why."
        return [Found(name, ERROR, why)]

    return check


def _image(context: Context) -> Iterable[Found]:
    return [image.check(context.settings)]


def _documentation(context: Context) -> Iterable[Found]:
    name = context.settings.readiness.documentation
    root = context.workspace.root
    return [documentation.check(root / name, name, _top(context, root))]


def _health(context: Context) -> Iterable[Found]:
    with (
        odoo.copied(context, "health") as database,
        odoo.served(context, database, name="health") as server,
    ):
        return health.check(server, context.environment.postgres())


def _migration(context: Context) -> Iterable[Found]:
    return migration.check(context)


def _variables(context: Context) -> Iterable[Found]:
    settings = context.settings.readiness
    return variables.check(
        context.workspace, settings.compose_files, settings.documentation
    )


def _top(context: Context, root: Path) -> Path:
    """Return the top folder of the checkout, or the workspace where it is in none."""
    try:
        found = git(context.settings, root, "rev-parse", "--show-toplevel").strip()
    except UsageError:
        return root
    return type(root)(found)


_OTHER_STAGES: Final = ("security", "performance")
"""Checks that rest on the stages of these names."""

CHECKS: Final[dict[str, Callable[[Context], Iterable[Found]]]] = {
    # What takes longest begins first.
    "migration": _migration,
    "health": _health,
    **{name: _stage_before(name) for name in _OTHER_STAGES},
    "image": _image,
    "documentation": _documentation,
    "variables": _variables,
}
"""Every check there is, with the function that carries it out."""
