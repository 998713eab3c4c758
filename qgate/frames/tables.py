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
    2,
    "How the measuring of one stage went; nothing here is judged.",
    (
        Column("stage", _TEXT, "Name of the stage.", key=True),
        Column("status", _TEXT, "measured, reused, error, blocked or skipped."),
        Column("cause", _TEXT, "Why it is not `measured`.", optional=True),
        Column("started", _TIME, "When measuring began.", optional=True),
        Column("seconds", _REAL, "How long measuring took.", unit="s"),
        Column(
            "reused_from", _TEXT, "Run that measured it, when reused.", optional=True
        ),
        Column(
            "peak_memory",
            _WHOLE,
            "Largest resident set of the programs it ran.",
            unit="bytes",
            optional=True,
        ),
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

SPECS: Final = Table(
    "specs",
    1,
    "One end-to-end spec file: tests in its source against those that ran.",
    (
        Column("module", _TEXT, "Module it covers.", key=True),
        Column("spec", _TEXT, "File, relative to the workspace.", key=True),
        Column("found", _WHOLE, "Test functions in its source, by its syntax tree."),
        Column(
            "executed",
            _WHOLE,
            "Of those, the ones that ran to their end in every browser asked for.",
        ),
        Column("missing", _TEXTS, "Test functions that did not."),
        Column("cause", _TEXT, "Why it could not be collected.", optional=True),
    ),
)

E2E: Final = Table(
    "e2e",
    1,
    "One end-to-end test in one browser.",
    (
        Column("module", _TEXT, "Module the spec covers.", key=True),
        Column("spec", _TEXT, "File, relative to the workspace.", key=True),
        Column("test", _TEXT, "Test function, with its parameters.", key=True),
        Column("browser", _TEXT, "chromium, firefox or webkit.", key=True),
        Column(
            "outcome",
            _TEXT,
            "passed; flaky (only on a retry); failed; error; skipped; unfinished.",
        ),
        Column("seconds", _REAL, "Wall time, all tries.", unit="s", optional=True),
        Column("retries", _WHOLE, "Tries after the first one."),
        Column(
            "artifacts",
            _TEXTS,
            "Screenshots, videos and traces, relative to the evidence of the stage.",
        ),
        Column("message", _TEXT, "Traceback of the first failure.", optional=True),
        Column("started", _TIME, "When it began.", optional=True),
    ),
)

SCANS: Final = Table(
    "scans",
    1,
    "One target that Trivy looked at, with one of its scanners.",
    (
        Column("target", _TEXT, "Image, folder or operating system.", key=True),
        Column(
            "kind", _TEXT, "image, environment, system, module or workspace.", key=True
        ),
        Column("scanner", _TEXT, "vuln, secret or misconfig.", key=True),
        Column(
            "looked_at",
            _WHOLE,
            "Packages (vuln), files it was given or an image's layers (secret), "
            "configurations it understood (misconfig).",
        ),
        Column(
            "expected",
            _WHOLE,
            "How many there are by another count; at least one where nobody counted.",
            optional=True,
        ),
        Column("missing", _TEXTS, "Packages that could not be looked up, and why."),
        Column(
            "release_known",
            _FLAG,
            "Whether Trivy knows this release of the operating system.",
            optional=True,
        ),
        Column("version", _TEXT, "Version of Trivy."),
        Column(
            "database_updated",
            _TIME,
            "When the vulnerability database was made.",
            optional=True,
        ),
        Column("seconds", _REAL, "Wall time.", unit="s"),
    ),
)

VULNERABILITIES: Final = Table(
    "vulnerabilities",
    1,
    "One vulnerability, secret or misconfiguration.",
    (
        Column("target", _TEXT, "Target of the scan, as in `scans`."),
        Column("path", _TEXT, "File it was found in.", optional=True),
        Column("line", _WHOLE, "Line, from 1.", optional=True),
        Column("kind", _TEXT, "vulnerability, secret or misconfiguration."),
        Column("package", _TEXT, "Package.", optional=True),
        Column("installed", _TEXT, "Installed version.", optional=True),
        Column("fixed", _TEXT, "Version that has it fixed.", optional=True),
        Column("id", _TEXT, "CVE, or the rule's id."),
        Column("severity", _TEXT, "critical, high, medium, low or unknown."),
        Column("title", _TEXT, "What it is.", optional=True),
        Column("url", _TEXT, "Where it is described.", optional=True),
        Column(
            "suppressed_by",
            _TEXT,
            "File that says that it does not count (.trivyignore, VEX).",
            optional=True,
        ),
        Column("reason", _TEXT, "Why it does not count.", optional=True),
    ),
)

LOADS: Final = Table(
    "loads",
    1,
    "One load that Locust put on an Odoo server.",
    (
        Column("load", _TEXT, "Name, unique in the run.", key=True),
        Column("modules", _TEXTS, "Modules whose locustfiles took part."),
        Column("host", _TEXT, "The Odoo elsewhere, when it was one.", optional=True),
        Column("ended", _TEXT, "completed, time_limit, early or server_died."),
        Column("cause", _TEXT, "What ended it, when not `completed`.", optional=True),
        Column("operations", _TEXTS, "Operations that the locustfiles declare."),
        Column("users", _WHOLE, "Simulated users it was to have."),
        Column(
            "users_seen",
            _WHOLE,
            "Users that were there at both ends of the measured time.",
        ),
        Column("spawn_rate", _REAL, "Users started a second.", unit="1/s"),
        Column("warm_up", _REAL, "Time left out of the figures.", unit="s"),
        Column("seconds", _REAL, "Time the figures are of.", unit="s"),
        Column("records", _WHOLE, "Records the database was seeded with."),
        Column("workers", _WHOLE, "Processes of Odoo; 0 is one with threads."),
        Column("processes", _WHOLE, "Processes of Locust with users."),
        Column("samples", _WHOLE, "Requests with a recorded time, warm-up included."),
        Column(
            "counted",
            _WHOLE,
            "Requests that Locust counted itself, warm-up included.",
            optional=True,
        ),
        Column("exceptions", _WHOLE, "Tasks of locustfiles that raised an exception."),
        Column("exception", _TEXT, "The most frequent exception.", optional=True),
        Column(
            "cpu", _REAL, "CPU use of the busiest Locust process, of a core.", unit="%"
        ),
        Column("peak_memory", _WHOLE, "Largest resident set of Odoo.", unit="bytes"),
        Column("locust", _TEXT, "Version of Locust."),
    ),
)

PERFORMANCE: Final = Table(
    "performance",
    1,
    "One operation under load; times are those of the raw samples.",
    (
        Column("operation", _TEXT, "Name, as List Load.", key=True),
        Column("requests", _WHOLE, "Requests, failed ones included."),
        Column("failures", _WHOLE, "Requests that failed, JSON-RPC errors included."),
        Column("rps", _REAL, "Requests a second.", unit="1/s"),
        Column("avg", _REAL, "Mean response time.", unit="ms", optional=True),
        Column("p50", _REAL, "Median.", unit="ms", optional=True),
        Column("p95", _REAL, "95th percentile.", unit="ms", optional=True),
        Column("p99", _REAL, "99th percentile.", unit="ms", optional=True),
        Column("max", _REAL, "Slowest.", unit="ms", optional=True),
        Column(
            "threshold",
            _REAL,
            "Limit of the judged statistic when it was measured.",
            unit="ms",
            optional=True,
        ),
        Column("queries", _REAL, "SQL queries a request, mean.", optional=True),
        Column("queries_max", _WHOLE, "Most SQL queries of a request.", optional=True),
        Column("message", _TEXT, "The most frequent failure.", optional=True),
    ),
)

PERFORMANCE_SERIES: Final = Table(
    "performance_series",
    1,
    "One operation in one second of the load.",
    (
        Column("operation", _TEXT, "Name, as List Load.", key=True),
        Column(
            "second",
            _WHOLE,
            "Since the first user; the time in which users kept still is left out.",
            unit="s",
            key=True,
        ),
        Column("requests", _WHOLE, "Requests that ended in it."),
        Column("failures", _WHOLE, "Of those, failed ones."),
        Column("p50", _REAL, "Median of its response times.", unit="ms"),
        Column("p95", _REAL, "95th percentile of them.", unit="ms"),
        Column("users", _WHOLE, "Simulated users."),
        Column("warm_up", _FLAG, "Whether it is left out of the figures."),
    ),
)

READINESS: Final = Table(
    "readiness",
    1,
    "One thing that has to be so before a release.",
    (
        Column("check", _TEXT, "Name.", key=True),
        Column("subject", _TEXT, "Module, file or stage it is about.", key=True),
        Column(
            "outcome",
            _TEXT,
            "passed, failed, error, skipped, or measured: the policy decides.",
        ),
        Column("detail", _TEXT, "What was found, in few sentences."),
        Column(
            "figure",
            _REAL,
            "What a threshold is compared with: the size of an image.",
            unit="GB",
            optional=True,
        ),
        Column(
            "evidence",
            _TEXTS,
            "Files, relative to the evidence of the stage, or links.",
        ),
        Column("seconds", _REAL, "How long it took.", unit="s"),
    ),
)

IMAGE: Final = Table(
    "image",
    1,
    "One image of the modules.",
    (
        Column("image", _TEXT, "Name it was asked for by.", key=True),
        Column("id", _TEXT, "Hash of its configuration, the same on every engine."),
        Column("size", _WHOLE, "Size, all layers.", unit="bytes"),
        Column("layers", _TEXTS, "What made each layer, oldest first."),
        Column("layer_sizes", _WHOLES, "Size of each of them.", unit="bytes"),
        Column("labels", _TEXTS, "Labels, as key=value."),
        Column("user", _TEXT, "User that Odoo runs as."),
        Column("healthcheck", _FLAG, "Whether the engine checks its health."),
    ),
)

DEPLOYMENT: Final = Table(
    "deployment",
    1,
    "One step of a deploy or a rollback.",
    (
        Column("number", _WHOLE, "Its place, from 1.", key=True),
        Column("step", _TEXT, "Name, as smoke or switch."),
        Column("colour", _TEXT, "Colour it was taken on.", optional=True),
        Column("verdict", _TEXT, "passed, failed or error."),
        Column("started", _TIME, "When it began."),
        Column("seconds", _REAL, "How long it took.", unit="s"),
        Column("detail", _TEXT, "What was seen, or why it failed."),
    ),
)

DEPLOYS: Final = Table(
    "deploys",
    1,
    "One deploy or rollback as a whole.",
    (
        Column("deploy", _TEXT, "Identifier.", key=True),
        Column("kind", _TEXT, "deploy or rollback."),
        Column("target", _TEXT, "Name of the target."),
        Column("image", _TEXT, "Image that was to be served."),
        Column("revision", _TEXT, "Commit it was built from.", optional=True),
        Column("outcome", _TEXT, "deployed, unchanged, refused or rolled_back."),
        Column("old_colour", _TEXT, "Colour that served before.", optional=True),
        Column("new_colour", _TEXT, "Colour that was brought up.", optional=True),
        Column("live_colour", _TEXT, "Colour that serves now.", optional=True),
        Column("live_image", _TEXT, "Image that serves now.", optional=True),
        Column("database", _TEXT, "Database that serves now.", optional=True),
        Column("upgraded", _TEXTS, "Modules that were upgraded."),
        Column("pause", _REAL, "How long writes were held.", unit="s"),
        Column("cause", _TEXT, "Why it was not deployed.", optional=True),
        Column("lost", _TEXTS, "Writes that could not be kept, one sentence each."),
    ),
)

DEPLOYMENT_PROBES: Final = Table(
    "deployment_probes",
    1,
    "One request that was sent through the proxy while a deploy went on.",
    (
        Column("second", _REAL, "Since the first one.", unit="s", key=True),
        Column("milliseconds", _REAL, "Time to the answer.", unit="ms"),
        Column("status", _WHOLE, "HTTP status; 0 when nothing answered."),
        Column("colour", _TEXT, "Colour that answered.", optional=True),
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

COMPARISONS: Final = Table(
    "comparisons",
    1,
    "One figure of the run, and whether it could be compared with earlier runs.",
    (
        Column(
            "measure",
            _TEXT,
            "p95, coverage, test_duration or image_size.",
            key=True,
        ),
        Column("subject", _TEXT, "Operation, module or image.", key=True),
        Column("value", _REAL, "What this run measured, in `unit`."),
        Column("unit", _TEXT, "ms, %, s or GB."),
        Column(
            "status",
            _TEXT,
            "compared, too_few (earlier runs), reused, off or unreadable (the history).",
        ),
        Column("detail", _TEXT, "Why it is not `compared`.", optional=True),
        Column("runs", _WHOLE, "Earlier runs that are like this one."),
        Column("needed", _WHOLE, "Earlier runs that it takes."),
    ),
)

CHANGES: Final = Table(
    "changes",
    1,
    "One sure change of a figure over the latest runs.",
    (
        Column("measure", _TEXT, "As in `comparisons`.", key=True),
        Column("subject", _TEXT, "As in `comparisons`.", key=True),
        Column("number", _WHOLE, "Its place, from 1, oldest first.", key=True),
        Column("run_id", _TEXT, "First run on the new level.", optional=True),
        Column("commit", _TEXT, "Commit of that run.", optional=True),
        Column(
            "commit_before", _TEXT, "Commit of the last run before it.", optional=True
        ),
        Column("at", _TIME, "When that first commit was written.", optional=True),
        Column("before", _REAL, "Level before, in `unit`."),
        Column("after", _REAL, "Level after."),
        Column("unit", _TEXT, "ms, %, s or GB."),
        Column("share", _REAL, "The change, as a share of the level before."),
        Column("worse", _FLAG, "Whether it is a change for the worse."),
        Column("runs_before", _WHOLE, "Runs on the level before."),
        Column("runs_after", _WHOLE, "Runs on the new level."),
        Column("confidence", _REAL, "How sure it is, below 1."),
        Column("latest", _FLAG, "Whether the run itself is on the new level."),
    ),
)

BASELINES: Final = Table(
    "baselines",
    1,
    "What the run's coverage is compared with.",
    (
        Column("kind", _TEXT, "diff (changed lines) or coverage.", key=True),
        Column("status", _TEXT, "ready or missing."),
        Column("ref", _TEXT, "Git ref, branch or record it is."),
        Column("commit", _TEXT, "Commit it came to.", optional=True),
        Column("detail", _TEXT, "Why it is missing, or what it is.", optional=True),
    ),
)

BASE_COVERAGE: Final = Table(
    "base_coverage",
    1,
    "Coverage of one judged module on the base branch.",
    (
        Column("module", _TEXT, "Technical name.", key=True),
        Column("status", _TEXT, "measured, new (not on the base) or missing."),
        Column("statements", _WHOLE, "Statements that can run.", optional=True),
        Column("covered", _WHOLE, "Statements that ran.", optional=True),
        Column("run_id", _TEXT, "Run that measured them.", optional=True),
        Column("commit", _TEXT, "Commit of that run.", optional=True),
    ),
)

CHANGED_COVERAGE: Final = Table(
    "changed_coverage",
    1,
    "Changed statements of one measured Python file since the base.",
    (
        Column("module", _TEXT, "Technical name.", key=True),
        Column("file", _TEXT, "File, relative to the workspace.", key=True),
        Column("statements", _WHOLE, "Changed statements that can run."),
        Column("covered", _WHOLE, "Of those, the ones that ran."),
        Column("missing", _WHOLES, "First lines of those that did not."),
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
        SPECS,
        E2E,
        SCANS,
        VULNERABILITIES,
        LOADS,
        PERFORMANCE,
        PERFORMANCE_SERIES,
        READINESS,
        IMAGE,
        DEPLOYS,
        DEPLOYMENT,
        DEPLOYMENT_PROBES,
        COMPARISONS,
        CHANGES,
        BASELINES,
        BASE_COVERAGE,
        CHANGED_COVERAGE,
    )
}
