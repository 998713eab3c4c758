"""When a sample is bad, and when bad samples are an alert."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qgate.sections import WatchSettings

RAISED: Final = "raised"
OVER: Final = "over"


def troubles(sample: Mapping[str, Any], limits: WatchSettings) -> dict[str, str]:
    """Return what is wrong by its kind, one sentence each; a pure function.

    Args:
        sample: A row of the frame `operations`.
        limits: The thresholds.
    """
    found = {}
    if not sample["healthy"]:
        found["health"] = sample["problem"] or f"{sample['url']} is not healthy."
    took = sample.get("response_time")
    if took is not None and took > limits.max_response_time:
        found["response_time"] = (
            f"{sample['url']} answers its health check in {took:,.0f} ms > "
            f"{limits.max_response_time:,.0f} ms."
        )
    rate = sample.get("error_rate")
    if rate is not None and rate > limits.max_error_rate:
        found["error_rate"] = (
            f"{sample['url']} logged {sample['errors']:,} errors in "
            f"{sample['requests']:,} requests, {rate:.1f} % > "
            f"{limits.max_error_rate:g} %."
        )
    taken, most = sample.get("all_connections") or 0, sample.get("max_connections")
    if most and 100 * taken / most > limits.max_connections:
        found["connections"] = (
            f"{taken:,} of {most:,} database connections are taken, "
            f"{100 * taken / most:.0f} % > {limits.max_connections:g} %."
        )
    if sample.get("blind"):
        found["blind"] = sample["blind"]
    return found


@dataclass
class Alarms:
    """Turns what is wrong into alerts: raised after some samples in a row, over likewise.

    Attributes:
        limits: The thresholds.
        open: Alerts that are not over, with their message.
    """

    limits: WatchSettings
    open: dict[str, str] = field(default_factory=dict)
    _bad: dict[str, int] = field(default_factory=dict)
    _good: dict[str, int] = field(default_factory=dict)

    def see(self, sample: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the alerts that *sample* raises or ends, as rows of the frame `alerts`."""
        found = troubles(sample, self.limits)
        for kind in sorted({*found, *self._bad, *self.open}):
            if kind in found:
                self._bad[kind] = self._bad.get(kind, 0) + 1
                self._good.pop(kind, None)
                if kind not in self.open and self._bad[kind] >= self.limits.after:
                    self.open[kind] = found[kind]
                    yield self._row(sample, kind, RAISED, found[kind])
            else:
                self._bad.pop(kind, None)
                self._good[kind] = self._good.get(kind, 0) + 1
                if kind in self.open and self._good[kind] >= self.limits.after:
                    was = self.open.pop(kind)
                    yield self._row(sample, kind, OVER, f"Over: {was}")

    @staticmethod
    def _row(
        sample: Mapping[str, Any], kind: str, state: str, message: str
    ) -> dict[str, Any]:
        return {
            "at": sample["at"],
            "url": sample["url"],
            "kind": kind,
            "state": state,
            "message": message,
        }
