"""Everything that a run is compared with, as frames: measured before the policy judges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgate.comparison.base_coverage import base_coverage
from qgate.comparison.changed_lines import changed_lines
from qgate.comparison.earlier import earlier
from qgate.history.store import History

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from qgate.settings import Settings


def compared(
    settings: Settings,
    frames: Mapping[str, pd.DataFrame],
    data: Mapping[str, Any],
    *,
    changed_since: str | None = None,
) -> dict[str, pd.DataFrame]:
    """Return the frames that say how a run compares; nothing here ends a run.

    What cannot be compared is a row that says why, and the policy knows whether it was asked
    for.

    Args:
        settings: The configuration.
        frames: All frames of the run, empty ones included.
        data: What its record will say: `run_id`, `started`, `git` and `machine` are read.
        changed_since: The git ref that the run judges the changes since.
    """

    def history() -> History:
        options = settings.history.options
        return History(settings.history_url, options, secrets=settings.secrets)

    found = changed_lines(settings, frames, changed_since)
    found |= base_coverage(settings, history, {**frames, **found}, data)
    return found | earlier(settings, history, frames, data)
