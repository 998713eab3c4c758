"""The parts of the page of trends, and the page itself."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from IPython.display import HTML

from qgate import settings
from qgate.errors import QgateError
from qgate.figures import trends as figures
from qgate.figures.style import duration
from qgate.frames import rows
from qgate.history import files, open_history, tables
from qgate.history.layout import month_of
from qgate.history.overview import TABLES, Overview, overview, recoveries
from qgate.history.period import moment
from qgate.history.place import HistoryProblem, Place
from qgate.report import html
from qgate.report.notebook import ReportFailed, execute, export, notebook
from qgate.report.page import start

if TYPE_CHECKING:
    import ipywidgets

    from qgate.settings import Settings

_OPERATIONS: Final = 8
_TRIES: Final = 5
_FOLLOW: Final = Path(__file__).parent / "template" / "trends.js"


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
    seen = _ask(asked)
    return Trends(replace(seen, url=origin or seen.url), found, asked, live)


def _ask(asked: dict[str, str]) -> Overview:
    history = open_history(asked["url"] or None, config=asked["config"] or None)
    return overview(
        history,
        branch=asked["branch"] or None,
        since=asked["since"] or None,
        until=asked["until"] or None,
        module=asked["module"] or None,
    )


def choose(trends: Trends) -> ipywidgets.VBox | HTML:
    """Offer branch, period and module to choose from, where somebody can choose."""
    if not trends.live:
        return HTML("")
    import ipywidgets  # noqa: PLC0415 - as above

    fields = {
        name: ipywidgets.Text(
            value=trends.asked[name], description=name.capitalize(), placeholder=hint
        )
        for name, hint in (
            ("branch", "all branches"),
            ("since", "90d, or 2026-01-31"),
            ("until", "now"),
            ("module", "all modules"),
        )
    }
    told = ipywidgets.HTML()

    def show(_: object) -> None:
        asked = {
            **trends.asked,
            **{name: w.value.strip() for name, w in fields.items()},
        }
        try:
            trends.seen = _ask(asked)
        except QgateError as error:
            told.value = f"<p>{html.safe(error)}</p>"
            return
        told.value, trends.asked = "", asked
        for place, draw in trends.parts:
            place.outputs = ()
            place.append_display_data(draw(trends))

    button = ipywidgets.Button(description="Show")
    button.on_click(show)
    return ipywidgets.VBox([ipywidgets.HBox([*fields.values()]), button, told])


def begin() -> HTML:
    """Load what the other parts need, and let points lead to their runs' reports."""
    follow = _FOLLOW.read_text(encoding="utf-8")
    return HTML(f"{start().data}<script>{follow}</script>")


@part
def banner(trends: Trends) -> HTML:
    """Say what period of what this is, and how the gate stands."""
    seen = trends.seen
    if seen.runs.empty:
        return HTML(
            html.said(
                f"There is no run in {seen.url} ({seen.filters}). "
                "Run the gate, or choose another branch or period."
            )
        )
    first, last = seen.runs.iloc[0], seen.runs.iloc[-1]
    passed = int((seen.runs["verdict"] == "passed").sum())
    word = str(last["verdict"])
    link = _link(str(last["run_id"]), str(last["link"])).markup
    pairs: list[tuple[str, Any]] = [
        ("Shown", seen.filters),
        ("Runs", f"{len(seen.runs):,}, of which {passed / len(seen.runs):.0%} passed"),
        ("From", f"{first['began']:%Y-%m-%d %H:%M} UTC"),
        ("Until", f"{last['began']:%Y-%m-%d %H:%M} UTC"),
        ("History", seen.url),
    ]
    return HTML(
        f"<section class='qg-banner qg-{word}'>"
        f"<p class='qg-verdict'>{html.SIGNS.get(word, '')} newest run {html.safe(word)}</p>"
        f"<p>{link}</p>{html.facts(pairs)}</section>"
        + "".join(html.said(problem) for problem in seen.problems)
    )


@part
def passing(trends: Trends) -> HTML:
    """Show how many runs pass, and which stage blocks the others."""
    seen = trends.seen
    return HTML(
        html.chart(figures.pass_rate(seen.spans))
        + html.chart(figures.run_counts(seen.spans))
        + html.chart(figures.blocking_stages(seen.runs))
    )


@part
def changes(trends: Trends) -> HTML:
    """List the sure changes of figures, newest first."""
    found = trends.seen.changes
    if found.empty:
        return HTML(
            html.said(
                "No figure has changed for sure; what varies from run to run is noise."
            )
        )
    return HTML(
        html.table(
            "Figures that changed",
            ("When, UTC", "Figure", "Of", "Change", "From", "To", "Unit", "Sure to",
             "Between commits"),
            [_change(row) for row in rows(found)],
            filters=("Figure", "Change"),
        )
    )  # fmt: skip


