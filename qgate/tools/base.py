"""What a tool of stage static is: one program and the parsing of its output."""

from __future__ import annotations

import sys
import tomllib
from configparser import ConfigParser
from configparser import Error as ConfigParserError
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from qgate import process
from qgate.errors import ToolFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from qgate.process import Completed
    from qgate.settings import Settings
    from qgate.workspace import Module

CONFIG: Final = Path(__file__).parent / "config"
"""Folder of the configurations we ship, for a workspace that has none of its own."""


@dataclass(frozen=True)
class Target:
    """What a tool looks at.

    Attributes:
        root: The workspace; paths in findings are relative to it.
        modules: The gated modules.
        settings: The configuration.
        evidence: Folder for what the tool printed.
        cache: Folder for the tools' own caches.
    """

    root: Path
    modules: Sequence[Module]
    settings: Settings
    evidence: Path
    cache: Path

    def python_files(self) -> dict[str, list[Path]]:
        """Return the Python files of each module; links to folders are not followed."""
        return {
            module.name: sorted(
                path
                for path in module.path.rglob("*.py")
                if path.is_file() and "node_modules" not in path.parts
            )
            for module in self.modules
        }

    def relative(self, path: str | Path) -> str:
        """Return *path*, as a tool printed it, relative to the workspace."""
        full = self._full(path)
        try:
            return full.relative_to(self.root).as_posix()
        except ValueError:
            return full.as_posix()

    def module_of(self, path: str | Path) -> str:
        """Return the module that holds *path*.

        Raises:
            LookupError: None does.
        """
        holder = self._holder(self._full(path))
        if holder is None:
            message = f"{path} belongs to no module"
            raise LookupError(message)
        return holder

    def _full(self, path: str | Path) -> Path:
        """Return *path* below the folder its module was found in.

        A tool may print where a link leads to, when the workspace or a module is one.
        """
        full = (self.root / path).absolute()
        if self._holder(full) is None:
            for module in self.modules:
                real = module.path.resolve()
                if full.resolve().is_relative_to(real):
                    return module.path / full.resolve().relative_to(real)
        return full

    def _holder(self, full: Path) -> str | None:
        for parent in (full, *full.parents):
            if parent in self._folders:
                return self._folders[parent]
        return None

    @cached_property
    def _folders(self) -> dict[Path, str]:
        return {module.path: module.name for module in self.modules}


@dataclass(frozen=True)
class Finding:
    """One row of the `findings` frame, without its tool."""

    rule: str
    severity: str
    path: str
    line: int | None
    column: int | None
    message: str
    module: str


@dataclass(frozen=True)
class ModuleReport:
    """What a tool says of one module: its denominator and, for some tools, a score."""

    module: str
    files: int
    score: float | None = None
    statements: int | None = None


@dataclass(frozen=True)
class ToolReport:
    """What a tool says of all modules it was given."""

    findings: Sequence[Finding]
    modules: Sequence[ModuleReport]
    seconds: float


class Tool(Protocol):
    """One external program and the parsing of its output."""

    name: str

    def version(self) -> str:
        """Return its version.

        Raises:
            ToolFailed: It is not installed.
        """
        ...

    def run(self, target: Target) -> ToolReport:
        """Run on *target*; states which exit codes mean findings.

        Raises:
            ToolFailed: Any other exit code, or output that cannot be read.
        """
        ...


def installed_version(tool: str, distribution: str) -> str:
    """Return the version of the package that holds a tool.

    Raises:
        ToolFailed: It is not installed.
    """
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError as error:
        hint = "Set qgate up again with `make setup`."
        raise ToolFailed(tool, "is not installed", hint=hint) from error


def run_module(
    tool: str,
    target: Target,
    *arguments: str | Path,
    found: Sequence[int] = (0, 1),
    environ: Mapping[str, str] | None = None,
) -> Completed:
    """Run a Python program in the workspace, as `python -m`, and keep what it printed.

    Args:
        tool: Name of the tool.
        target: What it looks at.
        *arguments: Module and its arguments.
        found: Exit codes that mean that it did its work.
        environ: Further variables.

    Raises:
        ToolFailed: It crashed or took longer than the stage may.
    """
    # -P: a file of the workspace must not stand in for a package of the tool.
    done = process.run(
        tool,
        [sys.executable, "-P", "-m", "qgate.tools.driver", *arguments],
        env=target.settings.child_environ(
            PYTHONIOENCODING="utf-8",
            # Newer Pythons warn of a module's doubtful syntax while a linter parses it.
            PYTHONWARNINGS="ignore",
            **(environ or {}),
        ),
        cwd=target.root,
        time_limit=target.settings.static.time_limit,
        secrets=target.settings.secrets,
    )
    (target.evidence / f"{tool}.txt").write_text(
        f"{done.output}{done.errors}", encoding="utf-8"
    )
    if done.timed_out:
        limit = target.settings.static.time_limit
        raise ToolFailed(tool, f"did not end within {limit:g} s", argv=done.argv)
    if done.returncode not in found:
        raise crashed(tool, done)
    return done


def crashed(tool: str, done: Completed) -> ToolFailed:
    """Return what to say of a tool that ended in a way that is no result."""
    last = process.tail(done.errors or done.output, 1)
    why = f"crashed with exit code {done.returncode}" + (f" ({last})" if last else "")
    return ToolFailed(
        tool,
        why,
        argv=done.argv,
        returncode=done.returncode,
        output=process.tail(done.errors or done.output),
        hint=f"See {tool}.txt in the evidence.",
    )


def unreadable(tool: str, done: Completed, what: object) -> ToolFailed:
    """Return what to say of output that is not what the tool promises."""
    return ToolFailed(
        tool,
        f"printed what cannot be read ({what})",
        argv=done.argv,
        returncode=done.returncode,
        output=process.tail(done.output + done.errors),
        hint=f"See {tool}.txt in the evidence.",
    )


def own_config(
    target: Target, files: Mapping[str, Sequence[str] | None]
) -> Path | None:
    """Return the workspace's own configuration of a tool, if it has one and may use it.

    Args:
        target: What is looked at.
        files: Names of files in the workspace's folder, in the order the tool looks for them,
            each with the sections that make it a configuration of the tool (None: the file
            itself does). A section of a TOML file is a dotted path; one that ends with a stop
            stands for all that begin so.
    """
    if not target.settings.static.own_config:
        return None
    for name, sections in files.items():
        path = target.root / name
        if path.is_file() and (sections is None or _has_section(path, sections)):
            return path
    return None


def _has_section(path: Path, sections: Sequence[str]) -> bool:
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".toml":
            data = tomllib.loads(text)
            return any(_has_table(data, section) for section in sections)
        parser = ConfigParser(interpolation=None, strict=False)
        parser.read_string(text)
    except (OSError, ValueError, ConfigParserError):
        return True  # the tool itself will say what is wrong with it
    return any(
        found == section or (section.endswith(".") and found.startswith(section))
        for found in parser.sections()
        for section in sections
    )


def _has_table(data: object, dotted: str) -> bool:
    for key in dotted.split("."):
        if not isinstance(data, dict) or key not in data:
            return False
        data = data[key]
    return True


def counted(
    files: Mapping[str, Sequence[Path]], target: Target, seen: Iterable[str | Path]
) -> list[ModuleReport]:
    """Return how many files of each module a tool has looked at.

    Args:
        files: The files of each module.
        target: What is looked at.
        seen: The paths that the tool says it has looked at.
    """
    known = {target.relative(path) for path in seen}
    return [
        ModuleReport(name, sum(target.relative(path) in known for path in paths))
        for name, paths in files.items()
    ]
