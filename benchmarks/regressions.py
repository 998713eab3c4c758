"""How well changes are found: in histories made with a known change, and with none.

What is wanted: at least 95 % of the changes by 20 % at 10 % noise found, and dated within 5
runs of where they are; at most 1 false alarm in 200 quiet histories of 100 runs. Two columns
tell more than that. A history is judged once, when it is complete, and after every run, as a
gate does; the second is what the limit of false alarms is kept at.

How soon a change can be known is bounded: the last rows show a detector that is told the
level, the noise and the size of the change beforehand (Page's CUSUM, the fastest there is at
a given rate of false alarms, Moustakides 1986). No detector that has to find these out from
the history can be faster.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from rich.table import Table
from scipy import stats

from benchmarks.measure import CONSOLE
from qgate.history import regressions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Alarms = Callable[[Floats], list[int]]

SEED: Final = 19
QUIET: Final = 200
CHANGED: Final = 400
RUNS: Final = 100
AT: Final = 60
"""Where the change is, of 100 runs."""

NOISE: Final = 0.1
"""Standard deviation over mean."""

LATEST: Final = 20
"""Runs after the change in which an alarm still counts as one of it."""

NEAR: Final = 5


def _autocorrelated(random: np.random.Generator, count: int) -> Floats:
    values = np.empty(count)
    values[0] = random.standard_normal()
    for i in range(1, count):
        values[i] = 0.5 * values[i - 1] + np.sqrt(0.75) * random.standard_normal()
    return values


def _with_outliers(random: np.random.Generator, count: int) -> Floats:
    values = random.standard_normal(count)
    return np.where(random.random(count) < 0.02, values + 20, values)  # noqa: PLR2004


NOISES: Final[Mapping[str, Callable[[np.random.Generator, int], Floats]]] = {
    "normal": lambda random, count: random.standard_normal(count),
    "skewed (exponential)": lambda random, count: random.exponential(1, count) - 1,
    "heavy tails (t, 3 degrees)": lambda random, count: (
        random.standard_t(3, count) / np.sqrt(3)
    ),
    "2 % of runs thrice as slow": _with_outliers,
    "autocorrelated (0.5)": _autocorrelated,
}
"""Noise of mean 0 and variance 1."""


def qgate_steps(values: Floats) -> list[int]:
    """Return where qgate sees changes."""
    return [step.at for step in regressions.steps(values)]


def last_against_before(values: Floats) -> list[int]:
    """Return the last run if it is more than 15 % off the one before."""
    changed = len(values) > 1 and abs(values[-1] / values[-2] - 1) > 0.15  # noqa: PLR2004
    return [len(values) - 1] if changed else []


def t_test(values: Floats) -> list[int]:
    """Return the last run if it is outside Bencher's default boundary.

    That is a Student's t prediction of level 0.99 over at most 64 runs before it.
    """
    known = values[-65:-1]
    if len(known) < regressions.RUNS_BEFORE:
        return []
    far = stats.t.ppf(0.99, len(known) - 1) * known.std(ddof=1)
    return [len(values) - 1] if abs(values[-1] - known.mean()) > far else []


@dataclass
class Score:
    """What a detector came to.

    Attributes:
        once: False alarms in quiet histories that are judged when complete.
        each: Quiet histories with a false alarm after any of their runs.
        dated: Share of changes found and dated within 5 runs.
        delays: Runs after the change at which it was known, infinite when never.
    """

    once: int = 0
    each: int = 0
    dated: float = 0.0
    delays: list[float] = field(default_factory=list)

    def within(self, runs: int) -> float:
        """Share of the changes that are known *runs* runs after them."""
        return sum(delay <= runs for delay in self.delays) / len(self.delays)

    def most(self) -> str:
        """Runs after which 95 % of the changes are known."""
        enough = float(np.quantile(self.delays, 0.95, method="higher"))
        return f"{enough:.0f}" if np.isfinite(enough) else f"> {LATEST}"


def history(
    random: np.random.Generator, noise: str, factor: float = 1.0, count: int = RUNS
) -> Floats:
    """Return a history of level 100 that changes by *factor* at run 60."""
    values = 100 * (1 + NOISE * NOISES[noise](random, count))
    values[AT:] *= factor
    return np.maximum(values, 1.0)


def score(alarms: Alarms, noise: str) -> Score:
    """Run a detector over quiet and over changed histories."""
    random = np.random.default_rng(SEED)
    found = Score()
    for _ in range(QUIET):
        values = history(random, noise)
        found.once += bool(alarms(values))
        found.each += any(alarms(values[:end]) for end in range(2, RUNS + 1))
    dated = 0
    for i in range(CHANGED):
        values = history(random, noise, 1.2 if i % 2 else 0.8)
        found.delays.append(_delay(alarms, values))
        seen = alarms(values) or [
            at for end in range(AT, AT + NEAR) for at in alarms(values[: end + 1])
        ]
        dated += any(abs(at - AT) <= NEAR for at in seen)
    found.dated = dated / CHANGED
    return found


def _delay(alarms: Alarms, values: Floats) -> float:
    for after in range(1, LATEST + 1):
        if any(abs(at - AT) <= NEAR for at in alarms(values[: AT + after])):
            return after
    return np.inf


def bound() -> Score:
    """Return what a detector comes to that knows everything but when.

    Its threshold gives one false alarm in 200 quiet histories, judged after every run.
    """
    random = np.random.default_rng(SEED)
    size = 20_000
    quiet = _cusum(random.standard_normal((size, RUNS))).max(axis=1)
    threshold = np.quantile(quiet, 1 - 1 / QUIET)
    noise = random.standard_normal((size, LATEST + AT))
    noise[:, AT:] += 0.2 / NOISE
    alarm = _cusum(noise)[:, AT:] > threshold
    delays = np.where(alarm.any(axis=1), alarm.argmax(axis=1) + 1.0, np.inf)
    return Score(0, 1, float(np.isfinite(delays).mean()), list(delays))


def _cusum(noise: Floats) -> Floats:
    """Return Page's statistic for a change up or down by 20 %, after each run."""
    step = 0.2 / NOISE
    up, down = np.zeros(len(noise)), np.zeros(len(noise))
    found = np.empty_like(noise)
    for i in range(noise.shape[1]):
        up = np.maximum(0, up + step * noise[:, i] - step**2 / 2)
        down = np.maximum(0, down - step * noise[:, i] - step**2 / 2)
        found[:, i] = np.maximum(up, down)
    return found


