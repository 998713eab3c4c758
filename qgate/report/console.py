"""What a person sees in the terminal: live progress on stderr, results on stdout."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import Progress as RichProgress
from rich.table import Table

from qgate.frames import rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from rich.progress import TaskID

    from qgate.api import Run
    from qgate.policy.judge import StageVerdict
    from qgate.progress import Progress

_STYLES: Final = {
    "passed": "bold green",
    "failed": "bold red",
    "error": "bold magenta",
    "skipped": "dim",
    "blocked": "yellow",
    "ready": "green",
    "missing": "yellow",
    "broken": "bold red",
}
_SIGNS: Final = {
    "passed": "✓",
    "failed": "✗",
    "error": "!",
    "skipped": "-",
    "blocked": "‖",
}
_REASONS_SHOWN: Final = 10
_PLAIN_EVERY_SECONDS: Final = 2.0


@contextmanager
def progress(stages: Sequence[str]) -> Iterator[Progress]:
    """Show on stderr what each of *stages* does: live in a terminal, in lines elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(console)
        return
    bars = RichProgress(
        SpinnerColumn(),
        TextColumn("[bold]{task.fields[stage]}"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with bars:
        yield _Bars(bars, stages)


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Show *text* on stderr while something takes its time."""
    console = Console(stderr=True)
    if not console.is_terminal:
        console.print(f"{text} ...", highlight=False)
        yield
        return
    with console.status(text):
        yield


def show_run(run: Run) -> None:
    """Print verdict table, reasons and the path of the report to stdout."""
    verdicts = [
        _Shown(row["stage"], row["verdict"], row["seconds"], tuple(row["reasons"]))
        for row in rows(run.stages)
    ]
    modules = ", ".join(run.record.data["modules"])
    _verdicts(run.run_id, run.verdict, verdicts, modules or run.record.data["note"])
    console = _stdout()
    where = run.report or run.folder
    label = "Report" if run.report else "Record"
    console.print(f"{label}: {where.absolute()}", highlight=False, markup=False)


def show_verdicts(run_id: str, verdict: str, verdicts: Sequence[StageVerdict]) -> None:
    """Print the verdict table of a run that was judged anew to stdout."""
    shown = [_Shown(v.stage, v.verdict, v.seconds, v.reasons) for v in verdicts]
    _verdicts(run_id, verdict, shown, "judged anew")


def show_components(components: pd.DataFrame) -> None:
    """Print the environment to stdout."""
    table = Table(title="Environment", title_justify="left")
    for name in ("Component", "Status", "Version", "Source", "Where or what to do"):
        table.add_column(name, overflow="fold")
    for row in rows(components):
        status = row["status"]
        where = row["detail"] or row["path"]
        table.add_row(
            escape(row["component"]),
            f"[{_STYLES[status]}]{status}[/]",
            *(escape(value or "") for value in (row["version"], row["source"], where)),
        )
    _stdout().print(table)


class _Shown:
    """One line of the verdict table."""

    def __init__(
        self, stage: str, verdict: str, seconds: float, reasons: Sequence[str]
    ) -> None:
        self.stage = stage
        self.verdict = verdict
        self.seconds = seconds
        self.reasons = reasons


def _verdicts(run_id: str, verdict: str, verdicts: Sequence[_Shown], note: str) -> None:
    console = _stdout()
    table = Table(title=f"Run {run_id}: {escape(note)}", title_justify="left")
    table.add_column("Stage")
    table.add_column("Verdict")
    table.add_column("Time", justify="right")
    table.add_column("Why", overflow="fold")
    for item in verdicts:
        reasons = [escape(reason) for reason in item.reasons[:_REASONS_SHOWN]]
        if len(item.reasons) > _REASONS_SHOWN:
            more = len(item.reasons) - _REASONS_SHOWN
            reasons.append(f"and {more} more, see the report")
        time_text = f"{item.seconds:.1f} s" if item.seconds else ""
        table.add_row(item.stage, _styled(item.verdict), time_text, "\n".join(reasons))
    console.print(table)
    console.print(f"Verdict: {_styled(verdict)}")


def _styled(verdict: str) -> str:
    return f"[{_STYLES[verdict]}]{_SIGNS[verdict]} {verdict}[/]"


def _stdout() -> Console:
    """Return the console for results; piped output is not cut at 80 columns."""
    console = Console()
    return console if console.is_terminal else Console(width=160)


class _Bars:
    """Live progress, one bar a stage."""

    def __init__(self, bars: RichProgress, stages: Sequence[str]) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._lock = threading.Lock()
        for stage in stages:
            self._task(stage)

    def _task(self, stage: str) -> TaskID:
        with self._lock:
            if stage not in self._tasks:
                self._tasks[stage] = self._bars.add_task(
                    "waiting", total=None, stage=stage
                )
            return self._tasks[stage]

    def step(self, stage: str, text: str) -> None:
        """Say what *stage* does now."""
        self._bars.update(
            self._task(stage), description=escape(text), completed=0, total=None
        )

    def amount(self, stage: str, done: float, total: float | None) -> None:
        """Say how far the current step is."""
        self._bars.update(self._task(stage), completed=done, total=total)


class _Lines:
    """Progress in a log: a line when the step changes, not more than one every two seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._begun = time.monotonic()
        self._last: dict[str, tuple[float, str]] = {}

    def step(self, stage: str, text: str) -> None:
        """Say what *stage* does now."""
        now = time.monotonic()
        with self._lock:
            when, what = self._last.get(stage, (float("-inf"), ""))
            if text == what or now - when < _PLAIN_EVERY_SECONDS:
                return
            self._last[stage] = (now, text)
        line = f"[{now - self._begun:6.1f} s] {stage}: {text}"
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)

    def amount(self, stage: str, done: float, total: float | None) -> None:
        """Say nothing: numbers that change all the time do not belong into a log."""
