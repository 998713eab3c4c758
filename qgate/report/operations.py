"""The parts of the page on a running Odoo, and the page itself."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.display import HTML

from qgate import settings
from qgate.figures.operations import connection_counts, error_rates, health_times
from qgate.frames import rows
from qgate.operations.kept import load
from qgate.report import html
from qgate.report.notebook import ReportFailed, execute, export, notebook
from qgate.report.page import start

if TYPE_CHECKING:
    import pandas as pd

    from qgate.sections import WatchSettings
    from qgate.settings import Settings


@dataclass(frozen=True)
class Seen:
    """What a watch saw of one server.

    Attributes:
        samples: Frame `operations`, oldest first.
        alerts: Frame `alerts`, oldest first.
        limits: The thresholds.
    """

    samples: pd.DataFrame
    alerts: pd.DataFrame
    limits: WatchSettings


def open_watch(
    *, folder: str, url: str = "", overrides: object = (), config: str = ""
) -> Seen:
    """Open the samples in *folder*.

    Args:
        folder: Folder of a watch.
        url: The server, when the folder has several; by default the latest.
        overrides: Thresholds, as section.key=value words.
        config: Configuration file, by default qgate.toml.

    Raises:
        UsageError: There is no watch, or the configuration is wrong.
    """
    words = list(overrides) if isinstance(overrides, (list, tuple)) else []
    limits = settings.load(Path(config) if config else None, overrides=words).watch
    samples, alerts = load(Path(folder))
    own = url or str(samples["url"].iloc[-1])
    return Seen(
        samples[samples["url"] == own].sort_values("at"),
        alerts[alerts["url"] == own].sort_values("at"),
        limits,
    )


def summary(seen: Seen) -> HTML:
    """Say how the server is, since when it is looked at, and what is wrong now."""
    last = next(rows(seen.samples.tail(1)))
    first = next(rows(seen.samples.head(1)))
    latest = {row["kind"]: row for row in rows(seen.alerts)}
    wrong = [row["message"] for row in latest.values() if row["state"] == "raised"]
    verdict = "failed" if wrong or not last["healthy"] else "passed"
    word = "alert" if wrong else "healthy" if last["healthy"] else "unwell"
    healthy = 100 * float(seen.samples["healthy"].mean())
    pairs: list[tuple[str, Any]] = [
        ("Server", last["url"]),
        ("Healthy", f"in {healthy:.1f} % of {len(seen.samples):,} looks"),
        ("Since", f"{first['at']:%Y-%m-%d %H:%M:%S} UTC"),
        ("Until", f"{last['at']:%Y-%m-%d %H:%M:%S} UTC"),
        ("Response time, p95", _p95(seen.samples)),
        ("Alerts", int((seen.alerts["state"] == "raised").sum())),
    ]
    told = html.items(wrong, 6) if wrong else ""
    return HTML(
        f"<section class='qg-banner qg-{verdict}'>"
        f"<p class='qg-verdict'>{html.SIGNS[verdict]} {word}</p>"
        f"{told}{html.facts(pairs)}</section>"
    )


def response_times(seen: Seen) -> HTML:
    """Show the response times of the health check."""
    figure = health_times(seen.samples, limit=seen.limits.max_response_time)
    return HTML(html.chart(figure))


def error_rate(seen: Seen) -> HTML:
    """Show the errors in the log for each request."""
    return HTML(html.chart(error_rates(seen.samples, limit=seen.limits.max_error_rate)))


def connections(seen: Seen) -> HTML:
    """Show the connections to the database."""
    figure = connection_counts(seen.samples, limit=seen.limits.max_connections)
    return HTML(html.chart(figure))


def alerts(seen: Seen) -> HTML:
    """List the alerts, newest first."""
    if seen.alerts.empty:
        return HTML(html.said("There was no alert."))
    return HTML(
        html.table(
            "Alerts",
            ("Time, UTC", "Of", "State", "What"),
            [
                (
                    f"{row['at']:%Y-%m-%d %H:%M:%S}",
                    row["kind"].replace("_", " "),
                    row["state"],
                    row["message"],
                )
                for row in rows(seen.alerts.iloc[::-1])
            ],
            filters=("Of", "State"),
            prose=True,
        )
    )


def write_page(folder: Path, chosen: Settings) -> Path:
    """Write `operations.html` into the folder of a watch and return its path.

    Raises:
        ReportFailed: The notebook failed, or the page cannot be written.
    """
    target = folder / "operations.html"
    limits = chosen.watch.model_dump()
    parameters = {
        "folder": str(folder.absolute()),
        "overrides": [f"watch.{name}={value}" for name, value in limits.items()],
    }
    try:
        with tempfile.TemporaryDirectory(prefix="qgate-") as scratch:
            executed = Path(scratch) / "operations.ipynb"
            execute(notebook("operations.ipynb"), executed, parameters)
            page = export(executed, "A running Odoo")
        part = target.with_name(f".{target.name}.part")
        part.write_text(page, encoding="utf-8")
        part.replace(target)
    except OSError as error:
        message = f"{target} cannot be written ({error.strerror or error})."
        raise ReportFailed(message, hint="Check rights and free space.") from error
    return target


def _p95(samples: pd.DataFrame) -> str:
    times = samples["response_time"].dropna()
    return f"{float(times.quantile(0.95)):,.0f} ms" if len(times) else ""


__all__ = [
    "Seen",
    "alerts",
    "connections",
    "error_rate",
    "open_watch",
    "response_times",
    "start",
    "summary",
    "write_page",
]
