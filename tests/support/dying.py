"""Deploys that are killed with SIGKILL at one line of their journal, in a process of their own.

A line that begins something is on disk and nothing was done for it when the kill comes; a line that
tells what was done is not there yet, though it was done. A kill at the end of a step is one at the
beginning of the next: what a recovery does never depends on a step's own line.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgate import pipeline, settings
from qgate.delivery.journal import BEGIN, STEP, Journal

if TYPE_CHECKING:
    from tests.support.delivery import Site

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.support.dying", "qgate.stages.registry"])


@dataclass(frozen=True)
class Point:
    """Where a deploy is killed.

    Attributes:
        line: Which of its own journal lines, from 0, which begins it.
        what: That line's event, and step or notes.
        written: Whether the line is on disk by then.
    """

    line: int
    what: str
    written: bool


def points(lines: list[dict[str, Any]], first: str = "") -> list[Point]:
    """Return every place in which the deploy with these *lines* is to be killed.

    Args:
        lines: Its lines in the journal.
        first: The step from which on it is; all when empty.
    """
    words = [
        " ".join([line["event"], line.get("step") or ", ".join(line.get("values", ()))])
        for line in lines
    ]
    begin = words.index(f"{STEP} {first}") if first else 0
    return [
        Point(number, word.strip(), lines[number]["event"] in {BEGIN, STEP})
        for number, word in enumerate(words)
        if number >= begin
    ]


def die(site: Site, point: Point, *overrides: str) -> None:
    """Deploy or roll back in another process, which is killed at *point*."""
    loaded = (site.config, site.bench.folder, site.bench.environ())
    child = _PROCESSES.Process(target=_run, args=(*loaded, overrides, point))
    child.start()
    child.join(120)
    begun = list(site.journal())[-40:]
    told = f"{point} did not kill ({child.exitcode}); the journal ends with {begun}"
    assert child.exitcode == -signal.SIGKILL, told


def _run(
    config: Any,  # noqa: ANN401
    root: Any,  # noqa: ANN401
    environ: dict[str, str],
    overrides: tuple[str, ...],
    point: Point,
) -> None:
    write = Journal._write
    begun = 0

    def counted(journal: Journal, **event: object) -> None:
        nonlocal begun
        begun += bool(begun or event["event"] == BEGIN)
        here = begun == point.line + 1
        if here and not point.written:
            os.kill(os.getpid(), signal.SIGKILL)
        write(journal, **event)
        if here:
            os.kill(os.getpid(), signal.SIGKILL)

    Journal._write = counted  # type: ignore[method-assign, assignment]
    loaded = settings.load(config, root=root, overrides=overrides, environ=environ)
    pipeline.execute(pipeline.make_plan(loaded, stages=["deployment"]))
