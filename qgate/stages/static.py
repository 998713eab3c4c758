"""Stage static: every tool on every gated module, at once."""

from __future__ import annotations

import contextvars
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from qgate.errors import StageFailed, ToolFailed
from qgate.frames import tables
from qgate.stages.base import GRACE_SECONDS, Measurement
from qgate.tools.base import Target
from qgate.tools.registry import TOOLS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from qgate.frames import Table
    from qgate.settings import Settings
    from qgate.stages.base import Context
    from qgate.tools.base import ToolReport


class StaticStage:
    """Looks at the source; nothing of a module is run."""

    name = "static"
    needs: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    alone = False
    reusable = True
    tables: tuple[Table, ...] = (tables.TOOLS, tables.FINDINGS)

    def time_limit(self, settings: Settings) -> float:
        """Return the seconds of the stage, and a few to gather what the tools said."""
        return settings.static.time_limit + GRACE_SECONDS

    def measure(self, context: Context) -> Measurement:
        """Run the tools, as many at once as there are cores.

        Raises:
            StageFailed: A tool crashed or is missing; what the others found comes along.
        """
        settings = context.settings
        home = settings.home / "cache" if settings.cache else context.scratch / "cache"
        target = Target(
            root=context.workspace.root,
            modules=context.modules,
            settings=settings,
            evidence=context.evidence,
            cache=home,
        )
        wanted = [name for name in TOOLS if name in settings.static.tools]
        watch = _Watch(context, wanted)
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            futures = {
                # What a thread starts belongs to this stage.
                name: pool.submit(
                    contextvars.copy_context().run, watch.run, name, target
                )
                for name in wanted
            }
            results = {name: future.result() for name, future in futures.items()}
        frames = _frames(results)
        failed = [
            str(done) for done in results.values() if isinstance(done, ToolFailed)
        ]
        if failed:
            raise StageFailed(" ".join(failed), frames=frames)
        return Measurement(frames)


class _Watch:
    """Runs tools and says which ones are still at it."""

    def __init__(self, context: Context, wanted: list[str]) -> None:
        self._context = context
        self._left = list(wanted)
        self._total = len(wanted)
        self._lock = threading.Lock()
        self._tell()

    def run(self, name: str, target: Target) -> tuple[str, ToolReport] | ToolFailed:
        """Return version and report of tool *name*, or how it failed."""
        try:
            return TOOLS[name].version(), TOOLS[name].run(target)
        except ToolFailed as error:
            return error
        except LookupError as error:  # it names a file that it was not given
            return ToolFailed(name, f"printed what cannot be read ({error})")
        finally:
            with self._lock:
                self._left.remove(name)
                self._tell()

    def _tell(self) -> None:
        progress = self._context.progress
        progress.step("static", ", ".join(self._left) or "done")
        progress.amount("static", self._total - len(self._left), self._total)


def _frames(
    results: Mapping[str, tuple[str, ToolReport] | ToolFailed],
) -> Mapping[str, pd.DataFrame]:
    ran: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    for name, result in results.items():
        if isinstance(result, ToolFailed):
            continue
        version, report = result
        for module in report.modules:
            own = [f for f in report.findings if f.module == module.module]
            ran.append(
                {
                    "tool": name,
                    "module": module.module,
                    "version": version,
                    "files": module.files,
                    "findings": len(own),
                    "score": module.score,
                    "statements": module.statements,
                    "seconds": report.seconds,
                }
            )
        found += [{"tool": name, **vars(finding)} for finding in report.findings]
    return {"tools": tables.TOOLS.frame(ran), "findings": tables.FINDINGS.frame(found)}
