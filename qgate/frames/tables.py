"""Every table and column of qgate, spelled once."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from qgate.frames.schema import Column, Table

_TEXT: Final = pa.string()
_WHOLE: Final = pa.int64()
_REAL: Final = pa.float64()
_FLAG: Final = pa.bool_()
_TIME: Final = pa.timestamp("ms", tz="UTC")
_TEXTS: Final = pa.list_(pa.string())
_WHOLES: Final = pa.list_(pa.int64())

MODULES: Final = Table(
    "modules",
    1,
    "One module that the run looked at.",
    (
        Column("module", _TEXT, "Technical name.", key=True),
        Column("path", _TEXT, "Folder, relative to the workspace."),
        Column("version", _TEXT, "Version of the manifest.", optional=True),
        Column("depends", _TEXTS, "Modules it depends on directly."),
        Column("gated", _FLAG, "Whether the verdict depends on it."),
        Column(
            "why", _TEXT, "Why it was chosen: named, changed, depends on a changed one."
        ),
    ),
)

EXECUTIONS: Final = Table(
    "executions",
    1,
    "How the measuring of one stage went; nothing here is judged.",
    (
        Column("stage", _TEXT, "Name of the stage.", key=True),
        Column("status", _TEXT, "measured, error, blocked or skipped."),
        Column("cause", _TEXT, "Why it is not `measured`.", optional=True),
        Column("started", _TIME, "When measuring began.", optional=True),
        Column("seconds", _REAL, "How long measuring took.", unit="s"),
    ),
)

STAGES: Final = Table(
    "stages",
    1,
    "The verdict on one stage.",
    (
        Column("stage", _TEXT, "Name of the stage.", key=True),
        Column("verdict", _TEXT, "passed, failed, error, skipped or blocked."),
        Column("seconds", _REAL, "How long measuring took.", unit="s"),
        Column("reasons", _TEXTS, "Why, one sentence each."),
    ),
)

TOOLS: Final = Table(
    "tools",
    1,
    "One tool that ran in stage static, on one module.",
    (
        Column("tool", _TEXT, "Name of the tool.", key=True),
        Column("module", _TEXT, "Module it looked at.", key=True),
        Column("version", _TEXT, "Version it reported."),
        Column("files", _WHOLE, "Files it was given to look at."),
        Column("findings", _WHOLE, "Findings it reported."),
        Column(
            "score", _REAL, "Score from 0 to 10, where the tool has one.", optional=True
        ),
        Column("statements", _WHOLE, "Statements the score counts.", optional=True),
        Column("seconds", _REAL, "Wall time of the program.", unit="s"),
    ),
)

FINDINGS: Final = Table(
    "findings",
    1,
    "One thing a tool found.",
    (
        Column("tool", _TEXT, "Tool that found it."),
        Column("rule", _TEXT, "The tool's code of the rule, as E501 or B608."),
        Column(
            "severity",
            _TEXT,
            "fatal, error, high, medium, warning, low, convention, refactor or info.",
        ),
        Column("path", _TEXT, "File, relative to the workspace."),
        Column("line", _WHOLE, "Line, from 1.", optional=True),
        Column("column", _WHOLE, "Column, from 1.", optional=True),
        Column("message", _TEXT, "What the tool says."),
        Column("module", _TEXT, "Module the file belongs to."),
    ),
)

SUITES: Final = Table(
    "suites",
    1,
    "One process that installed modules and ran Odoo's tests.",
    (
        Column("suite", _TEXT, "Name, unique in the run.", key=True),
        Column("modules", _TEXTS, "Modules it had to install and test."),
        Column(
            "ended",
            _TEXT,
            "completed; time_limit; early (no regular shutdown); install_failed; killed.",
        ),
        Column("exit_code", _WHOLE, "Exit code of the process.", optional=True),
        Column("cause", _TEXT, "What ended it, when not `completed`.", optional=True),
        Column("last_test", _TEXT, "Test that had begun last.", optional=True),
        Column(
            "reported_tests", _WHOLE, "Tests in Odoo's own result line.", optional=True
        ),
        Column("reported_failures", _WHOLE, "Failures in that line.", optional=True),
        Column("reported_errors", _WHOLE, "Errors in that line.", optional=True),
        Column("coverage_written", _FLAG, "Whether coverage data was written."),
        Column("regular_shutdown", _FLAG, "Whether the server shut down by itself."),
        Column("template", _TEXT, "Template the database was cloned from."),
        Column("template_reused", _FLAG, "Whether that template was there before."),
        Column("template_seconds", _REAL, "Time to make the template.", unit="s"),
        Column("time_limit", _REAL, "Limit of that time.", unit="s"),
        Column("seconds", _REAL, "Wall time of the process.", unit="s"),
        Column("peak_memory", _WHOLE, "Largest resident set.", unit="bytes"),
        Column("log_tail", _TEXT, "Last lines of the Odoo log."),
    ),
)

CENSUS: Final = Table(
    "census",
    1,
    "One module's tests in the source against those that ran, and its state afterwards.",
    (
        Column("module", _TEXT, "Technical name.", key=True),
        Column("found", _WHOLE, "Test methods in its source, by their syntax tree."),
        Column("executed", _WHOLE, "Tests that ran to their end, skipped ones apart."),
        Column("skipped", _WHOLE, "Tests that were skipped."),
        Column("missing", _TEXTS, "Tests in the source that did not run to their end."),
        Column(
            "not_imported", _TEXTS, "Test files that tests/__init__.py does not import."
        ),
        Column("state", _TEXT, "State in ir_module_module afterwards.", optional=True),
        Column("installed_version", _TEXT, "Version in the database.", optional=True),
        Column(
            "log_errors", _TEXTS, "Lines of level ERROR or CRITICAL naming no test."
        ),
        Column("log_warnings", _TEXTS, "Warnings of Odoo's loading, fields and views."),
    ),
)

TESTS: Final = Table(
    "tests",
    1,
    "One Odoo test.",
    (
        Column("module", _TEXT, "Module the test belongs to."),
        Column("class", _TEXT, "Test class."),
        Column("test", _TEXT, "Test method; setUpClass for a broken class set-up."),
        Column("outcome", _TEXT, "passed, failed, error, skipped or unfinished."),
        Column("seconds", _REAL, "Wall time.", unit="s", optional=True),
        Column("message", _TEXT, "Traceback or reason.", optional=True),
        Column("phase", _TEXT, "at_install or post_install.", optional=True),
        Column("path", _TEXT, "File, relative to the workspace.", optional=True),
        Column("line", _WHOLE, "Line of the method.", optional=True),
        Column("queries", _WHOLE, "SQL queries of the test.", optional=True),
    ),
)

COVERAGE: Final = Table(
    "coverage",
    1,
    "One Python file of a module, tests and manifest left out.",
    (
        Column("module", _TEXT, "Technical name.", key=True),
        Column("file", _TEXT, "File, relative to the workspace.", key=True),
        Column("statements", _WHOLE, "Statements that can run."),
        Column("covered", _WHOLE, "Statements that ran."),
        Column("missing", _WHOLES, "Lines that did not run."),
        Column("branches", _WHOLE, "Branches."),
        Column("branches_covered", _WHOLE, "Branches that were taken."),
        Column("body_statements", _WHOLE, "Statements inside functions."),
        Column("body_covered", _WHOLE, "Of those, that ran while a test ran."),
        Column("body_missing", _WHOLES, "Lines inside functions that no test ran."),
    ),
)

COMPONENTS: Final = Table(
    "components",
    1,
    "One component of the environment.",
    (
        Column("component", _TEXT, "Odoo, PostgreSQL, browser...", key=True),
        Column("version", _TEXT, "Version it reported.", optional=True),
        Column("source", _TEXT, "Where it was found or got from.", optional=True),
        Column("path", _TEXT, "Where it lies.", optional=True),
        Column("status", _TEXT, "ready, missing or broken."),
        Column("detail", _TEXT, "What to do when it is not ready.", optional=True),
    ),
)

ALL: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        MODULES,
        EXECUTIONS,
        STAGES,
        COMPONENTS,
        TOOLS,
        FINDINGS,
        SUITES,
        CENSUS,
        TESTS,
        COVERAGE,
    )
}
