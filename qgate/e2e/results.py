"""What ran becomes rows: the journals against the tests in the source."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qgate import process
from qgate.e2e.journal import ERROR, FAILED, FLAKY, PASSED, SKIPPED, UNFINISHED
from qgate.policy.wording import gist

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from qgate.e2e.census import Spec
    from qgate.e2e.journal import Key, Try
    from qgate.e2e.suite import Unit, UnitRun
    from qgate.workspace import Workspace

WARM_UP: Final = "warm-up"
"""Stands where a test's file does, for a view of the module that does not open."""

_MESSAGE_CHARACTERS: Final = 20_000


def spec_rows(
    workspace: Workspace,
    units: Sequence[Unit],
    runs: Sequence[UnitRun],
    browsers: Sequence[str],
) -> list[dict[str, Any]]:
    """Return a row for each spec file, those included that never ran.

    Args:
        workspace: The checkout.
        units: All units.
        runs: Those that ran, or began to.
        browsers: Names of the browsers asked for.
    """
    ran = {(run.unit.module, run.unit.place): run for run in runs}
    return [
        _spec(workspace, unit, spec, ran.get((unit.module, unit.place)), browsers)
        for unit in units
        for spec in unit.specs
    ]


def test_rows(
    workspace: Workspace, run: UnitRun, evidence: Path, secrets: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield a row for each test that was collected, in each browser.

    Args:
        workspace: The checkout.
        run: How the specs of a unit ran.
        evidence: Folder that artifacts are named from.
        secrets: Values that are masked in messages.
    """
    read = run.journal
    for key in dict.fromkeys((*read.collected, *read.tries)):
        tries = read.tries.get(key)
        if tries:
            yield _test(workspace, run, key, tries, evidence, secrets)
    for browser, view, why in read.broken_views:
        yield {
            "module": run.unit.module,
            "spec": WARM_UP,
            "test": f"open {view}",
            "browser": browser,
            "outcome": FAILED,
            "retries": 0,
            "artifacts": [],
            "message": _short(why, secrets),
        }


def causes(workspace: Workspace, runs: Sequence[UnitRun]) -> list[str]:
    """Return why not everything could be measured, one sentence each."""
    found: list[str] = []
    for run in runs:
        for path, text in run.journal.refused.items():
            name = workspace.relative(Path(path))
            found.append(f"{name} cannot be collected: {gist(text).rstrip('.')}.")
        if run.cause:
            found.append(run.cause)
    return found


def _spec(
    workspace: Workspace,
    unit: Unit,
    spec: Spec,
    run: UnitRun | None,
    browsers: Sequence[str],
) -> dict[str, Any]:
    path = str(spec.path)
    ended = _ended(run, path, browsers) if run else {}
    refused = run.journal.refused.get(path) if run else None
    return {
        "module": unit.module,
        "spec": workspace.relative(spec.path),
        "found": len(spec.tests),
        "executed": sum(ended.get(name) == PASSED for name in spec.tests),
        "missing": [name for name in spec.tests if name not in ended],
        "cause": gist(refused) if refused else None,
    }


def _ended(run: UnitRun, path: str, browsers: Sequence[str]) -> dict[str, str]:
    """Return the functions of a spec of which every test came to its end in every browser.

    The value is skipped when one of them was skipped, else passed, however they ended.
    """
    outcomes: dict[str, dict[str, list[str]]] = {}
    for key, function in run.journal.collected.items():
        if key.spec == path:
            tries = run.journal.tries.get(key)
            last = tries[-1].outcome if tries else UNFINISHED
            outcomes.setdefault(function, {}).setdefault(key.browser, []).append(last)
    ended = {}
    for function, by_browser in outcomes.items():
        every = [outcome for found in by_browser.values() for outcome in found]
        if set(browsers) <= set(by_browser) and UNFINISHED not in every:
            ended[function] = SKIPPED if SKIPPED in every else PASSED
    return ended


def _test(
    workspace: Workspace,
    run: UnitRun,
    key: Key,
    tries: Sequence[Try],
    evidence: Path,
    secrets: Sequence[str],
) -> dict[str, Any]:
    seconds = [one.seconds for one in tries if one.seconds is not None]
    # What failed first is what happened to a user first; a retry may hide it.
    first = next((one for one in tries if one.outcome != PASSED), tries[-1])
    kept = list(dict.fromkeys(path for one in tries for path in one.artifacts))
    return {
        "module": run.unit.module,
        "spec": workspace.relative(Path(key.spec)),
        "test": key.test,
        "browser": key.browser,
        "outcome": outcome([one.outcome for one in tries]),
        "seconds": sum(seconds) if seconds else None,
        "retries": len(tries) - 1,
        "artifacts": [
            path.relative_to(evidence).as_posix()
            for path in map(Path, kept)
            if path.is_relative_to(evidence)
        ],
        "message": _short(first.message, secrets) if first.message else None,
        "started": datetime.fromtimestamp(tries[0].started, UTC),
    }


def outcome(tries: Sequence[str]) -> str:
    """Return what the *tries* of a test come to, in their order."""
    last = tries[-1]
    if last == UNFINISHED:
        return UNFINISHED
    if last in (FAILED, ERROR):
        return next(one for one in tries if one in (FAILED, ERROR))
    bad = any(one in (FAILED, ERROR, UNFINISHED) for one in tries)
    return FLAKY if bad else last


def junit_rows(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return *rows* of the frame `e2e` as JUnit XML wants them."""
    return [
        {
            **row,
            "class": Path(str(row["spec"])).stem,
            "test": f"{row['test']}[{row['browser']}]",
            "path": row["spec"],
            "seconds": row.get("seconds"),
            "message": row.get("message"),
        }
        for row in rows
    ]


def _short(message: str, secrets: Sequence[str]) -> str:
    if len(message) > _MESSAGE_CHARACTERS:
        half = _MESSAGE_CHARACTERS // 2
        message = f"{message[:half]}\n[...]\n{message[-half:]}"
    return process.mask(message, secrets)
