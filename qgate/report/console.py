"""What a person sees in the terminal: live progress on stderr, results on stdout."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, TextColumn
from rich.progress import Progress as RichProgress
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from rich.progress import Task, TaskID

    from qgate.api import Run
    from qgate.policy.judge import StageVerdict
    from qgate.progress import Progress
    from qgate.sharding import Sharding

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
def progress(
    stages: Sequence[str], likely: Mapping[str, float] | None = None
) -> Iterator[Progress]:
    """Show on stderr what each of *stages* does: live in a terminal, in lines elsewhere.

    Args:
        stages: Names of the stages, in order.
        likely: Seconds that a stage is likely to take, where they are known.
    """
    console = Console(stderr=True)
    likely = likely or {}
    if not console.is_terminal:
        yield _Lines(console, likely)
        return
    bars = RichProgress(
        SpinnerColumn(finished_text=" "),
        TextColumn("[bold]{task.fields[stage]}"),
        _Elapsed(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        console=console,
        transient=True,
    )
    with bars:
        yield _Bars(bars, stages, likely)


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
        for row in _rows(run.stages)
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


def show_plan(plan: Sharding) -> None:
    """Print what each machine does to stdout."""
    table = Table(title=f"Plan {plan.plan}: {plan.profile}", title_justify="left")
    for name in ("Entry", "Stage", "Modules"):
        table.add_column(name, overflow="fold")
    table.add_column("About", justify="right")
    for entry in plan.entries:
        about = "" if entry.seconds is None else f"{entry.seconds:.0f} s"
        modules = escape(", ".join(entry.modules) or str(plan.note))
        table.add_row(entry.name, entry.stage, modules, about)
    _stdout().print(table)


def show_components(components: pd.DataFrame) -> None:
    """Print the environment to stdout."""
    table = Table(title="Environment", title_justify="left")
    for name in ("Component", "Status", "Version", "Source", "Where or what to do"):
        table.add_column(name, overflow="fold")
    for row in _rows(components):
        status = row["status"]
        where = row["detail"] or row["path"]
        table.add_row(
            escape(row["component"]),
            f"[{_STYLES[status]}]{status}[/]",
            *(escape(value or "") for value in (row["version"], row["source"], where)),
        )
    _stdout().print(table)


def show_image(image: pd.DataFrame) -> None:
    """Print what an image is made of to stdout."""
    for row in _rows(image):
        table = Table(title=escape(row["image"]), title_justify="left")
        table.add_column("Layer", overflow="fold")
        table.add_column("Size", justify="right")
        for layer, size in zip(row["layers"], row["layer_sizes"], strict=True):
            table.add_row(escape(layer), f"{size / 1e6:,.1f} MB")
        console = _stdout()
        console.print(table)
        for label in row["labels"]:
            console.print(f"{label}", highlight=False, markup=False)
        size = f"{row['size'] / 1e9:.2f} GB"
        console.print(f"{row['image']}: {size}", highlight=False, markup=False)


def show_deployment(frames: Mapping[str, pd.DataFrame]) -> None:
    """Print the steps of a deploy to stdout."""
    table = Table(title="Steps", title_justify="left")
    for name in ("Step", "Colour", "Verdict"):
        table.add_column(name)
    table.add_column("Time", justify="right")
    table.add_column("What was seen", overflow="fold")
    for row in _rows(frames["deployment"]):
        table.add_row(
            row["step"],
            row["colour"] or "",
            _styled(row["verdict"]),
            f"{row['seconds']:.1f} s",
            escape(row["detail"]),
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


class _Elapsed(ProgressColumn):
    """How long a stage has been running, and how long it is likely to take."""

    def render(self, task: Task) -> Text:
        """Return `12 s of about 25 s`, or only the first part."""
        if task.fields.get("begun") is None:
            return Text("")
        end = task.fields.get("ended") or time.monotonic()
        text = f"{end - task.fields['begun']:.0f} s"
        if about := task.fields["likely"]:
            text += f" of about {about:.0f} s"
        return Text(text, style="dim")


class _Bars:
    """Live progress, one bar a stage."""

    def __init__(
        self, bars: RichProgress, stages: Sequence[str], likely: Mapping[str, float]
    ) -> None:
        self._bars = bars
        self._stages = frozenset(stages)
        self._likely = likely
        self._tasks: dict[str, TaskID] = {}
        self._lock = threading.Lock()
        for stage in stages:
            self._task(stage)

    def _task(self, stage: str) -> TaskID:
        with self._lock:
            if stage not in self._tasks:
                self._tasks[stage] = self._bars.add_task(
                    "waiting",
                    total=None,
                    stage=stage,
                    likely=self._likely.get(stage),
                    begun=None,
                    ended=None,
                )
            return self._tasks[stage]

    def step(self, stage: str, text: str) -> None:
        """Say what *stage* does now; the first time it begins."""
        task = self._task(stage)
        fields: dict[str, Any] = {"visible": True}
        if self._bars.tasks[self._bars.task_ids.index(task)].fields["begun"] is None:
            fields["begun"] = time.monotonic()
        self._bars.update(
            task, description=escape(text), completed=0, total=None, **fields
        )

    def amount(self, stage: str, done: float, total: float | None) -> None:
        """Say how far the current step is."""
        self._bars.update(self._task(stage), completed=done, total=total)

    def ended(self, stage: str, verdict: str) -> None:
        """Say that *stage* is over; a component that is ready goes out of sight."""
        if stage not in self._stages:
            self._bars.update(self._task(stage), visible=False, begun=None)
            return
        self._bars.update(
            self._task(stage),
            description=_styled(verdict),
            completed=1,
            total=1,
            ended=time.monotonic(),
        )


class _Lines:
    """Progress in a log: a line when the step changes, not more than one every two seconds."""

    def __init__(self, console: Console, likely: Mapping[str, float]) -> None:
        self._console = console
        self._likely = likely
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
            first = stage not in self._last
            self._last[stage] = (now, text)
        if first and stage in self._likely:
            text += f" (about {self._likely[stage]:.0f} s)"
        self._say(stage, text)

    def amount(self, stage: str, done: float, total: float | None) -> None:
        """Say nothing: numbers that change all the time do not belong into a log."""

    def ended(self, stage: str, verdict: str) -> None:
        """Say that *stage* is over, if it had said anything."""
        if self._last.pop(stage, None):
            self._say(stage, verdict)

    def _say(self, stage: str, text: str) -> None:
        line = f"[{time.monotonic() - self._begun:6.1f} s] {stage}: {text}"
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    # pandas takes half a second, for which no view without a table has to wait.
    from qgate.frames import rows  # noqa: PLC0415

    yield from rows(frame)
