"""Judges stage performance: that the load was the one asked for, then how fast it went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qgate.frames import rows
from qgate.policy.slowdowns import slowdowns
from qgate.policy.wording import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from qgate.policy.rules import PerformanceRules

MAX_CPU: Final = 90.0
"""Percent of a core from which on a Locust process measures itself; Locust warns there too."""


def judge_performance(
    rules: PerformanceRules, frames: Mapping[str, pd.DataFrame]
) -> tuple[list[str], list[str]]:
    """Return what fails, and what could not be judged, most important first.

    Args:
        rules: The thresholds.
        frames: `modules`, `loads`, `performance` and `changes` are read.
    """
    loads = list(rows(frames["loads"]))
    gated = [
        str(row["module"]) for row in rows(frames["modules"]) if row["gated"] is True
    ]
    errors = [*_unproven(loads, gated), *(why for row in loads for why in _doubt(row))]
    measured = list(rows(frames["performance"]))
    if not loads:
        return [], errors
    if not any(row["seconds"] > 0 for row in loads):
        return [], [*errors, "Nothing was measured under load."]
    failures = [
        *_missing(rules, loads, measured),
        *_failed(rules, measured),
        *_slow(rules, measured),
        *slowdowns(rules, frames),
    ]
    return list(dict.fromkeys(failures)), errors


def _unproven(
    loads: Sequence[Mapping[str, Any]], gated: Sequence[str]
) -> Iterator[str]:
    """Name evidence that is not there: nothing is green on absence."""
    if not gated:
        yield "No module was to be gated."
    if not loads:
        yield "There is no record of a load."
        return
    loaded = {name for row in loads for name in row["modules"]}
    for module in gated:
        if module not in loaded:
            yield (
                f"{module} has no perf/locustfile.py, so nothing is known of it "
                "under load."
            )


def _doubt(row: Mapping[str, Any]) -> Iterator[str]:
    """Say why the figures of a load are not those that were asked for."""
    if row["ended"] != "completed":
        yield f"The load did not complete: {row['cause'] or row['ended']}."
    elif row["counted"] is None:
        yield "Locust's own count of its requests is unknown."
    elif row["counted"] != row["samples"]:
        yield (
            f"Locust counted {row['counted']:,} requests, "
            f"but {row['samples']:,} were recorded."
        )
    if row["exceptions"]:
        yield (
            f"{number(row['exceptions'], 'task')} of the locustfiles ended in an "
            f"exception ({row['exception']})."
        )
    if row["ended"] == "completed" and row["users_seen"] < row["users"]:
        yield (
            f"Only {row['users_seen']} of {number(row['users'], 'user')} took part in "
            "the load; see locust.log."
        )
    if row["cpu"] >= MAX_CPU:
        yield (
            f"A Locust process used {row['cpu']:.0f} % of a core, so the times are its "
            "own; raise performance.processes."
        )


def _missing(
    rules: PerformanceRules,
    loads: Sequence[Mapping[str, Any]],
    measured: Sequence[Mapping[str, Any]],
) -> Iterator[str]:
    """Name the operations of which there was none, or too few."""
    expected = [name for row in loads for name in row["operations"]]
    requests = {row["operation"]: int(row["requests"]) for row in measured}
    for name in dict.fromkeys([*expected, *rules.thresholds]):
        count = requests.get(name, 0)
        if not count:
            yield f"{name} had no request in the measured time."
        elif count < rules.min_requests:
            yield f"{name}: {number(count, 'request')} < {rules.min_requests:,}."


def _failed(
    rules: PerformanceRules, measured: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    total = sum(int(row["requests"]) for row in measured)
    failures = sum(int(row["failures"]) for row in measured)
    if not total or 100 * failures / total <= rules.max_failure_rate:
        return
    worst = max(measured, key=lambda row: int(row["failures"]))
    yield (
        f"{failures:,} of {total:,} requests failed, {100 * failures / total:.1f} % > "
        f"{rules.max_failure_rate:g} %; most frequent: {worst['operation']}, "
        f"{str(worst['message'] or 'no message').rstrip('.')}."
    )


def _slow(
    rules: PerformanceRules, measured: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    told = [row for row in measured if row["requests"]]
    for row in told:
        limit = rules.thresholds.get(row["operation"])
        value = row[rules.statistic]
        if limit is not None and (value is None or value > limit):
            shown = "unknown" if value is None else milliseconds(value, limit)
            yield f"{row['operation']} {rules.statistic} {shown} > {limit:,.0f} ms."
    requests = sum(int(row["requests"]) for row in told)
    if not requests:
        return
    mean = sum(row["avg"] * row["requests"] for row in told) / requests
    if mean > rules.max_mean:
        yield (
            f"The mean of all requests is {milliseconds(mean, rules.max_mean)} > "
            f"{rules.max_mean:,.0f} ms."
        )


def milliseconds(value: float, limit: float) -> str:
    """Write a time that is above *limit* so that it shows."""
    return f"{value:,.0f} ms" if round(value) > round(limit) else f"{value:,.3f} ms"
