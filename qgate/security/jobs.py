"""The calls of Trivy: what each looks at, and what its answer says of how much it saw."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qgate.environment.scanner import NAME
from qgate.errors import ToolFailed
from qgate.security import system
from qgate.security.tree import FILE_PATTERNS
from qgate.tools.base import CONFIG
from qgate.tools.trivy import MISCONFIG, SCANNED, SECRET, VULN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from qgate.environment.scanner import Database
    from qgate.security.tree import Part, Tree
    from qgate.tools.trivy import Looked, Scan, Trivy

_ALL: Final = (VULN, SECRET, MISCONFIG)
_SECRETS: Final = ("--secret-config", CONFIG / "trivy-secret.yaml")


@dataclass(frozen=True)
class Job:
    """One call of Trivy.

    Attributes:
        what: What is looked at, for a person who waits.
        run: Calls it.
        rows: Rows of frame `scans` for its answer.
        place: Target and file in frame `vulnerabilities` for the path of a result; None is
            nothing that anybody asked for.
        name: What a result is called in the evidence, given its target and file.
    """

    what: str
    run: Callable[[], Scan]
    rows: Callable[[Scan], Iterator[dict[str, Any]]]
    place: Callable[[Scan, str], tuple[str, str] | None]
    name: Callable[[str, str], str] = lambda _, file: file


@dataclass(frozen=True)
class Jobs:
    """Makes the calls of one run.

    Attributes:
        trivy: The program.
        database: What it looks vulnerabilities up in.
    """

    trivy: Trivy
    database: Database

    def image(self, image: str, root: Path) -> Job:
        """Return the scan of an image: an archive below *root*, else a name in an engine."""
        archive = root / Path(image).expanduser()
        # A folder may have an image's name; only one with an index is an image itself.
        is_archive = archive.is_file() or (archive / "index.json").is_file()
        source = (
            ["--input", archive]
            if is_archive
            else ["--image-src", "docker,podman", image]
        )

        def rows(scan: Scan) -> Iterator[dict[str, Any]]:
            configs = sum(each.kind == "config" for each in scan.looked)
            yield self._row(image, "image", VULN, scan, _packages(scan.looked))
            yield self._row(image, "image", SECRET, scan, scan.layers)
            yield self._row(image, "image", MISCONFIG, scan, configs, expected=0)

        return Job(
            f"the image {image}",
            lambda: self.trivy.scan(
                "image",
                *("--image-config-scanners", f"{MISCONFIG},{SECRET}"),
                *_SECRETS,
                *source,
                scanners=_ALL,
            ),
            rows,
            lambda _, path: (image, path.lstrip("/")),
        )

    def environment(self, folder: Path, count: int) -> Job:
        """Return the scan of the *count* Python packages that lie in *folder*."""
        target = str(folder)

        def rows(scan: Scan) -> Iterator[dict[str, Any]]:
            seen = _packages(scan.looked)
            yield self._row(target, "environment", VULN, scan, seen, expected=count)

        return Job(
            f"the Python packages in {folder}",
            lambda: self.trivy.scan(
                "rootfs", "--pkg-types", "library", folder, scanners=[VULN]
            ),
            rows,
            lambda _, path: (target, path),
            lambda target, file: f"{target} ({file})",
        )

    def system(self) -> Job:
        """Return the scan of the machine's own packages."""

        def rows(scan: Scan) -> Iterator[dict[str, Any]]:
            seen, count = _packages(scan.looked), system.expected()
            yield self._row(_release(scan), "system", VULN, scan, seen, expected=count)

        skipped = [
            word for folder in system.left_out() for word in ("--skip-dirs", folder)
        ]
        return Job(
            "the operating system",
            lambda: self.trivy.scan(
                "rootfs", "--pkg-types", "os", *skipped, "/", scanners=[VULN]
            ),
            rows,
            lambda scan, path: (_release(scan), path),
        )

    def workspace(self, tree: Tree) -> Job:
        """Return the scan of what *tree* has gathered, its canaries included."""
        patterns = [
            word for pattern in FILE_PATTERNS for word in ("--file-patterns", pattern)
        ]

        def run() -> Scan:
            scan = self.trivy.scan(
                "fs",
                *("--misconfig-scanners", ",".join(SCANNED)),
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

        def rows(scan: Scan) -> Iterator[dict[str, Any]]:
            for part in tree.parts:
                own = [each for each in scan.looked if tree.part_of(each.path) is part]
                yield from self._part_rows(part, own, scan)

        def place(_: Scan, path: str) -> tuple[str, str] | None:
            part = tree.part_of(path)
            return (part.target, tree.shown(path)) if part else None

        return Job("the modules", run, rows, place)

    def _part_rows(
        self, part: Part, own: Sequence[Looked], scan: Scan
    ) -> Iterator[dict[str, Any]]:
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
            "version": self.trivy.scanner.version,
            "database_updated": self.database.updated if scanner == VULN else None,
            "seconds": scan.seconds,
        }


def _packages(looked: Sequence[Looked]) -> int:
    return sum(each.packages for each in looked)


def _release(scan: Scan) -> str:
    return scan.system or "operating system"
