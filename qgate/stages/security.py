"""Stage security: Trivy on the image, or on what Odoo runs in here, and on the modules."""

from __future__ import annotations

import contextvars
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qgate.environment.packages import packages
from qgate.environment.scanner import NAME
from qgate.errors import StageFailed, ToolFailed
from qgate.frames import tables
from qgate.security import evidence, suppressions, system
from qgate.security.tree import FILE_PATTERNS, Tree
from qgate.stages.base import GRACE_SECONDS, Measurement
from qgate.tools.base import CONFIG
from qgate.tools.trivy import MISCONFIG, SCANNED, SECRET, VULN, Trivy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd

    from qgate.environment.packages import Packages
    from qgate.environment.scanner import Database
    from qgate.frames import Table
    from qgate.security.suppressions import Suppressions
    from qgate.settings import Settings
    from qgate.stages.base import Context
    from qgate.tools.trivy import Found, Looked, Scan

_ALL: Final = (VULN, SECRET, MISCONFIG)
_DOWNLOAD_SECONDS: Final = 900.0
_SECRETS: Final = ("--secret-config", CONFIG / "trivy-secret.yaml")


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
        return settings.security.time_limit + _DOWNLOAD_SECONDS + GRACE_SECONDS

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
        return _Scans(context, trivy, database, found).measure()


@dataclass(frozen=True)
class _Job:
    """One call of Trivy.

    Attributes:
        kind: As in frame `scans`.
        what: What is looked at, for a person who waits.
        run: Calls it.
        rows: Rows of frame `scans` for what it said.
        place: Target and file of frame `vulnerabilities` for the path of a result; None is
            nothing of the workspace.
    """

    kind: str
    what: str
    run: Callable[[], Scan]
    rows: Callable[[Scan], Iterator[dict[str, Any]]]
    place: Callable[[Scan, str], tuple[str, str] | None]