def _change(row: dict[str, Any]) -> tuple[object, ...]:
    sign = "worse" if row["worse"] else "better"
    before, after = row["commit_before"] or "?", row["commit"] or "?"
    return (
        f"{row['at']:%Y-%m-%d %H:%M}",
        row["measure"].replace("_", " "),
        row["subject"],
        html.Cell(f"{100 * row['share']:+.1f} % {sign}", f"{row['share']:+.6f}"),
        f"{row['before']:,.4g}",
        f"{row['after']:,.4g}",
        row["unit"],
        f"{100 * row['confidence']:.1f} %",
        f"{before[:9]} and {after[:9]}",
    )


@part
def coverage(trends: Trends) -> HTML:
    """Show the coverage of the modules, and list all of them."""
    found, limit = trends.seen.coverage, trends.limits.tests.min_coverage
    parts = [html.chart(figures.coverage_lines(found, limit=float(limit)))]
    if not found.empty:
        ordered = found.sort_values("span").groupby("module")
        parts.append(
            html.table(
                "Coverage of every module",
                (
                    "Module",
                    "Now, %",
                    "Before, %",
                    "Change, points",
                    "Lowest, %",
                    "Newest run",
                ),
                [
                    (
                        str(module),
                        _number(own["percent"].iloc[-1]),
                        _number(own["percent"].iloc[0]),
                        _number(
                            own["percent"].iloc[-1] - own["percent"].iloc[0], "+.1f"
                        ),
                        _number(own["low"].min()),
                        _link(str(own["run_id"].iloc[-1]), str(own["link"].iloc[-1])),
                    )
                    for module, own in ordered
                ],
            )
        )
    return HTML("".join(parts))


@part
def performance(trends: Trends) -> HTML:
    """Show the response times of operations, those with a limit first."""
    found = trends.seen.performance
    if found.empty:
        return HTML(html.said("Nothing was measured under load."))
    names = figures.operations(found)
    parts = [
        html.chart(figures.operation_times(found, name)) for name in names[:_OPERATIONS]
    ]
    if left := names[_OPERATIONS:]:
        parts.append(html.said(f"Not drawn: {', '.join(left)}; see the table."))
    if trends.seen.compared:
        parts.append(
            html.said(
                f"{trends.seen.compared:,} runs on another machine or under another load "
                "than the newest are left out: their times cannot be compared."
            )
        )
    newest = found.sort_values("span").groupby("operation")
    parts.append(
        html.table(
            "Operations",
            ("Operation", "p95, ms", "At first, ms", "Change", "p50, ms", "Limit, ms",
             "SQL queries", "Newest run"),
            [
                (
                    str(name),
                    _number(own["p95"].iloc[-1], ",.0f"),
                    _number(own["p95"].iloc[0], ",.0f"),
                    _number(_share(own["p95"]), "+.1%"),
                    _number(own["p50"].iloc[-1], ",.0f"),
                    _number(own["threshold"].iloc[-1], ",.0f"),
                    _number(own["queries"].iloc[-1], ",.1f"),
                    _link(str(own["run_id"].iloc[-1]), str(own["link"].iloc[-1])),
                )
                for name, own in newest
            ],
        )
    )  # fmt: skip
    return HTML("".join(parts))


@part
def findings(trends: Trends) -> HTML:
    """Show findings by tool, what came and went, and the rules they break."""
    seen = trends.seen
    parts = [
        html.chart(figures.finding_counts(seen.findings)),
        html.chart(figures.finding_moves(seen.findings)),
    ]
    if not seen.rules.empty:
        parts.append(
            html.table(
                "Rules",
                ("Tool", "Rule", "Now", "In the first run", "Change"),
                [
                    (row["tool"], row["rule"], row["now"], row["before"],
                     _number(row["now"] - row["before"], "+d"))
                    for row in rows(seen.rules)
                ],
                filters=("Tool",),
            )
        )  # fmt: skip
    return HTML("".join(parts))


@part
def flaky(trends: Trends) -> HTML:
    """Rank the tests that passed only when tried again."""
    found = trends.seen.flaky
    if found.empty:
        return HTML(html.said("No test has passed only when tried again."))
    return HTML(
        html.table(
            "Flaky tests",
            (
                "Module",
                "Kind",
                "Test",
                "Flaky",
                "Failed",
                "Of runs",
                "Flaky, %",
                "Last seen",
            ),
            [
                (
                    row["module"],
                    row["kind"],
                    row["test"],
                    row["flaky"],
                    row["failed"],
                    row["total"],
                    _number(100 * row["flaky"] / row["total"])
                    if row["total"]
                    else None,
                    _link(f"{row['began']:%Y-%m-%d %H:%M}", str(row["link"])),
                )
                for row in rows(found)
            ],
            filters=("Module", "Kind"),
        )
    )


