"""Looks at a running Odoo at intervals, tells what is wrong, and keeps what it saw."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from qgate import process
from qgate.delivery import notify
from qgate.errors import QgateError
from qgate.operations.alarms import RAISED, Alarms
from qgate.operations.kept import Kept
from qgate.operations.sampling import Connections, Health, Log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from qgate.environment.postgres import PostgresServer
    from qgate.settings import Settings

_WRITE_SECONDS: Final = 10.0
"""Between two writes while nothing is wrong."""


@dataclass(frozen=True)
class Watch:
    """What is watched.

    Attributes:
        url: Address of the server.
        folder: Where samples and alerts are kept.
        log: Odoo's log file, if it can be read here.
        server: Its database server, if it can be reached from here.
        database: Name of its database.
        seconds: How long, forever when None.
    """

    url: str
    folder: Path
    log: Path | None = None
    server: PostgresServer | None = None
    database: str = ""
    seconds: float | None = None


@dataclass(frozen=True)
class Ended:
    """What a watch came to.

    Attributes:
        samples: How many looks it had.
        raised: Alerts that were raised.
        open: Messages of alerts that are not over.
    """

    samples: int
    raised: int
    open: tuple[str, ...]


def watch(
    settings: Settings,
    wanted: Watch,
    *,
    seen: Callable[[Mapping[str, Any]], None] = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
) -> Ended:
    """Watch until the time is over, or a person ends it with Ctrl-C.

    Args:
        settings: Thresholds, interval and the webhook.
        wanted: What is watched.
        seen: Is called with every sample.
        tell: Is called with every alert, and with what went wrong with the watch itself.

    Raises:
        UsageError: The address is none.
        OSError: The folder cannot be written.
    """
    limits = settings.watch
    looks = _Looks(wanted, limits.time_limit)
    kept = Kept(wanted.folder, limits.keep_samples)
    for problem in kept.problems:
        tell(problem)
    alarms = Alarms(limits)
    samples = raised = 0
    begun = written = time.monotonic()
    try:
        while True:
            turn = time.monotonic()
            sample = looks.sample()
            alerts = list(alarms.see(sample))
            samples += 1
            raised += sum(alert["state"] == RAISED for alert in alerts)
            kept.add(sample, alerts)
            seen(sample)
            for alert in alerts:
                _spread(settings, alert["message"], tell)
            if samples == 1 or alerts or turn - written >= _WRITE_SECONDS:
                kept.write()
                written = turn
            left = turn + limits.interval - time.monotonic()
            if wanted.seconds is not None:
                rest = begun + wanted.seconds - time.monotonic()
                if rest <= max(left, 0):
                    break
            time.sleep(max(left, 0))
    except KeyboardInterrupt:
        pass  # the way to end a watch
    finally:
        kept.write()
    return Ended(samples, raised, tuple(alarms.open.values()))


class _Looks:
    """Takes samples; what cannot be looked at is said in each."""

    def __init__(self, wanted: Watch, time_limit: float) -> None:
        self._health = Health(wanted.url, time_limit)
        self._log = Log(wanted.log) if wanted.log else None
        self._connections = (
            Connections(wanted.server, wanted.database) if wanted.server else None
        )

    def sample(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "at": datetime.now(UTC),
            "url": self._health.url,
            **self._health.look(),
        }
        blind = []
        if self._log:
            try:
                found |= self._log.look()
            except OSError as error:
                why = error.strerror or type(error).__name__
                blind.append(
                    f"The log {self._log.path} cannot be read ({why}), so the error "
                    "rate is unknown."
                )
        if self._connections:
            try:
                found |= self._connections.look()
            except QgateError as error:
                blind.append(f"Connections are unknown: {error.message}")
        return found | {"blind": " ".join(blind) or None}


def _spread(settings: Settings, message: str, tell: Callable[[str], None]) -> None:
    """Tell an alert on the console and, where one is set, by the webhook."""
    text = process.mask(message, settings.secrets)
    tell(text)
    if url := settings.secret(notify.WEBHOOK):
        for problem in notify.post(url, text):
            tell(problem)
