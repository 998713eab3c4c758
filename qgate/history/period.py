"""Which runs a question to the history is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from qgate.errors import UsageError
from qgate.history.layout import month_of

When = str | date | datetime | timedelta | None
"""A moment: `30d` (also h, w, y) before now, a date, or an ISO time; UTC unless it says."""

_BEFORE: Final = re.compile(r"(\d{1,6})\s*([hdwy])")
_HOURS: Final = {"h": 1, "d": 24, "w": 24 * 7, "y": 24 * 365}


def moment(given: When, now: datetime | None = None) -> datetime | None:
    """Return the moment that *given* means, None for no limit.

    Raises:
        UsageError: It means none.
    """
    now = now or datetime.now(UTC)
    if given is None or given == "":
        return None
    if isinstance(given, timedelta):
        return now - given
    if isinstance(given, datetime):
        return given if given.tzinfo else given.replace(tzinfo=UTC)
    if isinstance(given, date):
        return datetime(given.year, given.month, given.day, tzinfo=UTC)
    text = str(given).strip().lower()
    try:
        if found := _BEFORE.fullmatch(text):
            return now - timedelta(hours=int(found[1]) * _HOURS[found[2]])
        return moment(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        message = f"{given} is no moment."
        hint = "Give 30d (or h, w, y) for the time before now, or a date as 2026-11-24."
        raise UsageError(message, hint=hint) from error


@dataclass(frozen=True)
class Choice:
    """The runs that are looked at.

    Attributes:
        branch: Only those of this branch.
        since: Only those that began then or later.
        until: Only those that began before.
        module: Only those that judged this module.
        machine: Only those of this machine, by its hash.
        profile: Only those under this profile.
    """

    branch: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    module: str | None = None
    machine: str | None = None
    profile: str | None = None

    @property
    def month(self) -> str:
        """The first month with such runs, empty for any."""
        return month_of(self.since.astimezone(UTC)) if self.since else ""

    def where(self) -> tuple[str, list[object]]:
        """Return the condition on `runs` in SQL, and its values."""
        conditions: list[str] = []
        values: list[object] = []
        for condition, value in (
            ("runs.branch = ?", self.branch),
            ("runs.started >= ?", self.since),
            ("runs.started < ?", self.until),
            ("list_contains(runs.modules, ?)", self.module),
            ("runs.machine = ?", self.machine),
            ("runs.profile = ?", self.profile),
        ):
            if value:
                conditions.append(condition)
                values.append(value)
        return " AND ".join(conditions) or "true", values
