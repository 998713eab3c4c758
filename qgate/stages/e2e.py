"""Stage e2e: the module's specs in real browsers, against a real Odoo."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final

from qgate.e2e import census, results, suite
from qgate.e2e.suite import Bench, Unit
from qgate.environment.serving import START_SECONDS
from qgate.errors import EnvironmentProblem, StageFailed
from qgate.frames import tables
from qgate.odoo_suite import junit
from qgate.stages import odoo
from qgate.stages.base import GRACE_SECONDS, Measurement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from qgate.e2e.suite import UnitRun
    from qgate.frames import Table
    from qgate.settings import Settings
    from qgate.stages.base import Context

_MODULE: Final = re.compile(r"^(?P<module>\w+):(?P<path>.+)$")


class E2eStage:
    """Serves a copy of the database with the gated modules and runs their specs on it."""

    name = "e2e"
    needs = frozenset({"odoo", "postgres", "browser"})
    after: frozenset[str] = frozenset()
    alone = False
    reusable = True
    tables: tuple[Table, ...] = (tables.SPECS, tables.E2E)

    def time_limit(self, settings: Settings) -> float:
        """Return the seconds for installing, starting and the specs, and a few to read."""
        install = settings.tests.template_time_limit + settings.tests.time_limit
        return install + START_SECONDS + settings.e2e.time_limit + GRACE_SECONDS

    def measure(self, context: Context) -> Measurement:
        """Run the specs of all gated modules, one module after the other.

        Raises:
            EnvironmentProblem: Odoo, PostgreSQL or a browser cannot be had.
            StageFailed: A spec cannot be collected, or something broke down meanwhile; what
                ran by then comes along.
        """
        units = list(_units(context))
        runs: list[UnitRun] = []
        problem: EnvironmentProblem | None = None
        if units:
            try:
                _run(context, units, runs)
            except EnvironmentProblem as error:
                problem = error
        frames = _frames(context, units, runs)
        causes = results.causes(context.workspace, runs)
        if problem:
            causes.append(str(problem))
        if causes:
            raise StageFailed(" ".join(causes), frames=frames)
        return Measurement(frames)


def specs_elsewhere(context: Context) -> list[tuple[str, Path]]:
    """Return the folders and files with specs beside those in the modules, by module.

    Those of modules that are not gated in this run are left out.

    Raises:
        StageFailed: One does not exist, or it is not clear which module it covers.
    """
    gated = {module.name for module in context.modules}
    found: list[tuple[str, Path]] = []
    for word in context.settings.e2e.paths:
        match = _MODULE.match(word)
        path = context.workspace.root / (match["path"] if match else word)
        module = match["module"] if match else context.workspace.module_of(path)
        if module is None and len(gated) == 1:
            (module,) = gated
        if not path.exists():
            message = f"e2e.paths names {word}, which does not exist."
            raise StageFailed(message, hint="Correct e2e.paths in qgate.toml.")
        if module is None:
            message = f"e2e.paths names {word}, which lies in no module."
            raise StageFailed(message, hint="Write module:path there.")
        if module in gated:
            found.append((module, path))
    return found


def _units(context: Context) -> Iterator[Unit]:
    places = [
        *((module.name, module.path / census.FOLDER) for module in context.modules),
        *specs_elsewhere(context),
    ]
    for module, place in places:
        specs = tuple(census.specs(place)) if place.exists() else ()
        if specs:
            yield Unit(module, place, specs)


def _run(context: Context, units: Sequence[Unit], runs: list[UnitRun]) -> None:
    """Run *units* and add what came of each to *runs*.

    Raises:
        EnvironmentProblem: They cannot run, or not all of them.
    """
    settings, progress = context.settings, context.progress
    browsers = context.environment.browsers(settings.e2e.browsers)
    video = context.environment.video(browsers)
    progress.step("e2e", "preparing the database")
    with odoo.copied(context, "e2e") as database:
        progress.step("e2e", "starting Odoo")
        with odoo.served(context, database, light_passwords=True) as server:
            bench = Bench(
                settings=settings,
                root=context.workspace.root,
                server=server,
                postgres=context.environment.postgres(),
                browsers=browsers,
                video=video,
                evidence=context.evidence,
                scratch=context.scratch,
                progress=progress,
                on_start=context.environment.record_process,
            )
            end = time.monotonic() + settings.e2e.time_limit
            for number, unit in enumerate(units):
                name = _name(unit, number, units)
                left = max(end - time.monotonic(), 1.0)
                runs.append(suite.run(bench, unit, name, left))
                if runs[-1].cause:
                    return  # what the others stand on may be broken too


def _name(unit: Unit, number: int, units: Sequence[Unit]) -> str:
    """Return the word that names a unit's files."""
    alike = [other for other in units if other.module == unit.module]
    return unit.module if len(alike) == 1 else f"{unit.module}-{number}"


def _frames(
    context: Context, units: Sequence[Unit], runs: Sequence[UnitRun]
) -> Mapping[str, pd.DataFrame]:
    settings = context.settings
    tests = [
        row
        for run in runs
        for row in results.test_rows(
            context.workspace, run, context.evidence, settings.secrets
        )
    ]
    specs = results.spec_rows(context.workspace, units, runs, settings.e2e.browsers)
    junit.write(context.evidence / "junit.xml", results.junit_rows(tests))
    return {"specs": tables.SPECS.frame(specs), "e2e": tables.E2E.frame(tests)}
