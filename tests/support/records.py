"""Records of runs that never took place, realistic and nasty, judged by the real policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from qgate import record, settings
from qgate.frames import tables
from qgate.policy.judge import SKIPPED, evaluate, overall

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from qgate.record import Record

HOSTILE: Final = (
    "</script><script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 2'>",
    '<b onmouseover="window.hacked = 3">bold</b>',
    "<a href='javascript:window.hacked = 4'>link</a>",
    "]]>--><!-- &lt;u&gt; {{ 7 * 7 }} ${7 * 7} %{x} $x^2$",
    "Zoë  \x1b[31mred\x1b[0m 漢字 \u202eesrever 🚦",
)
"""Words a module may contain to break out of the page."""

STARTED: Final = datetime(2026, 11, 24, 9, 15, 2, tzinfo=UTC)

_TRACE: Final = (
    "Traceback (most recent call last):\n"
    '  File "/srv/addons/{module}/tests/{file}.py", line {line}, in {test}\n'
    "    self.assertEqual(expense.state, 'approved')\n"
    "AssertionError: 'submitted' != 'approved'\n"
    "- submitted\n+ approved\n"
)
_RULES: Final = (
    ("ruff", "F401", "error", "`odoo.exceptions.UserError` imported but unused"),
    ("flake8", "E302", "error", "expected 2 blank lines, found 1"),
    ("flake8", "F841", "error", "local variable 'total' is assigned to but never used"),
    ("pylint-odoo", "C8107", "convention", "Missing `license` key in manifest file"),
    ("pylint-odoo", "W8160", "warning", "Use of raw SQL where the ORM would do"),
    ("pylint-odoo", "E8103", "error", "SQL injection risk. Use parameters if you can"),
    ("black", "reformat", "error", "would be reformatted"),
    ("isort", "unsorted", "error", "imports are not sorted"),
    ("bandit", "B608", "medium", "Possible SQL injection vector through string query"),
    ("bandit", "B101", "low", "Use of assert detected"),
    ("oca-hooks", "xml-deprecated", "warning", "Deprecated <openerp> XML node"),
)
_TOOLS: Final = {
    "ruff": "0.14.6",
    "flake8": "7.3.0",
    "pylint-odoo": "9.3.18",
    "black": "25.11.0",
    "isort": "7.0.0",
    "bandit": "1.9.1",
    "data-files": "0.1.0",
    "oca-hooks": "0.1.6",
}
_COMPONENTS: Final = (
    ("Odoo", "19.0.0+dfsg-1", "debian", "/home/dev/.qgate/odoo"),
    ("PostgreSQL", "16.11", "embedded", "/home/dev/.qgate/postgres"),
    ("browser", "142.0.7444.134", "installed", "/usr/bin/chromium"),
)


@dataclass
class Story:
    """What a made-up run measured: rows per table, to be changed before it is saved.

    Attributes:
        demanded: Stages that had to pass.
        rows: Rows by table name; `stages` is filled by the policy.
        data: What differs in run.json.
    """

    demanded: tuple[str, ...] = ("static", "tests")
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)

    def add(self, table: str, *rows: Mapping[str, Any]) -> None:
        """Add *rows* to *table*."""
        self.rows.setdefault(table, []).extend(dict(row) for row in rows)

    def save(self, reports: Path, run_id: str | None = None) -> Record:
        """Judge the frames by the shipped thresholds and write the record below *reports*."""
        run_id = run_id or record.new_run_id(STARTED)
        folder = record.create(reports, run_id)
        policy = settings.load(root=folder, environ={}).policy
        frames = {
            name: tables.ALL[name].frame(self.rows.get(name, ()))
            for name in tables.ALL
            if name != "stages"
        }
        verdicts = evaluate(policy, frames, self.demanded)
        frames["stages"] = tables.STAGES.frame(
            {
                "stage": item.stage,
                "verdict": item.verdict,
                "seconds": item.seconds,
                "reasons": list(item.reasons),
            }
            for item in verdicts
        )
        for stage in self.demanded:
            log = folder / "evidence" / stage / f"{stage}.log"
            log.parent.mkdir(parents=True)
            log.write_text("2026-11-24 09:15:02 INFO odoo.modules.loading\n" * 40)
        data = {
            "run_id": run_id,
            "qgate": "0.1.0",
            "started": STARTED.isoformat(timespec="seconds"),
            "seconds": sum(item.seconds for item in verdicts),
            "verdict": overall(verdicts, self.demanded),
            "demanded": list(self.demanded),
            "modules": [row["module"] for row in self.rows.get("modules", ())],
            "note": None,
            "git": {
                "commit": "95108b586db244c3fa8fa7cdfce2107ee4a93a2a",
                "branch": "feature/expense-approval",
                "dirty": False,
            },
            "policy": policy.model_dump(mode="json"),
            **self.data,
        }
        return record.save(folder, data, frames)


def story(
    modules: Sequence[str] = ("ipai_expense",),
    *,
    tests: int = 45,
    files: int = 8,
    share: float = 0.95,
) -> Story:
    """Return a run of both stages on *modules* that passes.

    Args:
        modules: Names of the gated modules.
        tests: Tests of each module.
        files: Python files of each module.
        share: Share of the lines that ran.
    """
    made = Story()
    made.add("modules", {**_module("hr"), "gated": False, "why": "depended on"})
    made.add("modules", *map(_module, modules))
    made.add("executions", _execution("static", 0, 9.4), _execution("tests", 0.2, 41.3))
    made.add("components", *_components())
    for module in modules:
        made.add("tools", *(_tool(tool, module) for tool in _TOOLS))
        made.add("tests", *(_test(module, number) for number in range(tests)))
        made.add("census", _census(module, tests))
        made.add("coverage", *_coverage(module, files, share))
    made.add("suites", _suite(modules, tests * len(modules)))
    return made


def static_only() -> Story:
    """Return a run of which only stage static was demanded."""
    made = story()
    made.demanded = ("static",)
    why = "Not demanded by --stages static."
    skipped = {"stage": "tests", "status": SKIPPED, "cause": why, "seconds": 0.0}
    made.rows["executions"] = [_execution("static", 0, 9.4), skipped]
    for table in ("tests", "census", "coverage", "suites"):
        made.rows.pop(table)
    return made


def with_findings(made: Story, count: int) -> Story:
    """Let the tools of *made* have found *count* things."""
    names = [row["module"] for row in made.rows["modules"] if row["gated"]]
    found = [_finding(names[i % len(names)], i) for i in range(count)]
    made.add("findings", *found)
    for tool in made.rows["tools"]:
        tool["findings"] = sum(
            row["tool"] == tool["tool"] and row["module"] == tool["module"]
            for row in found
        )
        if tool["score"] is not None:
            tool["score"] = 6.42
    return made


def with_bad_tests(made: Story) -> Story:
    """Let tests of *made* have failed, erred, been skipped and never ended."""
    tests = made.rows["tests"]
    for number, outcome in (
        (3, "failed"),
        (7, "error"),
        (11, "skipped"),
        (12, "failed"),
    ):
        row = tests[number]
        row["outcome"] = outcome
        row["message"] = "needs a mail server"
        if outcome != "skipped":
            row["message"] = _TRACE.format(
                module=row["module"], file="test_expense", line=40, test=row["test"]
            )
    tests[-1].update(outcome="unfinished", seconds=None, queries=None)
    suite, census = made.rows["suites"][0], made.rows["census"][-1]
    census["missing"] = [f"{tests[-1]['class']}.{tests[-1]['test']}"]
    census["not_imported"] = ["tests/test_forgotten.py"]
    suite.update(reported_failures=2, reported_errors=1)
    return made


def with_hang(made: Story) -> Story:
    """Let the suite of *made* have run into its time limit."""
    made.rows["suites"][0].update(
        ended="time_limit",
        exit_code=None,
        cause="it was ended at the time limit",
        last_test="TestExpense.test_hangs",
        reported_tests=None,
        reported_failures=None,
        reported_errors=None,
        coverage_written=False,
        regular_shutdown=False,
        seconds=120.0,
    )
    made.rows["coverage"] = []
    return made


def broken(cause: str = "Odoo 19 is not there. Run `qgate env` to see why.") -> Story:
    """Return a run whose stage tests could not measure."""
    made = story()
    made.rows["executions"][1].update(status="error", cause=cause, seconds=2.1)
    for table in ("tests", "census", "coverage", "suites", "components"):
        made.rows.pop(table)
    missing = {"component": "Odoo", "status": "missing", "detail": "Run `qgate env`."}
    made.add("components", missing)
    return made


def hostile() -> Story:
    """Return a run in which every text that a module controls tries to break out."""
    made = with_bad_tests(with_findings(story(), 20))
    words = list(HOSTILE)
    for table, columns in {
        "findings": ("rule", "path", "message"),
        "tests": ("class", "test", "path"),
        "coverage": ("file",),
    }.items():
        for number, row in enumerate(made.rows[table]):
            for offset, column in enumerate(columns):
                word = words[(number + offset) % len(words)]
                row[column] = f"{word}/{number}" if column == "file" else word
            if table == "tests" and row["outcome"] != "passed":
                row["message"] = "\n".join(words)
    made.rows["suites"][0].update(
        ended="early", cause=words[0], log_tail="\n".join(words), last_test=words[1]
    )
    made.rows["census"][-1].update(not_imported=words, log_errors=words)
    made.rows["components"][0].update(version=words[0], source=words[1])
    made.rows["modules"][-1]["version"] = words[1]
    made.data["git"] = {"commit": words[0], "branch": words[1], "dirty": True}
    made.data["note"] = words[1]
    return made


def _module(name: str) -> dict[str, Any]:
    return {
        "module": name,
        "path": f"addons/{name}",
        "version": "19.0.1.2.0",
        "depends": ["hr", "account"],
        "gated": True,
        "why": "named",
    }


def _components() -> Iterable[dict[str, Any]]:
    for name, version, source, path in _COMPONENTS:
        yield {
            "component": name,
            "version": version,
            "source": source,
            "path": path,
            "status": "ready",
        }


def _execution(stage: str, after: float, seconds: float) -> dict[str, Any]:
    return {
        "stage": stage,
        "status": "measured",
        "started": STARTED + timedelta(seconds=after),
        "seconds": seconds,
    }


def _tool(tool: str, module: str) -> dict[str, Any]:
    scored = tool == "pylint-odoo"
    return {
        "tool": tool,
        "module": module,
        "version": _TOOLS[tool],
        "files": 23,
        "findings": 0,
        "score": 10.0 if scored else None,
        "statements": 412 if scored else None,
        "seconds": 0.4 + len(tool) / 3,
    }


def _finding(module: str, number: int) -> dict[str, Any]:
    tool, rule, severity, message = _RULES[number * number % len(_RULES)]
    return {
        "tool": tool,
        "rule": rule,
        "severity": severity,
        "path": f"addons/{module}/models/model_{number % 37}.py",
        "line": None if tool == "black" else number * 7 % 400 + 1,
        "column": 1,
        "message": message,
        "module": module,
    }


def _test(module: str, number: int) -> dict[str, Any]:
    topic = ("Approval", "Accounting", "Rules", "Http")[number % 4]
    return {
        "module": module,
        "class": f"Test{topic}",
        "test": f"test_{topic.lower()}_of_an_expense_above_the_limit_{number}",
        "outcome": "passed",
        "seconds": round(0.01 + (number * 37 % 101) ** 2 / 4000, 3),
        "phase": "post_install" if topic == "Http" else "at_install",
        "path": f"addons/{module}/tests/test_{topic.lower()}.py",
        "line": 10 + number,
        "queries": 12 + number * 13 % 240,
    }


def _census(module: str, tests: int) -> dict[str, Any]:
    return {
        "module": module,
        "found": tests,
        "executed": tests,
        "skipped": 0,
        "missing": [],
        "not_imported": [],
        "state": "installed",
        "installed_version": "19.0.1.2.0",
        "log_errors": [],
        "log_warnings": [],
    }


def _coverage(module: str, files: int, share: float) -> Iterable[dict[str, Any]]:
    folders = ("models", "models", "wizards", "controllers", "report")
    for number in range(files):
        folder = folders[number % len(folders)]
        statements = 12 + number * 29 % 160
        left_out = round(statements * (1 - share) * (number % 5) / 2)
        missing = [20 + line * 2 // 3 * 2 for line in range(left_out)]
        missing = sorted(set(missing))
        body = statements * 2 // 3
        yield {
            "module": module,
            "file": f"addons/{module}/{folder}/{folder}_number_{number}.py",
            "statements": statements,
            "covered": statements - len(missing),
            "missing": missing,
            "branches": statements // 4,
            "branches_covered": statements // 5,
            "body_statements": body,
            "body_covered": max(0, body - len(missing)),
            "body_missing": missing,
        }


def _suite(modules: Sequence[str], tests: int) -> dict[str, Any]:
    return {
        "suite": "suite-1",
        "modules": list(modules),
        "ended": "completed",
        "exit_code": 0,
        "cause": None,
        "last_test": None,
        "reported_tests": tests,
        "reported_failures": 0,
        "reported_errors": 0,
        "coverage_written": True,
        "regular_shutdown": True,
        "template": "qgate_t_6f1c",
        "template_reused": True,
        "template_seconds": 48.0,
        "time_limit": 1800.0,
        "seconds": 40.2,
        "peak_memory": 512_000_000,
        "log_tail": "INFO odoo.service.server: Initiating shutdown",
    }
