"""Tables that only the history has: a row per run, and figures small enough to be read for all.

Every file of the history has the column `key` before those of its table. The frames of the
runs are kept whole beside these; what is here is worked out of them when a run is appended,
so that a look at ten thousand runs need not read every test and every file of each.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from qgate.frames import tables as frames
from qgate.frames.schema import Column, Table

KEY: Final = "key"
"""Column that joins the tables: the run's id and a hash of its record."""

_TEXT: Final = pa.string()
_WHOLE: Final = pa.int64()
_REAL: Final = pa.float64()
_TIME: Final = pa.timestamp("ms", tz="UTC")
_TEXTS: Final = pa.list_(pa.string())
_KEY: Final = Column(KEY, _TEXT, "The run, as in `runs`.", key=True)

RUNS: Final = Table(
    "runs",
    1,
    "One run of the history.",
    (
        Column(
            KEY, _TEXT, "The run's id and a hash of its record: never twice.", key=True
        ),
        Column("run_id", _TEXT, "Identifier of the run."),
        Column("started", _TIME, "When it began, by the clock of its machine."),
        Column("seconds", _REAL, "How long it took.", unit="s"),
        Column("verdict", _TEXT, "passed, failed or error."),
        Column(
            "blocking",
            _TEXTS,
            "Demanded stages that did not pass, in the order of the gate.",
        ),
        Column("profile", _TEXT, "Profile it ran under.", optional=True),
        Column("demanded", _TEXTS, "Stages that had to pass."),
        Column("modules", _TEXTS, "Modules it judged."),
        Column("versions", _TEXTS, "Their versions, in the same order."),
        Column("commit", _TEXT, "Commit of the workspace.", optional=True),
        Column("branch", _TEXT, "Branch of the workspace.", optional=True),
        Column("author_date", _TIME, "When that commit was written.", optional=True),
        Column(
            "dirty",
            pa.bool_(),
            "Whether the workspace had uncommitted changes.",
            optional=True,
        ),
        Column("machine", _TEXT, "Hash of the machine it ran on.", optional=True),
        Column("machine_name", _TEXT, "That machine, for people.", optional=True),
        Column(
            "conditions",
            _TEXT,
            "Hash of machine and load: times under load are compared under the same ones.",
            optional=True,
        ),
        Column(
            "configuration",
            _TEXT,
            "Hash of the gate's configuration.",
            optional=True,
        ),
        Column("qgate", _TEXT, "Version of qgate."),
        Column("report", _TEXT, "Address of its report.", optional=True),
        Column("appended", _TIME, "When it came into the history."),
        Column("note", _TEXT, "What is odd about it.", optional=True),
        Column("frames", _TEXTS, "Its frames with their rows, as name=rows."),
        Column("data", _TEXT, "The whole run.json."),
    ),
)

MODULE_COVERAGE: Final = Table(
    "module_coverage",
    1,
    "Coverage of one module in one run.",
    (
        _KEY,
        Column("module", _TEXT, "Technical name.", key=True),
        Column("statements", _WHOLE, "Statements that can run."),
        Column("covered", _WHOLE, "Statements that ran."),
    ),
)

MODULE_TESTS: Final = Table(
    "module_tests",
    1,
    "Tests of one module in one run.",
    (
        _KEY,
        Column("module", _TEXT, "Technical name.", key=True),
        Column("kind", _TEXT, "tests (Odoo's) or e2e.", key=True),
        Column("tests", _WHOLE, "Tests that began."),
        Column("passed", _WHOLE, "Tests that passed at once."),
        Column("seconds", _REAL, "Sum of their wall times.", unit="s"),
    ),
)

TEST_EVENTS: Final = Table(
    "test_events",
    1,
    "One test of one run that did not simply pass.",
    (
        _KEY,
        Column("module", _TEXT, "Technical name."),
        Column("kind", _TEXT, "tests (Odoo's) or e2e."),
        Column("test", _TEXT, "Class and method, or spec, test and browser."),
        Column("outcome", _TEXT, "As in the frame, never passed."),
    ),
)

FINDING_MARKS: Final = Table(
    "finding_marks",
    1,
    "Findings of one run that are the same thing: tool, rule, file and message.",
    (
        _KEY,
        Column("module", _TEXT, "Module of the file."),
        Column("tool", _TEXT, "Tool that found it."),
        Column("rule", _TEXT, "The tool's code of the rule."),
        Column("severity", _TEXT, "As in `findings`."),
        Column(
            "mark",
            _WHOLE,
            "Hash of tool, rule, file and message, without lines: they move.",
        ),
        Column("findings", _WHOLE, "How many there are."),
    ),
)

OWN: Final[dict[str, Table]] = {
    table.name: table
    for table in (RUNS, MODULE_COVERAGE, MODULE_TESTS, TEST_EVENTS, FINDING_MARKS)
}
"""The history's own tables."""

ALL: Final[dict[str, Table]] = {
    **OWN,
    **{
        table.name: Table(
            table.name, table.version, table.meaning, (_KEY, *table.columns)
        )
        for table in frames.ALL.values()
    },
}
"""Every table of the history, with its key."""
