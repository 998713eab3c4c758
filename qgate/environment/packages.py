"""The Python packages that an interpreter has, as it says itself."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qgate import process
from qgate.errors import EnvironmentProblem, ToolFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qgate.settings import Settings

_PROBE: Final = """
import importlib.metadata as metadata, json, os
seen, versions = set(), {}
for item in metadata.distributions():
    try:
        name = item.metadata["Name"]
    except Exception:
        continue
    if name:
        folder = os.path.realpath(str(item.locate_file("")))
        seen.add((folder, name, item.version))
        versions.setdefault(name, item.version)
folders = {}
for folder, _, _ in seen:
    folders[folder] = folders.get(folder, 0) + 1
imports = {
    name: sorted(set(found)) for name, found in metadata.packages_distributions().items()
}
print(json.dumps({"folders": folders, "versions": versions, "imports": imports}))
"""


@dataclass(frozen=True)
class Packages:
    """What an interpreter can import.

    Attributes:
        folders: How many packages lie in each folder.
        versions: The version of each, by its normalised name.
        imports: Names of the packages that hold a module, by the module's name.
    """

    folders: Mapping[Path, int]
    versions: Mapping[str, str]
    imports: Mapping[str, Sequence[str]]

    def installed(self, name: str) -> tuple[str, str] | None:
        """Return name and version of the package *name*, or of the one that holds the module.

        Manifests have named modules instead of packages for years.
        """
        if version := self.versions.get(normalised(name)):
            return name, version
        for holder in self.imports.get(name, ()):
            if version := self.versions.get(normalised(holder)):
                return holder, version
        return None


def normalised(name: str) -> str:
    """Return *name* as packages are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def packages(
    settings: Settings, python: Path, pythonpath: Sequence[Path] = ()
) -> Packages:
    """Ask the interpreter *python* what it has.

    Raises:
        EnvironmentProblem: It does not answer.
    """
    extra = {"PYTHONPATH": ":".join(map(str, pythonpath))} if pythonpath else {}
    try:
        done = process.run(
            "python",
            [python, "-c", _PROBE],
            env=settings.child_environ(**extra),
            time_limit=60,
        )
        found = json.loads(done.output)
    except (ToolFailed, ValueError) as error:
        message = f"The interpreter {python} does not say what packages it has."
        hint = "Correct environment.odoo_python, or run `qgate env --provision`."
        raise EnvironmentProblem(message, hint=hint) from error
    return Packages(
        {Path(name): count for name, count in found["folders"].items()},
        {normalised(name): version for name, version in found["versions"].items()},
        found["imports"],
    )
