"""Stage security: Trivy on the image, or on what Odoo runs in here, and on the modules."""

from __future__ import annotations

import contextvars
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgate.environment.packages import packages
from qgate.environment.scanner import DOWNLOAD_SECONDS
from qgate.errors import StageFailed, ToolFailed
from qgate.frames import tables
from qgate.security import evidence, suppressions
from qgate.security.jobs import Jobs
from qgate.security.tree import Tree
from qgate.stages.base import GRACE_SECONDS, Measurement
from qgate.tools.trivy import Trivy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd

    from qgate.environment.packages import Packages
    from qgate.frames import Table
    from qgate.security.jobs import Job
    from qgate.security.suppressions import Suppressions
    from qgate.settings import Settings
    from qgate.stages.base import Context
    from qgate.tools.trivy import Found, Looked, Scan


class SecurityStage:
    """Looks for known vulnerabilities, secrets and misconfigurations."""

    name = "security"
    needs = frozenset({"odoo"})  # where no image is named
    after: frozenset[str] = frozenset()
    alone = False
    reusable = False  # what is known of the same packages changes every day
    tables: tuple[Table, ...] = (tables.SCANS, tables.VULNERABILITIES)

    def time_limit(self, settings: Settings) -> float:
        """Return the seconds of the scans and of getting the database."""
        return settings.security.time_limit + DOWNLOAD_SECONDS + GRACE_SECONDS

    def measure(self, context: Context) -> Measurement:
        """Scan all targets, as many at once as there are cores.

        Raises:
            EnvironmentProblem: Trivy, its database or Odoo cannot be had.
            StageFailed: A scan failed; what the others found comes along.
        """
        context.progress.step(self.name, "looking at Trivy and its database")
        scanner, database = context.environment.scanner()
        found = suppressions.read(context.settings, context.workspace)
        trivy = Trivy(
            scanner, database.folder, context.settings, context.scratch, found.arguments
        )
        jobs = list(_jobs(context, Jobs(trivy, database)))
        what = ", ".join(job.what for job in jobs)
        context.progress.step(self.name, f"scanning {what}")
        done, failed = _together(jobs)
        context.progress.step(self.name, "writing the evidence")
        _write_log(context.evidence / "trivy.log", done, failed, database.problem)
        problems = _told(failed)
        if done:
            named = [(scan, _naming(job, scan)) for job, scan in done]
            try:
                evidence.write(context.evidence, trivy, named)
            except ToolFailed as error:
                problems.append(f"The evidence cannot be written: {error}")
        frames = _frames(context, found, done)
        if problems:
            raise StageFailed(" ".join(problems), frames=frames)
        return Measurement(frames)


def _jobs(context: Context, jobs: Jobs) -> Iterator[Job]:
    settings = context.settings
    if image := settings.security.image:
        yield jobs.image(image, context.workspace.root)
        yield jobs.workspace(_tree(context, None))
        return
    odoo = context.environment.odoo()
    installed = packages(settings, odoo.python, odoo.pythonpath)
    yield jobs.workspace(_tree(context, installed))
    if "environment" in settings.security.targets:
        for folder, count in installed.folders.items():
            yield jobs.environment(folder, count)
    if "system" in settings.security.targets:
        yield jobs.system()


def _tree(context: Context, installed: Packages | None) -> Tree:
    tree = Tree(context.scratch / "tree", context.workspace)
    for module in context.modules:
        tree.add_module(module, installed)
    tree.add_root(context.settings.readiness.compose_files)
    tree.add_canaries()
    return tree


def _together(
    jobs: Sequence[Job],
) -> tuple[list[tuple[Job, Scan]], list[tuple[str, ToolFailed]]]:
    """Run *jobs* at once, and return what ended well and what did not."""
    done, failed = [], []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        futures = [
            # What a thread starts belongs to this stage.
            pool.submit(contextvars.copy_context().run, job.run)
            for job in jobs
        ]
        for job, future in zip(jobs, futures, strict=True):
            try:
                done.append((job, future.result()))
            except ToolFailed as error:
                failed.append((job.what, error))
    return done, failed


def _told(failed: Sequence[tuple[str, ToolFailed]]) -> list[str]:
    """Return which scans failed and why; what several say alike is said once."""
    by_reason: dict[str, list[str]] = {}
    for what, error in failed:
        by_reason.setdefault(str(error), []).append(what)
    return [
        f"The scan of {' and '.join(names)} failed: {why}"
        for why, names in by_reason.items()
    ]


def _write_log(
    path: Path,
    done: Sequence[tuple[Job, Scan]],
    failed: Sequence[tuple[str, ToolFailed]],
    problem: str | None,
) -> None:
    """Keep what Trivy said in all scans."""
    parts = [f"No newer database: {problem}\n"] if problem else []
    parts += [f"== {job.what}\n{scan.log}" for job, scan in done]
    parts += [f"== {what}: {error}\n{error.output}\n" for what, error in failed]
    path.write_text("\n".join(parts), encoding="utf-8")


def _naming(job: Job, scan: Scan) -> Callable[[str], str | None]:
    """Return what the results of a scan are called in the evidence."""

    def name(path: str) -> str | None:
        place = job.place(scan, path)
        return job.name(*place) if place else None

    return name


def _frames(
    context: Context, suppressed: Suppressions, done: Sequence[tuple[Job, Scan]]
) -> Mapping[str, pd.DataFrame]:
    found = [
        _finding(context, suppressed, item, looked, *place)
        for job, scan in done
        for looked in scan.looked
        if (place := job.place(scan, looked.path))
        for item in looked.found
    ]
    scans = (row for job, scan in done for row in job.rows(scan))
    return {
        "scans": tables.SCANS.frame(scans),
        "vulnerabilities": tables.VULNERABILITIES.frame(found),
    }


def _finding(
    context: Context,
    suppressed: Suppressions,
    item: Found,
    looked: Looked,
    target: str,
    file: str,
) -> dict[str, Any]:
    by = item.suppressed_by
    # Of an installed package it names the file; those of a system are in no one file.
    path = file if item.path == looked.path else item.path
    return {
        "target": target,
        "path": path if looked.kind != "os-pkgs" else None,
        "line": item.line,
        "kind": item.kind,
        "package": item.package,
        "installed": item.installed,
        "fixed": item.fixed,
        "id": item.id,
        "severity": item.severity,
        "title": item.title,
        "url": item.url,
        "suppressed_by": context.workspace.relative(Path(by)) if by else None,
        "reason": suppressed.reason(item) if by else None,
    }
