"""Judges stage tests: what was executed has to be proven, then it has to be good enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qgate.frames import rows
from qgate.policy.base_coverage import judge_base_coverage
from qgate.policy.wording import gist, number, some

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from qgate.policy.rules import TestsRules

_SHOWN: Final = 5
_MESSAGE_CHARACTERS: Final = 200


def judge_tests(
    rules: TestsRules, frames: Mapping[str, pd.DataFrame]
) -> tuple[list[str], list[str]]:
    """Return what fails, and what could not be judged, most important first.

    Args:
        rules: The thresholds.
        frames: `modules`, `suites`, `census`, `tests`, `coverage`, and what it is compared
            with are read.
    """
    gated = [
        str(row["module"]) for row in rows(frames["modules"]) if row["gated"] is True
    ]
    worse, unknown, _ = judge_base_coverage(rules, frames)
    errors = [*_unproven(frames, gated), *unknown]
    failures = [
        *_ends(frames["suites"]),
        *_failed_tests(frames["tests"]),
        *_counts(rules, frames),
        *_executed(rules, frames["census"]),
        *_covered(rules, frames, gated),
        *worse,
    ]
    return list(dict.fromkeys(failures)), errors


def _unproven(
    frames: Mapping[str, pd.DataFrame], gated: Sequence[str]
) -> Iterator[str]:
    """Name evidence that is not there: nothing is green on absence."""
    suites = list(rows(frames["suites"]))
    if not gated:
        yield "No module was to be gated."
    if not suites:
        yield "There is no record of a run of Odoo's suite."
    counted = {row["module"] for row in rows(frames["census"])}
    tested = {name for row in suites for name in row["modules"]}
    for module in gated:
        if module not in counted or module not in tested:
            yield f"{module}: there is no evidence that its tests ran."


def _ends(suites: pd.DataFrame) -> Iterator[str]:
    for row in rows(suites):
        ended, cause = row["ended"], row["cause"]
        names = ", ".join(row["modules"])
        during = f", last test {row['last_test']}" if row["last_test"] else ""
        if ended == "time_limit":
            yield (
                f"The suite of {names} did not end within {row['time_limit']:.0f} s"
                f"{during or ', no test had begun'}."
            )
        elif ended == "install_failed":
            yield f"Installing {names} failed: {cause or 'see odoo.log'}."
        elif ended == "killed":
            number = -int(row["exit_code"] or 0)
            yield f"The Odoo process of {names} was killed by signal {number}{during}."
        elif ended != "completed":
            why = f": {cause}" if cause else ""
            yield (
                f"The Odoo process of {names} ended early with exit code "
                f"{row['exit_code']}{during}{why}."
            )
        elif row["exit_code"] not in (0, 1):
            yield f"The Odoo process of {names} ended with exit code {row['exit_code']}."


def _failed_tests(tests: pd.DataFrame) -> Iterator[str]:
    for row in rows(tests):
        if row["outcome"] in ("failed", "error", "unfinished"):
            verb = {"failed": "failed", "error": "ended in an error"}.get(
                row["outcome"], "began and never ended"
            )
            why = f": {_last_line(row['message'])}" if row["message"] else ""
            yield f"{row['module']}: {row['class']}.{row['test']} {verb}{why}."


def _counts(rules: TestsRules, frames: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Compare Odoo's own count with the journal, where the process came to its end."""
    tests = list(rows(frames["tests"]))
    skipped = [row for row in tests if row["outcome"] == "skipped"]
    if skipped and not rules.allow_skipped:
        names = some(
            (f"{row['module']}: {row['class']}.{row['test']}" for row in skipped),
            _SHOWN,
        )
        yield f"{number(len(skipped), 'test')} skipped ({names})."
    suites = list(rows(frames["suites"]))
    for row in suites:
        if row["ended"] != "completed":
            continue
        # A run that was put together from shards has a suite for each of them.
        own = [r for r in tests if len(suites) == 1 or r["module"] in row["modules"]]
        ran = [r for r in own if r["test"] not in ("setUpClass", "tearDownClass")]
        if row["reported_tests"] is None:
            yield "Odoo's log has no result line, so its own count is unknown."
        elif int(row["reported_tests"]) != len(ran):
            yield (
                f"Odoo reports {row['reported_tests']} tests, "
                f"but {len(ran)} were seen to run."
            )
        bad = int(row["reported_failures"] or 0) + int(row["reported_errors"] or 0)
        if bad and not any(r["outcome"] in ("failed", "error") for r in own):
            yield f"Odoo reports {number(bad, 'failure')} that no test accounts for."
        if row["coverage_written"] is not True:
            yield "No coverage data were written."


def _executed(rules: TestsRules, census: pd.DataFrame) -> Iterator[str]:
    for row in rows(census):
        module = row["module"]
        if row["state"] != "installed":
            state = row["state"] or "unknown to Odoo"
            why = f" ({row['log_errors'][0]})" if row["log_errors"] else ""
            yield f"{module} was not installed, its state is {state}{why}."
            continue  # that no test ran and nothing was covered follows from it
        for file in row["not_imported"]:
            yield f"{module}: {file} is not imported by tests/__init__.py, it did not run."
        if row["missing"]:
            count = number(len(row["missing"]), "test")
            yield f"{module}: {count} did not run to the end ({some(row['missing'], _SHOWN)})."
        if row["executed"] == 0:
            yield f"{module}: no test was executed ({row['found']} found in its source)."
        elif row["executed"] < rules.min_tests:
            yield f"{module}: {row['executed']} tests < {rules.min_tests}."
        if row["log_errors"]:
            yield f"{module}: Odoo logged an error ({some(row['log_errors'], 1)})."
        if row["log_warnings"] and not rules.allow_warnings:
            yield f"{module}: Odoo logged a warning ({some(row['log_warnings'], 1)})."


def _covered(
    rules: TestsRules, frames: Mapping[str, pd.DataFrame], gated: Sequence[str]
) -> Iterator[str]:
    files = list(rows(frames["coverage"]))
    states = {row["module"]: row["state"] for row in rows(frames["census"])}
    for module in gated:
        if states.get(module, "installed") != "installed":
            continue
        own = [row for row in files if row["module"] == module]
        statements = sum(row["statements"] for row in own)
        if not statements:
            if not own and any(
                row["ended"] == "completed" for row in rows(frames["suites"])
            ):
                yield f"{module}: no coverage was measured."
            continue  # a module of data alone has nothing that could be covered
        share = 100 * sum(row["covered"] for row in own) / statements
        if share < rules.min_coverage:
            yield f"{module}: coverage {share:.1f} % < {rules.min_coverage:g} %."
        body = sum(row["body_statements"] for row in own)
        if body:
            share = 100 * sum(row["body_covered"] for row in own) / body
            if share < rules.min_body_coverage:
                yield (
                    f"{module}: body coverage {share:.1f} % < "
                    f"{rules.min_body_coverage:g} % (statements inside functions "
                    "that ran while a test ran)."
                )


def _last_line(message: str) -> str:
    last = gist(message)
    if len(last) > _MESSAGE_CHARACTERS:
        last = f"{last[:_MESSAGE_CHARACTERS]}..."
    return last.rstrip(".")
