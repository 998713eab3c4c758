"""Finds out when a figure changed from run to run, by how much, and how sure that is.

Three steps, each well known. No single run may count for much: what lies far from the runs
around it is pulled in (a Hampel filter). Where the mean changes is found by penalised least
squares (PELT, Killick and others 2012, as in the library ruptures). Each change is then tested
(Student's t, all segments lending their scatter, and no more than the medians show too), and
the weakest is taken back until every one is sure; Hunter and Apache Otava go the same way,
from a weak threshold to a strict one.

Sure counts that a history has many places where something could have changed, and that it is
looked at again after every run. `benchmarks/regressions.py` shows what that comes to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CONFIDENCE: Final = 0.995
"""One false alarm in 200 quiet histories of 100 runs, each judged after every run."""

WINDOW: Final = 100
"""Newest runs that are looked at; what changed before them is settled."""

RUNS_BEFORE: Final = 12
"""Runs without which nobody knows the level that something changed from."""

RUNS_AFTER: Final = 5
"""Runs that have to show a new level: a few may have had a bad neighbour."""

_AROUND: Final = 3
"""Runs on either side that say what is far off."""

_FAR: Final = 3.0
"""Standard deviations from their median that a run may count for."""

_PENALTY: Final = 9.0
"""Variances that a change has to explain to be a candidate, about 2 ln(100)."""

_TYPICAL: Final = 1.3
"""How much more than their medians the means of two levels may differ and count."""

_LOOKS: Final = 20.0
"""Independent looks that a look after each of 100 runs comes to; they overlap. Measured."""

_TRIMMED: Final = 0.9
"""Share of the steps from run to run that says how much runs scatter."""

_MEAN_OF_TRIMMED: Final = 0.6477
"""Mean size of that share of normal values of variance 1, the smallest ones."""


@dataclass(frozen=True)
class Scale:
    """How the values of a measure are compared.

    Attributes:
        relative: Whether changes are shares of the level, as with times, or differences.
        resolution: Scatter that is there even if none is seen: a share or a difference.
        floor: Smallest value that means something; of relative measures only.
    """

    relative: bool = True
    resolution: float = 0.005
    floor: float = 1e-9

    def to(self, values: Floats) -> Floats:
        """Return the values on a scale on which changes add up."""
        return np.log(np.maximum(values, self.floor)) if self.relative else values

    def back(self, level: float) -> float:
        """Return a level of that scale as a value."""
        return float(np.exp(level)) if self.relative else float(level)


SHARES: Final = Scale()
"""How times and sizes are compared."""


@dataclass(frozen=True)
class Step:
    """One change of the level.

    Attributes:
        at: Index of the first value on the new level.
        since: Index of the first value on the level before.
        until: Index behind the last value on the new level.
        before: The level before.
        after: The new level.
        confidence: How sure the change is, below 1.
    """

    at: int
    since: int
    until: int
    before: float
    after: float
    confidence: float

    @property
    def share(self) -> float:
        """The change as a share of the level before."""
        return self.after / self.before - 1 if self.before else float("inf")


def steps(
    values: Sequence[float] | Floats,
    scale: Scale = SHARES,
    *,
    confidence: float = CONFIDENCE,
) -> list[Step]:
    """Return the changes of the level of *values*, oldest first.

    Looks at the last `WINDOW` values. Fewer than `RUNS_BEFORE` + `RUNS_AFTER` are too few to
    say anything, and give no change.

    Args:
        values: One per run, in order.
        scale: How they are compared, by default as shares.
        confidence: How sure a change has to be.
    """
    every = np.asarray(values, dtype=np.float64)
    skipped = max(0, len(every) - WINDOW)
    if len(every) - skipped < RUNS_BEFORE + RUNS_AFTER:
        return []
    exact = scale.to(every[skipped:])
    scatter = max(_scatter(exact), scale.resolution)
    bounded = _bounded(exact, scatter)
    cuts, sure = _sure(bounded, _candidates(bounded, scatter), scale, confidence)
    levels = [scale.back(part.mean()) for part in np.split(bounded, cuts[1:-1])]
    return [
        Step(
            at=skipped + cuts[i + 1],
            since=skipped + cuts[i],
            until=skipped + cuts[i + 2],
            before=levels[i],
            after=levels[i + 1],
            confidence=sure[i],
        )
        for i in range(len(sure))
    ]


def _scatter(values: Floats) -> float:
    """Return the standard deviation of runs on one level, from their steps.

    Steps from run to run do not see a change of the level but once, and the largest tenth
    of them, where outliers are, is left out.
    """
    sizes = np.sort(np.abs(np.diff(values)))
    kept = sizes[: int(np.ceil(_TRIMMED * len(sizes)))]
    return float(kept.mean() / _MEAN_OF_TRIMMED / np.sqrt(2))


def _bounded(values: Floats, scatter: float) -> Floats:
    """Pull in what lies far from the median of the runs around it."""
    padded = np.pad(values, _AROUND, constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _AROUND + 1)
    middle = np.nanmedian(around, axis=1)
    return np.clip(values, middle - _FAR * scatter, middle + _FAR * scatter)


def _candidates(values: Floats, scatter: float) -> list[int]:
    """Return where the mean may have changed, between 0 and the number of values."""
    from ruptures import KernelCPD  # noqa: PLC0415 - slow to import

    search = KernelCPD(kernel="linear", min_size=RUNS_AFTER)
    found = search.fit(values.reshape(-1, 1)).predict(pen=_PENALTY * scatter**2)
    return [0, *map(int, found)]


def _sure(
    values: Floats, cuts: list[int], scale: Scale, confidence: float
) -> tuple[list[int], list[float]]:
    """Take the weakest change back until all are sure; return them with their confidence."""
    from scipy.special import stdtr  # noqa: PLC0415 - slow to import

    while len(cuts) > 2:  # noqa: PLR2004 - both ends
        lengths = np.diff(cuts)
        means = np.add.reduceat(values, cuts[:-1]) / lengths
        rest = ((values - np.repeat(means, lengths)) ** 2).sum()
        free = len(values) - len(lengths)
        spread = max(float(np.sqrt(rest / free)), scale.resolution)
        error = spread * np.sqrt(1 / lengths[1:] + 1 / lengths[:-1])
        chance = 2 * stdtr(free, -_differences(values, cuts, means) / error)
        # What a first level of few runs was like is not known well enough.
        chance[0] = chance[0] if cuts[1] >= RUNS_BEFORE else 1.0
        doubt = chance * len(values) * _LOOKS
        weakest = int(doubt.argmax())
        if doubt[weakest] <= 1 - confidence:
            return cuts, [float(1 - value) for value in doubt]
        del cuts[weakest + 1]
    return cuts, []


def _differences(values: Floats, cuts: list[int], means: Floats) -> Floats:
    """Return how much neighbouring levels differ, in what most of their runs show too."""
    middles = np.array([np.median(part) for part in np.split(values, cuts[1:-1])])
    change = np.diff(means)
    typical = np.maximum(np.sign(change) * np.diff(middles), 0)
    found: Floats = np.minimum(np.abs(change), _TYPICAL * typical)
    return found
