"""What Trivy looks at of a workspace: gated modules and the files that deploy them.

They are gathered in a folder of their own, at the paths they have in the workspace, so that
one scan sees nothing else. Canaries lie among them: things that Trivy has to find. Where it
does not, its silence about the rest says nothing.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qgate.security import requirements
from qgate.tools.trivy import MISCONFIG, SECRET, VULN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qgate.environment.packages import Packages
    from qgate.tools.trivy import Looked
    from qgate.workspace import Module, Workspace

ROOT_FILES: Final = (
    "dockerfile*",
    "*.dockerfile",
    "containerfile*",
    "compose*.y*ml",
    "docker-compose*.y*ml",
    "requirements*.txt",
)
"""Names of files in the workspace's own folder that say how it is deployed, in lower case."""

FILE_PATTERNS: Final = (r"pip:requirements[^/]*\.txt$",)
"""What else than Trivy's own names is a requirement file."""

_OURS: Final = ".qgate"
_CANARY: Final = f"{_OURS}/canary"
_LEFT_OUT: Final = frozenset({".git", "__pycache__", "node_modules"})
_DOCKERFILES: Final = ("dockerfile", "containerfile")
_INLINE: Final = (b"trivy:ignore", b"tfsec:ignore")
_LARGEST_REWRITTEN: Final = 1 << 20

# All of these have been vulnerable for years; one of them a database has to know.
_VULNERABLE: Final = (
    "django==1.2",
    "jinja2==2.4",
    "pillow==2.0",
    "pyyaml==3.10",
    "requests==2.0",
    "urllib3==1.20",
)
# Put together here, so that no scan of qgate's own source finds it.
_KEY: Final = "AKIA" + "QGATECANARYQGATE"


@dataclass
class Part:
    """One target of the scan.

    Attributes:
        target: Its name in frames.
        kind: module or workspace.
        prefix: Where its files begin in the tree, with a slash at the end.
        files: How many there are.
        dockerfiles: Paths in the tree of those that are Dockerfiles.
        packages: Packages that it asks for, each with its version, as far as they are known.
        missing: Those for which no version is known, and why.
    """

    target: str
    kind: str
    prefix: str
    files: int = 0
    dockerfiles: list[str] = field(default_factory=list)
    packages: int = 0
    missing: list[str] = field(default_factory=list)


class Tree:
    """The folder in which it is all gathered.

    Args:
        folder: An empty folder to fill.
        workspace: Where the modules are.
    """

    def __init__(self, folder: Path, workspace: Workspace) -> None:
        self.folder = folder
        self.parts: list[Part] = []
        self._workspace = workspace
        self._shown: dict[str, str] = {}

    def add_module(self, module: Module, installed: Packages | None) -> None:
        """Gather *module*, and look up the versions of what it asks for.

        Args:
            module: A gated module.
            installed: What Odoo's environment has; None where an image is scanned, whose
                packages are those that count.
        """
        target = self._workspace.relative(module.path)
        part = Part(target, "module", f"{target.lstrip('/')}/")
        for above, names in _walk(module.path):
            for name in names:
                self._take(above / name, part.prefix, module.path, part)
        for path in requirements.requirement_files(module.path):
            part.packages += len(requirements.pinned(path))
        if installed:
            for number, made in enumerate(requirements.resolve(module, installed)):
                self._resolved(part, module, made, number)
        self.parts.append(part)

    def add_root(self, further: Sequence[str]) -> None:
        """Gather the workspace's own files that say how it is deployed.

        Args:
            further: Patterns of names, beside `ROOT_FILES`.
        """
        root = self._workspace.root
        part = Part(".", "workspace", "")
        for path in sorted(root.iterdir()):
            name = path.name.lower()
            wanted = any(fnmatch(name, pattern) for pattern in ROOT_FILES)
            if path.is_file() and (wanted or path.name in further):
                self._take(path, "", root, part)
        if part.files:
            self.parts.append(part)

    def add_canaries(self) -> None:
        """Put in what has to be found."""
        folder = self.folder / _CANARY
        folder.mkdir(parents=True)
        (folder / "requirements.txt").write_text("\n".join(_VULNERABLE))
        (folder / "key.txt").write_text(f'aws_key = "{_KEY}"\n')
        (folder / "Dockerfile").write_text("FROM debian:latest\n")

    def canaries_missed(self, looked: Sequence[Looked]) -> list[str]:
        """Return the scanners that did not find what they have to."""
        found = {
            item.kind
            for result in looked
            if result.path.startswith(f"{_CANARY}/")
            for item in result.found
        }
        kinds = {
            VULN: "vulnerability",
            SECRET: "secret",
            MISCONFIG: "misconfiguration",
        }
        return [scanner for scanner, kind in kinds.items() if kind not in found]

    def shown(self, path: str) -> str:
        """Return the file in the workspace that a *path* of the tree stands for."""
        return self._shown.get(path, path)

    def part_of(self, path: str) -> Part | None:
        """Return the part that a *path* of the tree belongs to; a canary is of none."""
        if path.startswith(f"{_CANARY}/"):
            return None
        return max(
            (part for part in self.parts if path.startswith(part.prefix)),
            key=lambda part: len(part.prefix),
            default=None,
        )

    def _resolved(
        self, part: Part, module: Module, made: requirements.Resolved, number: int
    ) -> None:
        """Write the installed versions where Trivy reads them."""
        part.missing += made.missing
        if not made.lines:
            return
        inner = f"{part.prefix}{_OURS}/{number}/requirements.txt"
        target = self.folder / inner
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(made.lines) + "\n", encoding="utf-8")
        self._shown[inner] = (
            part.prefix + made.source.relative_to(module.path).as_posix()
        )
        part.packages += len(made.lines)

    def _take(self, path: Path, prefix: str, top: Path, part: Part) -> None:
        """Put a file into the tree; a link is followed only to a file below *top*."""
        if path.is_symlink() and not path.resolve().is_relative_to(top.resolve()):
            return
        if not path.is_file():
            return
        inner = f"{prefix}{path.relative_to(top).as_posix()}"
        (self.folder / inner).parent.mkdir(parents=True, exist_ok=True)
        _place(path, self.folder / inner)
        part.files += 1
        if _is_dockerfile(path.name):
            part.dockerfiles.append(inner)


def _walk(top: Path) -> Iterator[tuple[Path, list[str]]]:
    for above, folders, names in os.walk(top):
        folders[:] = sorted(set(folders) - _LEFT_OUT)
        yield Path(above), sorted(names)


def _is_dockerfile(name: str) -> bool:
    """Tell whether Trivy takes a file of that name for a Dockerfile."""
    first, *rest = name.lower().split(".")
    return (first in _DOCKERFILES and len(rest) <= 1) or (
        bool(rest) and rest[-1] in _DOCKERFILES
    )


def _place(path: Path, target: Path) -> None:
    """Share a file with the tree, or copy it without remarks that would silence Trivy.

    What such a remark silences leaves no trace in a report; the ignore file and VEX do.
    """
    source = path.resolve()
    if source.stat().st_size <= _LARGEST_REWRITTEN:
        content = source.read_bytes()
        changed = content
        for word in _INLINE:
            changed = changed.replace(word, word.replace(b":", b"_"))
        if changed != content:
            target.write_bytes(changed)
            return
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copyfile(source, target)
