"""What the page of trends shows, asked of a history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

from IPython.display import HTML

from qgate import settings
from qgate.history import open_history
from qgate.history.overview import Overview, overview

if TYPE_CHECKING:
    import ipywidgets

    from qgate.settings import Settings


@dataclass
class Trends:
    """What the page shows.

    Attributes:
        seen: What the history answered.
        limits: The configuration, for the lines of thresholds.
        asked: What it was asked, by the names of `open_trends`.
        live: Whether a person sits before it, who may choose anew.
        parts: What is shown live, with what draws it.
    """

    seen: Overview
    limits: Settings
    asked: dict[str, str]
    live: bool = False
    parts: list[tuple[ipywidgets.Output, Part]] = field(default_factory=list)


Part = Callable[[Trends], HTML]
"""Draws a part of the page."""


def part(draw: Part) -> Callable[[Trends], HTML | ipywidgets.Output]:
    """Let a part that is shown live be drawn again when something else is chosen."""

    @wraps(draw)
    def shown(trends: Trends) -> HTML | ipywidgets.Output:
        if not trends.live:
            return draw(trends)
        import ipywidgets  # noqa: PLC0415 - a page that is exported has no widgets

        place = ipywidgets.Output()
        trends.parts.append((place, draw))
        place.append_display_data(draw(trends))
        return place

    return shown


def open_trends(
    *,
    url: str = "",
    branch: str = "",
    since: str = "",
    until: str = "",
    module: str = "",
    config: str = "",
    origin: str = "",
    live: bool = False,
) -> Trends:
    """Ask a history for what the page shows.

    Args:
        url: Folder or URL of the history; empty: that of the configuration.
        branch: Only this branch; empty: all.
        since: From when on, as `90d` or a date; empty: all.
        until: Until when; empty: now.
        module: Only this module; empty: all.
        config: Configuration file; empty: qgate.toml.
        origin: What is said of where the history lies, when *url* is a copy of it.
        live: Whether filters are shown as widgets.

    Raises:
        UsageError: The configuration or a moment is wrong.
        HistoryProblem: The history cannot be read.
    """
    asked = {
        "url": url,
        "branch": branch,
        "since": since,
        "until": until,
        "module": module,
        "config": config,
    }
    found = settings.load(Path(config) if config else None)
    seen = ask(asked)
    return Trends(replace(seen, url=origin or seen.url), found, asked, live)


def ask(asked: dict[str, str]) -> Overview:
    """Ask the history what *asked* is about, by the names of `open_trends`."""
    history = open_history(asked["url"] or None, config=asked["config"] or None)
    return overview(
        history,
        branch=asked["branch"] or None,
        since=asked["since"] or None,
        until=asked["until"] or None,
        module=asked["module"] or None,
    )
