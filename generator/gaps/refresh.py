"""Renews the catalogue of OCA's add-ons from a package index.

What was read is kept, package by package, so that a refresh that was interrupted goes on
where it was, and the next one asks only for what has changed.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Final, Self, TypeVar

from generator.gaps.catalog import Entry, current, entries, kept, write
from generator.gaps.registry import Package, Registry
from qgate.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from qgate.progress import Progress
    from qgate.settings import Settings

JOBS: Final = 4
"""Requests at once; an index is shared with everybody else."""

_LOST: Final = 0.1
"""Share of the add-ons that may be gone; more is a fault of the index, or of ours."""

_Item = TypeVar("_Item")
_STEP: Final = "catalog"
_READ: Final = "packages.jsonl"


@dataclass(frozen=True)
class Refreshed:
    """What came of a refresh.

    Attributes:
        path: The new catalogue.
        modules: How many add-ons it has.
        new: How many of them were not in the one before.
        gone: How many of those before are not in it.
        asked: Packages that the index was asked about; the others had not changed.
    """

    path: Path
    modules: int
    new: int
    gone: int
    asked: int


def refresh(
    settings: Settings,
    url: str,
    progress: Progress,
    *,
    output: Path | None = None,
    jobs: int = JOBS,
    force: bool = False,
) -> Refreshed:
    """Read the package index and write the catalogue anew.

    Args:
        settings: The configuration, for where things are kept.
        url: Address of the index's simple API.
        progress: Where to say what goes on.
        output: File to write; by default the one below QGATE_HOME.
        jobs: Requests at once.
        force: Take a catalogue that lost many add-ons.

    Raises:
        EnvironmentProblem: The index cannot be reached or read, or has lost more than a
            tenth of the add-ons.
    """
    agent = f"qgate/{importlib.metadata.version('qgate')} (generator catalog refresh)"
    registry = Registry(url, jobs=jobs, agent=agent)
    progress.step(_STEP, "listing the packages")
    listed = registry.addons()
    with Read(settings.home / "gaps" / _READ, registry.shown) as read:
        changed = [
            name for name, number in listed.items() if read.outdated(name, number)
        ]

        def take(name: str) -> None:
            found = registry.package(name, read.packages.get(name))
            read.keep(replace(found or Package(name, ""), serial=listed[name]))

        _all(changed, take, jobs, progress, "reading packages")
        best = newest(read.packages[name] for name in listed)

        def describe(package: Package) -> None:
            read.keep(replace(package, summary=registry.summary(package)))

        plain = [one for one in best.values() if one.summary is None]
        _all(plain, describe, jobs, progress, "reading summaries")
        found = combined(read.packages[name] for name in listed)
    before = entries(current(settings.home))
    names = {one.module for one in found}
    gone = sum(one.module not in names for one in before)
    if gone > _LOST * len(before) and not force:
        message = (
            f"{gone} of the {len(before)} add-ons in the catalogue are not in"
            f" {registry.shown}."
        )
        hint = "Name the right index, or take this one with --force."
        raise EnvironmentProblem(message, hint=hint)
    path = output or kept(settings.home)
    write(path, found)
    new = len(names - {one.module for one in before})
    return Refreshed(path, len(found), new, gone, len(changed))


class Read:
    """What an index said of its packages, kept as it comes.

    Each line of the file is a package; of several lines on one the last holds. A line that
    was cut off when somebody pulled the plug is left out.

    Args:
        path: The file.
        source: The index; what another one said does not count.
    """

    def __init__(self, path: Path, source: str) -> None:
        self.path = path
        self.source = source
        self.packages: dict[str, Package] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Read what is there, and write it again without what was replaced."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        known = {one.name for one in fields(Package)}
        if self.path.is_file():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                try:
                    row = json.loads(line)
                    if row.pop("source") != self.source or {*row} != known:
                        continue
                    package = Package(**row | {"series": tuple(row["series"])})
                except (ValueError, KeyError, TypeError, AttributeError):
                    continue
                self.packages[package.name] = package
        part = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        lines = [self._line(one) for one in self.packages.values()]
        part.write_text("".join(lines), encoding="utf-8")
        part.replace(self.path)
        self._file = self.path.open("a", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._file.close()

    def outdated(self, name: str, serial: int) -> bool:
        """Return whether the index has to be asked about a package."""
        known = self.packages.get(name)
        return known is None or not serial or known.serial != serial

    def keep(self, package: Package) -> None:
        """Keep what the index said of a package."""
        with self._lock:
            self.packages[package.name] = package
            self._file.write(self._line(package))
            self._file.flush()

    def _line(self, package: Package) -> str:
        return json.dumps({"source": self.source, **asdict(package)}) + "\n"


def _all(
    items: list[_Item],
    work: Callable[[_Item], None],
    jobs: int,
    progress: Progress,
    text: str,
) -> None:
    """Do *work* for each item, *jobs* at once; the first error ends it."""
    progress.step(_STEP, f"{text} ({len(items)})")
    with ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(work, one) for one in items]
        try:
            for number, done in enumerate(as_completed(waiting), 1):
                done.result()
                progress.amount(_STEP, number, len(items))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def newest(packages: Iterable[Package]) -> Mapping[str, Package]:
    """Return the package of each add-on that has its newest series."""
    best: dict[str, Package] = {}
    for one in packages:
        if not one.module or not one.series:
            continue  # gone, or of no series of Odoo
        known = best.get(one.module)
        if known is None or float(one.series[-1]) > float(known.series[-1]):
            best[one.module] = one
    return best


def combined(packages: Iterable[Package]) -> list[Entry]:
    """Return an entry for each add-on: packages of older series are joined to it."""
    listed = [*packages]
    series: dict[str, set[str]] = {}
    for one in listed:
        if one.module:
            series.setdefault(one.module, set()).update(one.series)
    return [
        Entry(
            module=module,
            series=" ".join(sorted(series[module], key=float)),
            version=one.version,
            released=one.released,
            summary=one.summary or "",
        )
        for module, one in sorted(newest(listed).items())
    ]


__all__ = ["JOBS", "Refreshed", "refresh"]
