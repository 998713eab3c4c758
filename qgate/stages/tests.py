"""Stage tests: Odoo's own suite on a fresh database, with coverage and proof that it ran."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from coverage.exceptions import CoverageException

from qgate import process
from qgate.errors import EnvironmentProblem, StageFailed
from qgate.frames import tables
from qgate.odoo_suite import junit, log, suite
from qgate.odoo_suite.census import found_tests
from qgate.odoo_suite.coverage import Measured
from qgate.odoo_suite.journal import SKIPPED, UNFINISHED
from qgate.stages.base import GRACE_SECONDS, Measurement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from qgate.environment.database import Template
    from qgate.frames import Table
    from qgate.odoo_suite.census import FoundTest
    from qgate.odoo_suite.journal import TestRun
    from qgate.odoo_suite.suite import SuiteRun
    from qgate.settings import Settings
    from qgate.stages.base import Context
    from qgate.workspace import Module

_MESSAGE_CHARACTERS: Final = 20_000
_LOG_LINES_KEPT: Final = 20


class TestsStage:
    """Installs the gated modules and runs their tests in a real Odoo."""

    __test__ = False

    name = "tests"
    needs = frozenset({"odoo", "postgres"})
    after: frozenset[str] = frozenset()
    alone = False
    reusable = True
    tables: tuple[Table, ...] = (
        tables.SUITES,
        tables.CENSUS,
        tables.TESTS,
        tables.COVERAGE,
    )

    def time_limit(self, settings: Settings) -> float:
        """Return the seconds for template and suite, and a few to read the evidence."""
        limits = settings.tests
        return limits.template_time_limit + limits.time_limit + GRACE_SECONDS

    def measure(self, context: Context) -> Measurement:
        """Run the suite once for all gated modules and gather the evidence.

        Raises:
            EnvironmentProblem: Odoo, PostgreSQL or a module from outside cannot be had.
            StageFailed: The database server went away, or coverage data cannot be read.
        """
        context.progress.step(self.name, "preparing the database")
        databases = context.environment.databases()
        server = context.environment.postgres()
        template = databases.template(
            context.workspace.outside(context.modules),
            extra_addons=context.workspace.extra_addons,
            time_limit=context.settings.tests.template_time_limit,
            log=context.evidence / "template.log",
        )
        with databases.clone(template, self.name, context.scratch) as database:
            try:
                run = suite.run(context, context.environment.odoo(), server, database)
            except EnvironmentProblem as error:
                raise StageFailed(error.message, hint=error.hint) from error
        if run.ended != suite.COMPLETED and log.database_gone(run.done.output):
            message = f"PostgreSQL at {server.address} went away while the tests ran."
            said = process.tail(run.done.output, 5)
            raise StageFailed(message, hint=f"The log ends with: {said}")
        context.progress.step(self.name, "reading the evidence")
        return Measurement(_frames(context, run, template))


def _frames(
    context: Context, run: SuiteRun, template: Template
) -> Mapping[str, pd.DataFrame]:
    found = {module.name: found_tests(module.path) for module in context.modules}
    tests = [_test(context, test, found) for test in run.journal.tests]
    junit.write(context.evidence / "junit.xml", tests)
    coverage = _coverage(context, run)
    return {
        "suites": tables.SUITES.frame([_suite(context, run, template)]),
        "census": tables.CENSUS.frame(
            _census(module, found[module.name], run) for module in context.modules
        ),
        "tests": tables.TESTS.frame(tests),
        "coverage": tables.COVERAGE.frame(coverage),
    }


def _suite(context: Context, run: SuiteRun, template: Template) -> dict[str, Any]:
    result = run.result
    return {
        "suite": "tests",
        "modules": [module.name for module in context.modules],
        "ended": run.ended,
        "exit_code": None if run.done.timed_out else run.done.returncode,
        "cause": run.cause,
        "last_test": run.journal.last,
        "reported_tests": result.tests if result else None,
        "reported_failures": result.failures if result else None,
        "reported_errors": result.errors if result else None,
        "coverage_written": run.journal.coverage_files is not None
        and run.data.exists(),
        "regular_shutdown": run.journal.code is not None,
        "template": template.name,
        "template_reused": template.reused,
        "template_seconds": template.seconds,
        "time_limit": context.settings.tests.time_limit,
        "seconds": run.done.seconds,
        "peak_memory": run.done.peak_memory,
        "log_tail": process.tail(run.done.output, context.settings.tests.log_lines),
    }


def _census(
    module: Module, found: Sequence[FoundTest], run: SuiteRun
) -> dict[str, Any]:
    own = [test for test in run.journal.tests if test.module == module.name]
    ended = {
        (test.file, test.kind, test.test) for test in own if test.outcome != UNFINISHED
    }
    missing = [test for test in found if (test.file, test.kind, test.test) not in ended]
    state, version = run.states.get(module.name, (None, None))
    methods = [test for test in own if "(" not in test.test and _is_method(test)]
    return {
        "module": module.name,
        "found": len(found),
        "executed": sum(t.outcome not in (SKIPPED, UNFINISHED) for t in methods),
        "skipped": sum(t.outcome == SKIPPED for t in methods),
        "missing": [
            f"{test.name} (tagged {', '.join(test.tags)})"
            if _excluded(test)
            else test.name
            for test in missing
            if test.imported
        ],
        "not_imported": sorted(
            {f"tests/{t.path.name}" for t in found if not t.imported}
        ),
        "state": state,
        "installed_version": version,
        "log_errors": _about(module, log.errors(run.entries), run),
        "log_warnings": _about(module, log.warnings(run.entries), run),
    }


def _is_method(test: TestRun) -> bool:
    return test.test not in ("setUpClass", "tearDownClass")


def _excluded(test: FoundTest) -> bool:
    """Tell whether its tags keep Odoo from choosing the test."""
    nowhere = "-at_install" in test.tags and "post_install" not in test.tags
    return "-standard" in test.tags or nowhere


def _about(module: Module, lines: Sequence[str], run: SuiteRun) -> list[str]:
    """Return the lines that name *module*, and what Odoo says of loading the only one."""
    only = len(run.states) <= 1
    own = [
        line
        for line in lines
        if module.name in line
        or (only and line.startswith(("odoo.modules", "odoo.registry")))
    ]
    return list(dict.fromkeys(own))[:_LOG_LINES_KEPT]


def _test(
    context: Context, test: TestRun, found: Mapping[str, Sequence[FoundTest]]
) -> dict[str, Any]:
    source = next(
        (
            item
            for item in found.get(test.module, ())
            if (item.file, item.kind) == (test.file, test.kind)
            and (item.test == test.test or not _is_method(test))
        ),
        None,
    )
    message = "\n".join(test.messages)
    if len(message) > _MESSAGE_CHARACTERS:
        half = _MESSAGE_CHARACTERS // 2
        message = f"{message[:half]}\n[...]\n{message[-half:]}"
    return {
        "module": test.module,
        "class": test.kind,
        "test": test.test,
        "outcome": test.outcome,
        "seconds": test.seconds,
        "message": process.mask(message, context.settings.secrets) or None,
        "phase": test.phase,
        "path": context.workspace.relative(source.path) if source else None,
        "line": source.line if source and _is_method(test) else None,
        "queries": test.queries,
    }


def _coverage(context: Context, run: SuiteRun) -> list[dict[str, Any]]:
    if not run.data.exists():
        return []
    try:
        measured = Measured(run.data, context.evidence)
        rows = measured.rows(context.workspace, (*context.modules, *context.neighbours))
        if rows:
            names = ", ".join(module.name for module in context.modules)
            measured.write_html(f"Coverage of {names}")
    except CoverageException as error:
        message = f"The coverage data {run.data} cannot be read ({error})."
        raise StageFailed(message, hint="Run the gate again.") from error
    return rows
