"""Figures of a load, from its raw samples: pure functions of frames.

Percentiles interpolate linearly between the two nearest samples (type 7 of Hyndman and Fan,
1996, which is the default of numpy, pandas and R). The times of failed requests count too, as
in Locust: one that waited for a minute before it failed has made a person wait.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def in_window(samples: pd.DataFrame, begin: float | None, seconds: float) -> pd.Series:
    """Return for each sample whether it counts: whether its request began in the window.

    A slow request that began in it counts also when it ended later; else the slowest were left
    out of the figures.

    Args:
        samples: With the column `began`, in seconds.
        begin: When measuring began, None when it never did.
        seconds: How long it measured.
    """
    if begin is None:
        return pd.Series(data=False, index=samples.index, dtype=bool)
    return (samples["began"] >= begin) & (samples["began"] < begin + seconds)


def by_operation(
    samples: pd.DataFrame,
    operations: Iterable[str],
    thresholds: Mapping[str, float],
    seconds: float,
) -> list[dict[str, Any]]:
    """Return a row of table `performance` for each operation.

    Args:
        samples: Those that count.
        operations: Operations that are expected; one without a sample has a row as well.
        thresholds: Limit of the judged statistic, by operation.
        seconds: Time the samples are of.
    """
    seen = dict.fromkeys(str(name) for name in samples["operation"])
    names = dict.fromkeys([*operations, *thresholds, *seen])
    groups = dict(list(samples.groupby("operation", sort=False)))
    return [
        _row(name, groups.get(name, samples.iloc[:0]), thresholds.get(name), seconds)
        for name in names
    ]


def _row(
    name: str, own: pd.DataFrame, threshold: float | None, seconds: float
) -> dict[str, Any]:
    times, queries = own["milliseconds"], own["queries"].dropna()
    failures = own["failure"].dropna()
    row = {
        "operation": name,
        "requests": len(own),
        "failures": len(failures),
        "rps": len(own) / seconds if seconds > 0 else 0.0,
        "threshold": threshold,
        "queries": float(queries.mean()) if len(queries) else None,
        "queries_max": int(queries.max()) if len(queries) else None,
        "message": most_frequent(failures),
    }
    if not len(own):
        return row
    p50, p95, p99 = (float(value) for value in times.quantile([0.5, 0.95, 0.99]))
    return row | {
        "avg": float(times.mean()),
        "p50": p50,
        "p95": p95,
        "p99": p99,
        "max": float(times.max()),
    }


def most_frequent(failures: pd.Series) -> str | None:
    """Return the most frequent text, of several the first in the alphabet."""
    counts = failures.value_counts()
    if counts.empty:
        return None
    return min(str(text) for text in counts[counts == counts.max()].index)


def without(
    samples: pd.DataFrame,
    ticks: Sequence[tuple[float, int, int]],
    begin: float | None,
    seconds: float,
) -> tuple[pd.DataFrame, list[tuple[float, int, int]]]:
    """Return samples and ticks as if there had been no pause in which users kept still.

    Args:
        samples: All of the load.
        ticks: Time, users and requests so far, from time to time.
        begin: When the pause began; None where there was none.
        seconds: How long it was.
    """
    if begin is None:
        return samples, [*ticks]
    # Who was in the middle of something when it began ended that in it.
    until = begin + seconds
    began = samples["began"]
    began = began.mask(began >= begin, (began - seconds).clip(lower=begin))
    kept = [
        (time - seconds if time >= until else time, users, requests)
        for time, users, requests in ticks
        if not begin < time < until
    ]
    return samples.assign(began=began), kept


def series(
    samples: pd.DataFrame,
    ticks: Sequence[tuple[float, int, int]],
    begin: float,
    window: tuple[float, float] | None,
) -> list[dict[str, Any]]:
    """Return a row of table `performance_series` for each operation and second with a request.

    Args:
        samples: All of the load; a request belongs to the second in which it ended.
        ticks: Time, users and requests so far, from time to time.
        begin: When the first user started, in seconds.
        window: Seconds of the measured time, from *begin* on; None when nothing was measured.
    """
    if samples.empty:
        return []
    ended = samples["began"] + samples["milliseconds"] / 1000 - begin
    second = ended.map(math.floor).clip(lower=0)
    rows = []
    for key, own in samples.groupby(["operation", second], sort=True):
        name, at = str(key[0]), int(key[1])  # type: ignore[call-overload]
        times = own["milliseconds"]
        p50, p95 = (float(value) for value in times.quantile([0.5, 0.95]))
        rows.append(
            {
                "operation": name,
                "second": at,
                "requests": len(own),
                "failures": int(own["failure"].notna().sum()),
                "p50": p50,
                "p95": p95,
                "users": _users(ticks, begin + at + 1),
                "warm_up": window is None or not window[0] <= at < window[1],
            }
        )
    return rows


def _users(ticks: Sequence[tuple[float, int, int]], until: float) -> int:
    known = [users for time, users, _ in ticks if time <= until]
    return known[-1] if known else ticks[0][1] if ticks else 0