@part
def time(trends: Trends) -> HTML:
    """Show how long stages take, and how long it takes from red to green."""
    seen = trends.seen
    back = recoveries(seen.runs)
    parts = [
        html.chart(figures.stage_durations(seen.durations)),
        html.chart(figures.recovery_times(back)),
    ]
    red = back[back["green"].isna()]
    parts += [
        html.said(
            f"{_branch(row['branch'])} has not passed since {row['red']:%Y-%m-%d %H:%M}."
        )
        for row in rows(red)
    ]
    if len(seen.runs):
        middle = duration(float(seen.runs["seconds"].median()))
        parts.append(html.said(f"A run takes {middle} (median)."))
    return HTML("".join(parts))


@part
def security(trends: Trends) -> HTML:
    """Show vulnerabilities by severity, and how long the present ones are known."""
    seen = trends.seen
    parts = [html.chart(figures.severity_counts(seen.severities))]
    if not seen.vulnerabilities.empty:
        parts.append(
            html.table(
                "Vulnerabilities of the newest scan",
                ("Id", "Severity", "Package", "What", "Fixed in", "Known since", "Days"),
                [
                    (row["id"], html.severity(row["severity"].lower()), row["package"],
                     row["title"], row["fixed"], f"{row['since']:%Y-%m-%d}", row["days"])
                    for row in rows(seen.vulnerabilities)
                ],
                filters=("Severity",),
            )
        )  # fmt: skip
    return HTML("".join(parts))


@part
def images(trends: Trends) -> HTML:
    """Show how large the image is."""
    limit = 1e9 * float(trends.limits.readiness.max_image_size)
    return HTML(html.chart(figures.image_sizes(trends.seen.images, limit=limit)))


def write_page(
    chosen: Settings,
    target: Path,
    *,
    url: str | None = None,
    branch: str = "",
    since: str = "",
    module: str = "",
    config: Path | None = None,
) -> Path:
    """Write the page of trends to *target* and return its path.

    The page is one file that needs no network; one that was there stays until the new one is
    complete.

    Raises:
        ReportFailed: The notebook failed, or the page cannot be written.
    """
    own = config or chosen.root / settings.CONFIG_NAME
    parameters = {
        "branch": branch,
        "since": since,
        "module": module,
        "config": str(own.absolute()) if own.is_file() else "",
        "live": False,
    }
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="qgate-") as scratch:
            parameters |= _nearby(chosen, url, Path(scratch), since)
            executed = Path(scratch) / "trends.ipynb"
            execute(notebook("trends.ipynb"), executed, parameters)
            page = export(executed, "Trends of the quality gate")
        fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        try:
            fresh.write_text(page, encoding="utf-8")
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        message = f"{target} cannot be written ({error.strerror or error})."
        raise ReportFailed(message, hint="Check rights and free space.") from error
    return target


def _nearby(
    chosen: Settings, url: str | None, scratch: Path, since: str
) -> dict[str, str]:
    """Return where the notebook finds the history: of one elsewhere, a copy.

    A notebook gets no secret of the environment, so it could not read it there.
    """
    place = Place(url or chosen.history_url, chosen.history.options, chosen.secrets)
    if place.local:
        return {"url": place.root}
    begin = moment(since)
    copy = Place(str(scratch / "history"), {})
    for name in TABLES:
        _copy(place, copy, name, month_of(begin) if begin else "")
    return {"url": copy.root, "origin": place.url}


def _copy(place: Place, copy: Place, name: str, since: str) -> None:
    for _ in range(_TRIES):
        try:
            for file in files.listed(place, tables.ALL[name], since):
                below = file.path.removeprefix(f"{place.root}/")
                copy.write(copy.path(below), place.read(file.path))
        except FileNotFoundError:
            continue  # replaced since it was listed, by one that is listed next time
        return
    message = f"The history {place.url} changes faster than it can be read."
    raise HistoryProblem(message, hint="Try again when fewer runs end.")


def _link(words: str, address: str) -> html.Cell:
    """Return a link to a report; an address that is not one of a page is left as words."""
    allowed = address.startswith(("https://", "http://", "runs/"))
    if not allowed:
        return html.Cell(html.safe(words), words)
    return html.Cell(f"<a href='{html.safe(address)}'>{html.safe(words)}</a>", words)


def _number(value: Any, shape: str = ".1f") -> html.Cell | None:  # noqa: ANN401 - of a frame
    if value is None or pd.isna(value):
        return None
    return html.Cell(format(value, shape), str(value))


def _share(values: pd.Series[Any]) -> float | None:
    first = float(values.iloc[0])
    return float(values.iloc[-1]) / first - 1 if first else None


def _branch(name: object) -> str:
    return f"Branch {name}" if isinstance(name, str) else "A checkout without a branch"


__all__ = [
    "Trends",
    "banner",
    "begin",
    "changes",
    "choose",
    "coverage",
    "findings",
    "flaky",
    "images",
    "open_trends",
    "passing",
    "performance",
    "security",
    "time",
    "write_page",
]