class _Scans:
    """The scans of one run."""

    def __init__(
        self,
        context: Context,
        trivy: Trivy,
        database: Database,
        suppressed: Suppressions,
    ) -> None:
        self._context = context
        self._trivy = trivy
        self._database = database
        self._suppressed = suppressed

    def measure(self) -> Measurement:
        """Return the frames; the evidence is written by then."""
        jobs = list(self._jobs())
        self._say("scanning " + ", ".join(job.what for job in jobs))
        done, failed = _together(jobs)
        log = "".join(f"== {job.what}\n{scan.log}\n" for job, scan in done)
        if self._database.problem:
            log = f"No newer database: {self._database.problem}\n{log}"
        (self._context.evidence / "trivy.log").write_text(log, encoding="utf-8")
        frames = self._frames(done)
        if failed:
            raise StageFailed(_told(failed), frames=frames)
        self._say("writing the evidence")
        try:
            evidence.write(
                self._context.evidence,
                self._trivy,
                [(scan, _naming(job, scan)) for job, scan in done],
            )
        except ToolFailed as error:
            raise StageFailed(str(error), frames=frames) from error
        return Measurement(frames)

    def _say(self, text: str) -> None:
        self._context.progress.step("security", text)

    def _jobs(self) -> Iterator[_Job]:
        settings = self._context.settings
        if image := settings.security.image:
            yield self._image(image)
            yield self._workspace(None)
            return
        odoo = self._context.environment.odoo()
        installed = packages(settings, odoo.python, odoo.pythonpath)
        yield self._workspace(installed)
        wanted = settings.security.targets
        if "environment" in wanted:
            for folder, count in installed.folders.items():
                yield self._environment(folder, count)
        if "system" in wanted:
            yield self._system()

    def _image(self, image: str) -> _Job:
        root = self._context.workspace.root
        archive = root / Path(image).expanduser()
        source = (
            ["--input", archive]
            if archive.exists()
            else ["--image-src", "docker,podman", image]
        )

        def rows(scan: Scan) -> Iterator[dict[str, Any]]:
            count = _packages(scan.looked)
            yield self._row(image, "image", VULN, scan, count)
            yield self._row(image, "image", SECRET, scan, scan.layers)
            configs = sum(each.kind == "config" for each in scan.looked)
            yield self._row(image, "image", MISCONFIG, scan, configs, expected=0)

        return _Job(
            "image",
            f"the image {image}",
            lambda: self._trivy.scan(
                "image",
                *("--image-config-scanners", f"{MISCONFIG},{SECRET}"),
                *_SECRETS,
                *source,
                scanners=_ALL,
            ),
            rows,
            lambda _, path: (image, path.lstrip("/")),
        )

    def _environment(self, folder: Path, count: int) -> _Job:
        target = str(folder)

        def rows(scan: Scan) -> Iterator[dict[str, Any]]:
            seen = _packages(scan.looked)
            yield self._row(target, "environment", VULN, scan, seen, expected=count)

        return _Job(
            "environment",
            f"the Python packages in {folder}",
            lambda: self._trivy.scan(
                "rootfs", "--pkg-types", "library", folder, scanners=[VULN]
            ),
            rows,
            lambda _, path: (target, path),
        )

    def _system(self) -> _Job:
        def rows(scan: Scan) -> Iterator[dict[str, Any]]:
            seen = _packages(scan.looked)
            count = system.expected()
            yield self._row(_name(scan), "system", VULN, scan, seen, expected=count)

        skipped = [
            word for folder in system.left_out() for word in ("--skip-dirs", folder)
        ]
        return _Job(
            "system",
            "the operating system",
            lambda: self._trivy.scan(
                "rootfs", "--pkg-types", "os", *skipped, "/", scanners=[VULN]
            ),
            rows,
            lambda scan, path: (_name(scan), path),
        )

    def _workspace(self, installed: Packages | None) -> _Job:
        context = self._context
        tree = Tree(context.scratch / "tree", context.workspace)
        for module in context.modules:
            tree.add_module(module, installed)
        tree.add_root(context.settings.readiness.compose_files)
        tree.add_canaries()
        patterns = [
            word for pattern in FILE_PATTERNS for word in ("--file-patterns", pattern)
        ]

        def run() -> Scan:
            scan = self._trivy.scan(
                "fs",
                *("--misconfig-scanners", ",".join(sorted(SCANNED))),
                *_SECRETS,
                *patterns,
                tree.folder,
                scanners=_ALL,
            )
            if missed := tree.canaries_missed(scan.looked):
                raise ToolFailed(
                    NAME,
                    f"its scanner {' and '.join(missed)} did not find what it has to",
                    hint="Is the vulnerability database whole? See `qgate env`.",
                )
            return scan

        def place(_: Scan, path: str) -> tuple[str, str] | None:
            part = None if tree.is_canary(path) else tree.part_of(path)
            return (part.target, tree.shown(path)) if part else None

        return _Job(
            "module",
            "the modules",
            run,
            lambda scan: self._part_rows(tree, scan),
            place,
        )

    def _part_rows(self, tree: Tree, scan: Scan) -> Iterator[dict[str, Any]]:
        looked = [each for each in scan.looked if not tree.is_canary(each.path)]
        for part in tree.parts:
            own = [each for each in looked if tree.part_of(each.path) is part]
            configs = {each.path for each in own if each.kind == "config"}
            unread = [
                f"{path} (not understood)"
                for path in part.dockerfiles
                if path not in configs
            ]
            for scanner, count, expected, missing in (
                (VULN, _packages(own), part.packages, part.missing),
                (SECRET, part.files, None, ()),
                (MISCONFIG, len(configs), len(part.dockerfiles), unread),
            ):
                row = self._row(part.target, part.kind, scanner, scan, count, expected)
                yield row | {"missing": list(missing)}

    def _row(
        self,
        target: str,
        kind: str,
        scanner: str,
        scan: Scan,
        looked_at: int,
        expected: int | None = None,
    ) -> dict[str, Any]:
        by_release = scanner == VULN and kind in ("image", "system")
        return {
            "target": target,
            "kind": kind,
            "scanner": scanner,
            "looked_at": looked_at,
            "expected": expected,
            "missing": [],
            "release_known": scan.release_known if by_release else None,
            "version": self._trivy.scanner.version,
            "database_updated": self._database.updated if scanner == VULN else None,
            "seconds": scan.seconds,
        }

    def _frames(self, done: Sequence[tuple[_Job, Scan]]) -> Mapping[str, pd.DataFrame]:
        found = [
            self._finding(item, looked, *place)
            for job, scan in done
            for looked in scan.looked
            if (place := job.place(scan, looked.path))
            for item in looked.found
        ]
        return {
            "scans": tables.SCANS.frame(
                row for job, scan in done for row in job.rows(scan)
            ),
            "vulnerabilities": tables.VULNERABILITIES.frame(found),
        }

    def _finding(
        self, item: Found, looked: Looked, target: str, file: str
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
            "suppressed_by": self._context.workspace.relative(Path(by)) if by else None,
            "reason": self._suppressed.reason(item) if by else None,
        }


def _together(
    jobs: Sequence[_Job],
) -> tuple[list[tuple[_Job, Scan]], list[tuple[str, ToolFailed]]]:
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


def _told(failed: Sequence[tuple[str, ToolFailed]]) -> str:
    """Return which scans failed and why; what several say alike is said once."""
    by_reason: dict[str, list[str]] = {}
    for what, error in failed:
        by_reason.setdefault(str(error), []).append(what)
    return " ".join(
        f"The scan of {' and '.join(names)} failed: {why}"
        for why, names in by_reason.items()
    )


def _packages(looked: Sequence[Looked]) -> int:
    return sum(each.packages for each in looked)


def _name(scan: Scan) -> str:
    return scan.system or "operating system"


def _naming(job: _Job, scan: Scan) -> Callable[[str], str | None]:
    """Return what the results of a scan are called in the evidence."""

    def name(path: str) -> str | None:
        place = job.place(scan, path)
        if place is None:
            return None
        target, file = place
        return f"{target} ({file})" if job.kind == "environment" else file

    return name