DETECTORS: Final[Mapping[str, Alarms]] = {
    "qgate": qgate_steps,
    "t-test (Bencher)": t_test,
    "last against before": last_against_before,
}


def drifts() -> str:
    """Return what is said of a level that climbs by 1 % a run for 30 runs."""
    random = np.random.default_rng(SEED)
    told: list[Any] = []
    for _ in range(QUIET):
        values = history(random, "normal")
        values *= np.concatenate(
            [np.ones(40), np.geomspace(1, 1.3, 30), np.full(30, 1.3)]
        )
        told.append([step.share for step in regressions.steps(values)])
    found = sum(bool(shares) for shares in told)
    up = sum(all(share > 0 for share in shares) for shares in told if shares)
    mean = np.mean([len(shares) for shares in told])
    return (
        f"A drift by 1 % a run, 30 runs long: told in {100 * found / QUIET:.0f} %, "
        f"as {mean:.1f} steps, all of them upwards in {100 * up / found:.0f} %."
    )


def measure() -> None:
    """Print how often changes are found, and how often there is none."""
    table = Table(
        title=f"Changes by 20 % at 10 % noise ({CHANGED} histories), and false alarms in "
        f"{QUIET} quiet ones of {RUNS} runs",
        title_justify="left",
    )
    for name in ("Noise", "Detector"):
        table.add_column(name)
    for name in (
        "false alarms,\njudged once",
        "after\nevery run",
        "found, dated\n± 5 runs",
        "known after\n5 runs",
        "10 runs",
        "95 % known\nafter",
    ):
        table.add_column(name, justify="right")
    ours = {}
    for noise in NOISES:
        for name, alarms in DETECTORS.items():
            found = score(alarms, noise)
            if name == "qgate":
                ours[noise] = found
            _row(table, noise, name, found)
    _row(table, "normal", "bound (CUSUM told all)", bound())
    CONSOLE.print(table)
    CONSOLE.print(drifts())
    _wanted(ours["normal"])


def _row(table: Table, noise: str, name: str, found: Score) -> None:
    table.add_row(
        noise,
        name,
        str(found.once),
        str(found.each),
        f"{100 * found.dated:.1f} %",
        f"{100 * found.within(5):.0f} %",
        f"{100 * found.within(10):.0f} %",
        f"{found.most()} runs",
        style="bold" if name == "qgate" else None,
    )


def _wanted(found: Score) -> None:
    for what, value, wanted, good in (
        (
            "20 % changes found, dated within 5 runs",
            f"{100 * found.dated:.1f} %",
            "≥ 95 %",
            found.dated >= 0.95,  # noqa: PLR2004
        ),
        ("false alarms, judged once", str(found.once), "≤ 1", found.once <= 1),
        (
            "false alarms, judged after every run",
            str(found.each),
            "≤ 1",
            found.each <= 1,
        ),
    ):
        CONSOLE.print(
            f"{what}: {value} (wanted {wanted})", style=None if good else "bold red"
        )
