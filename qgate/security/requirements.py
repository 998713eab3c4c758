"""The Python packages that a module asks for, with the versions that are installed."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from packaging.requirements import InvalidRequirement, Requirement

from qgate.environment.packages import normalised

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from qgate.environment.packages import Packages
    from qgate.workspace import Module

PATTERN: Final = "requirements*.txt"
"""Names of the files in which a module may list them."""

_NAMING: Final = ("-r", "--requirement", "-e", "--editable")
"""Options that name more packages; others, as -c, do not."""


@dataclass
class Resolved:
    """What one file asks for.

    Attributes:
        source: The file.
        lines: `name==version` of each package that is installed, in order.
        missing: Those for which there is no version, and why.
    """

    source: Path
    lines: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def resolve(module: Module, installed: Packages) -> list[Resolved]:
    """Return what manifest and requirement files of *module* ask for, file by file.

    An exact version in a requirement file counts beside the one that is installed: Trivy
    reads it by itself.
    """
    files = requirement_files(module.path)
    given = {module.manifest: _declared(module.manifest)}
    given |= {
        path: [word for word in _lines(path) if not _included(word, path, files)]
        for path in files
    }
    found = []
    for path, words in given.items():
        made = Resolved(path)
        for word in dict.fromkeys(words):
            _look_up(word, installed, made)
        if made.lines or made.missing:
            found.append(made)
    return found


def requirement_files(folder: Path) -> list[Path]:
    """Return the requirement files below *folder*."""
    return sorted(
        path
        for path in folder.rglob(PATTERN)
        if path.is_file() and "node_modules" not in path.parts
    )


def pinned(path: Path) -> set[tuple[str, str]]:
    """Return name and version of each package that the file at *path* pins exactly."""
    found = set()
    for word in _lines(path):
        try:
            requirement = Requirement(word)
        except InvalidRequirement:
            continue
        if version := _exact(requirement):
            found.add((normalised(requirement.name), version))
    return found


def _exact(requirement: Requirement) -> str | None:
    specifiers = list(requirement.specifier)
    if len(specifiers) != 1 or specifiers[0].operator != "==":
        return None
    version = specifiers[0].version
    return None if version.endswith(".*") else version


def _look_up(word: str, installed: Packages, made: Resolved) -> None:
    try:
        requirement = Requirement(word)
    except InvalidRequirement:
        made.missing.append(f"{word} (not the name of a package)")
        return
    if requirement.marker and not requirement.marker.evaluate():
        return  # not asked for on this system
    if found := installed.installed(requirement.name):
        line = "==".join(found)
        if line not in made.lines:
            made.lines.append(line)
    elif not _exact(requirement):
        made.missing.append(f"{requirement.name} (not installed in Odoo's environment)")


def _included(word: str, path: Path, files: Sequence[Path]) -> bool:
    """Tell whether a line only names another file that is read anyway."""
    option, _, name = word.replace("=", " ", 1).partition(" ")
    if option not in ("-r", "--requirement"):
        return False
    return (path.parent / name.strip()).resolve() in {file.resolve() for file in files}


def _declared(manifest: Path) -> list[str]:
    """Return external_dependencies/python of a manifest, which is a literal."""
    data = ast.literal_eval(manifest.read_text(encoding="utf-8"))
    wanted = data.get("external_dependencies") or {}
    names = wanted.get("python") if isinstance(wanted, dict) else None
    if isinstance(names, str):
        return [names]
    return [str(name) for name in names or ()]


def _lines(path: Path) -> Iterator[str]:
    """Yield the requirements of a file, and the files and sources it names.

    Lines are joined at a backslash, as pip does, and hashes are cut off.
    """
    text = path.read_text(encoding="utf-8", errors="replace").replace("\\\n", " ")
    for line in text.splitlines():
        word = line.split(" #")[0].split(" --")[0].strip()
        if word and (not word.startswith(("#", "-")) or word.startswith(_NAMING)):
            yield word
