"""Judges stage e2e: every spec has run in full, and every test has passed at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qgate.frames import rows
from qgate.policy.wording import gist, number, some

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from qgate.policy.rules import E2eRules

_SHOWN: Final = 5
_MESSAGE_CHARACTERS: Final = 200
_VERBS: Final = {
    "failed": "failed",
    "error": "ended in an error",
    "unfinished": "began and never ended",
}
_KNOWN: Final = frozenset({"passed", "flaky", "skipped", *_VERBS})


def judge_e2e(
    rules: E2eRules, frames: Mapping[str, pd.DataFrame]
) -> tuple[list[str], list[str]]:
    """Return what fails, and what could not be judged, most important first.

    Args:
        rules: The thresholds.
        frames: `modules`, `specs` and `e2e` are read.
    """
    gated = [
        str(row["module"]) for row in rows(frames["modules"]) if row["gated"] is True
    ]
    errors = [] if gated else ["No module was to be gated."]
    errors += [
        f"{row['module']}: {row['test']} has the unknown outcome {row['outcome']}."
        for row in rows(frames["e2e"])
        if row["outcome"] not in _KNOWN
    ]
    failures = [
        *_troubled(frames["e2e"]),
        *_executed(rules, frames["specs"], gated),
        *_hidden(rules, frames["e2e"]),
    ]
    return failures, errors


def _troubled(tests: pd.DataFrame) -> Iterator[str]:
    several = len(set(tests["browser"])) > 1
    for row in rows(tests):
        if row["outcome"] in _VERBS:
            browser = f" in {row['browser']}" if several else ""
            tried = f" {row['retries'] + 1} times" if row["retries"] else ""
            why = f": {_last_words(row['message'])}" if row["message"] else ""
            verb = _VERBS[row["outcome"]]
            yield f"{row['module']}: {row['test']} {verb}{browser}{tried}{why}."


def _executed(rules: E2eRules, specs: pd.DataFrame, gated: list[str]) -> Iterator[str]:
    """Compare what ran with what stands in the source, per module."""
    every = list(rows(specs))
    for row in every:
        # Why it could not be collected is the cause of the stage's error.
        if not row["found"]:
            seen = " that can be seen in its source" if row["cause"] else ""
            yield f"{row['module']}: {row['spec']} has no test{seen}."
        elif row["missing"]:
            count = number(len(row["missing"]), "test")
            names = some(row["missing"], _SHOWN)
            yield f"{row['module']}: {count} of {row['spec']} did not run ({names})."
    for module in gated:
        executed = sum(row["executed"] for row in every if row["module"] == module)
        if executed < rules.min_specs:
            yield (f"{module}: {executed} end-to-end tests < {rules.min_specs}.")


def _hidden(rules: E2eRules, tests: pd.DataFrame) -> Iterator[str]:
    """Name what is no failure by itself: passed only on a retry, or skipped."""
    flaky = [row for row in rows(tests) if row["outcome"] == "flaky"]
    if len(flaky) > rules.max_flaky:
        allowed = f" > {rules.max_flaky} allowed" if rules.max_flaky else ""
        names = some((f"{row['module']}: {row['test']}" for row in flaky), _SHOWN)
        what = number(len(flaky), "test")
        yield f"{what} passed only when tried again{allowed} ({names})."
    skipped = [row for row in rows(tests) if row["outcome"] == "skipped"]
    if skipped and not rules.allow_skipped:
        names = some((f"{row['module']}: {row['test']}" for row in skipped), _SHOWN)
        yield f"{number(len(skipped), 'test')} skipped ({names})."


def _last_words(message: str) -> str:
    said = gist(message)
    if len(said) > _MESSAGE_CHARACTERS:
        said = f"{said[:_MESSAGE_CHARACTERS]}..."
    return said.rstrip(".")
