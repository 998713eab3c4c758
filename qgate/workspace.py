"""The checkout being judged: its modules, their order, and what changed since a git ref."""

from __future__ import annotations

import difflib
import graphlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from manifestoo_core.addon import Addon
from manifestoo_core.exceptions import (
    AddonNotFoundNoInit,
    AddonNotFoundNoManifest,
    ManifestooException,
)

from qgate import process
from qgate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from qgate.settings import Settings

MANIFEST: Final = "__manifest__.py"


@dataclass(frozen=True)
class Module:
    """One Odoo add-on of the workspace.

    Attributes:
        name: Technical name.
        path: Its folder, absolute.
        version: Version of the manifest.
        depends: Modules it depends on directly, `base` when the manifest names none.
    """

    name: str
    path: Path
    version: str | None
    depends: tuple[str, ...]

    @property
    def manifest(self) -> Path:
        """Its manifest file."""
        return self.path / MANIFEST


@dataclass(frozen=True)
class Selection:
    """The modules to be judged, and why.

    Attributes:
        modules: The gated modules, in dependency order.
        why: For each of them, why it was chosen.
        note: What to tell a person about the choice, when there is something.
    """

    modules: tuple[Module, ...]
    why: Mapping[str, str]
    note: str | None = None


@dataclass(frozen=True)
class Workspace:
    """The modules below the configured addons paths.

    Attributes:
        root: Folder of the workspace, absolute.
        addons: Its addons paths, absolute.
        extra_addons: Addons paths with modules that are only depended on, absolute.
        modules: Every installable module by name, in dependency order.
        broken: For each module that cannot be read, why.
    """

    root: Path
    addons: tuple[Path, ...]
    extra_addons: tuple[Path, ...]
    modules: Mapping[str, Module]
    broken: Mapping[str, str]

    @classmethod
    def load(cls, settings: Settings) -> Workspace:
        """Find the modules of the workspace that *settings* describe.

        Raises:
            UsageError: An addons path is missing or unreadable, two paths hold a module of
                the same name, or modules depend on each other in a circle.
        """
        addons = tuple(_folder(settings, path) for path in settings.workspace.addons)
        extra = tuple(
            _folder(settings, path) for path in settings.workspace.extra_addons
        )
        modules, broken = _scan(addons)
        for name in settings.workspace.exclude:
            modules.pop(name, None)
            broken.pop(name, None)
        if not modules and not broken:
            paths = ", ".join(map(str, addons))
            message = f"There is no Odoo module below {paths}."
            hint = "Name the folder that holds the modules with --addons."
            raise UsageError(message, hint=hint)
        return cls(settings.root, addons, extra, _ordered(modules), broken)

    def relative(self, path: Path) -> str:
        """Return *path* relative to the workspace, as frames spell it."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return path.as_posix()

    def select(self, settings: Settings, changed_since: str | None = None) -> Selection:
        """Choose the modules to judge: the named ones, the changed ones, or all.

        Args:
            settings: Names the modules, if any.
            changed_since: A git ref; modules with a file changed since it branched off are
                chosen, and those that depend on them.

        Raises:
            UsageError: A name or the ref does not exist, or a chosen manifest is broken.
        """
        names = settings.workspace.modules
        if changed_since is not None:
            changed, files = self._changed(settings, changed_since)
            chosen = self.with_dependents(changed)
            if names:
                chosen = {name: why for name, why in chosen.items() if name in names}
            why = {
                name: reason or f"changed since {changed_since}"
                for name, reason in chosen.items()
            }
            note = None
            if not why:
                note = f"No module changed since {changed_since} ({files} files did)."
            return self._selection(why, note)
        if names:
            self._check_names(names)
            return self._selection(dict.fromkeys(names, "named"))
        return self._selection(
            dict.fromkeys([*self.modules, *self.broken], "in the workspace")
        )

    def with_dependents(self, names: Iterable[str]) -> dict[str, str | None]:
        """Return *names* and every module that depends on one, with the reason of those."""
        chosen: dict[str, str | None] = dict.fromkeys(names)
        for (
            module
        ) in self.modules.values():  # in dependency order, so one pass is enough
            if module.name in chosen:
                continue
            for dependency in module.depends:
                if dependency in chosen:
                    chosen[module.name] = f"depends on {dependency}"
                    break
        return chosen

    def dependencies(self, modules: Iterable[Module]) -> tuple[Module, ...]:
        """Return the workspace modules that *modules* need besides themselves, in order."""
        given = {module.name for module in modules}
        needed = self._closure(given) - given
        return tuple(m for m in self.modules.values() if m.name in needed)

    def outside(self, modules: Iterable[Module]) -> frozenset[str]:
        """Return the modules outside the workspace's addons that *modules* need."""
        closure = self._closure({module.name for module in modules})
        return frozenset(
            dependency
            for name in closure
            for dependency in self.modules[name].depends
            if dependency not in self.modules
        )

    def module_of(self, path: Path) -> str | None:
        """Return the name of the module that holds *path*."""
        for module in self.modules.values():
            if path.is_relative_to(module.path):
                return module.name
        return None

    def _closure(self, names: Iterable[str]) -> set[str]:
        todo, seen = list(names), set()
        while todo:
            name = todo.pop()
            if name in seen or name not in self.modules:
                continue
            seen.add(name)
            todo += self.modules[name].depends
        return seen

    def _selection(self, why: Mapping[str, str], note: str | None = None) -> Selection:
        for name in why:
            if name in self.broken:
                hint = "Correct it, or leave the module out with workspace.exclude."
                raise UsageError(self.broken[name], hint=hint)
        modules = tuple(m for m in self.modules.values() if m.name in why)
        return Selection(modules, why, note)

    def _check_names(self, names: Sequence[str]) -> None:
        known = [*self.modules, *self.broken]
        for name in names:
            if name not in known:
                close = difflib.get_close_matches(name, known, n=1)
                message = f"There is no module {name} in the workspace."
                hint = (
                    f"Did you mean {close[0]}?"
                    if close
                    else f"It has {', '.join(sorted(known)[:10])}."
                )
                raise UsageError(message, hint=hint)

    def _changed(self, settings: Settings, ref: str) -> tuple[set[str], int]:
        top = Path(git(settings, self.root, "rev-parse", "--show-toplevel").strip())
        # What came since the branch left *ref*, the uncommitted and the new files included.
        git(
            settings,
            self.root,
            "rev-parse",
            "--verify",
            "--end-of-options",
            f"{ref}^{{commit}}",
        )
        listed = git(
            settings, self.root, "diff", "--name-only", "-z", "--merge-base", ref
        )
        listed += git(settings, top, "ls-files", "--others", "--exclude-standard", "-z")
        files = {top.resolve() / name for name in listed.split("\0") if name}
        resolved = {
            name: path.resolve()
            for name, path in [
                *((m.name, m.path) for m in self.modules.values()),
                *((n, folder / n) for n in self.broken for folder in self.addons),
            ]
        }
        changed = {
            name
            for name, path in resolved.items()
            if any(file.is_relative_to(path) for file in files)
        }
        return changed, len(files)


def git_state(settings: Settings) -> dict[str, object]:
    """Return what is checked out; empty outside a git checkout.

    That is the commit, when its author wrote it, the branch, and whether the tree is dirty.
    """
    try:
        commit = git(settings, settings.root, "rev-parse", "HEAD").strip()
        branch = git(settings, settings.root, "rev-parse", "--abbrev-ref", "HEAD")
        dirty = git(settings, settings.root, "status", "--porcelain")
        written = git(settings, settings.root, "show", "-s", "--format=%aI", "HEAD")
    except UsageError:
        return {}
    return {
        "commit": commit,
        "branch": _branch(settings, branch.strip()),
        "dirty": bool(dirty.strip()),
        "author_date": written.strip(),
    }


def _branch(settings: Settings, found: str) -> str:
    """Return the branch; CI services check out a commit, and say the branch beside it."""
    if found != "HEAD":
        return found
    names = ("GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME")
    return next(filter(None, (settings.environ.get(name) for name in names)), found)


def git(settings: Settings, folder: Path, *arguments: str) -> str:
    """Return what git prints to stdout when it runs with *arguments* in *folder*.

    Raises:
        UsageError: It refuses, or *folder* is in no checkout.
        ToolFailed: Git is not installed.
    """
    done = process.run(
        "git", ["git", "-C", folder, *arguments], env=settings.child_environ()
    )
    if done.returncode:
        said = process.tail(done.errors, 1)
        if arguments[:2] == ("rev-parse", "--verify"):
            ref = arguments[-1].removesuffix("^{commit}")
            message = f"Git knows no revision {ref}."
            hint = "Fetch it first, as in `git fetch origin main`, or correct the name."
            raise UsageError(message, hint=hint)
        message = f"git {arguments[0]} failed in {folder}: {said}."
        hint = "The workspace has to be a git checkout with that revision."
        raise UsageError(message, hint=hint)
    return done.output


def _folder(settings: Settings, path: str) -> Path:
    folder = (settings.root / path).absolute()
    if not folder.is_dir():
        message = f"The addons path {path} does not exist below {settings.root}."
        if folder.exists():
            message = f"The addons path {path} is not a folder."
        hint = "Correct --addons, or workspace.addons in qgate.toml."
        raise UsageError(message, hint=hint)
    if (folder / MANIFEST).is_file():
        message = f"{path} is a module, not a folder that holds modules."
        parent = Path(path).parent
        raise UsageError(
            message, hint=f"Use --addons {parent} --modules {folder.name}."
        )
    return folder


def _scan(addons: Iterable[Path]) -> tuple[dict[str, Module], dict[str, str]]:
    modules: dict[str, Module] = {}
    broken: dict[str, str] = {}
    for folder in addons:
        try:
            children = sorted(folder.iterdir())
        except OSError as error:
            message = f"The addons path {folder} cannot be read ({error.strerror})."
            raise UsageError(message, hint="Check its rights.") from error
        for child in children:
            if not (child / MANIFEST).is_file():
                continue
            if child.name in modules and modules[child.name].path != child:
                first = modules[child.name].path
                message = f"Module {child.name} is there twice: {first} and {child}."
                raise UsageError(message, hint="Remove one, or one addons path.")
            try:
                module = _read(child)
            except _BrokenError as error:
                broken[child.name] = str(error)
            else:
                if module:
                    modules[child.name] = module
    return modules, broken


class _BrokenError(Exception):
    """A module whose manifest says nothing that can be used."""


def _read(folder: Path) -> Module | None:
    """Read one module; None when its manifest says that it is not installable."""
    try:
        addon = Addon.from_addon_dir(folder, allow_not_installable=True)
        manifest = addon.manifest
        depends = manifest.depends
        version = manifest.version
        installable = manifest.installable
    except AddonNotFoundNoInit as error:
        message = f"Module {folder.name} has no __init__.py."
        raise _BrokenError(message) from error
    except AddonNotFoundNoManifest:
        return None
    except (ManifestooException, OSError, ValueError, SyntaxError) as error:
        message = f"The manifest {folder / MANIFEST} cannot be read: {_why(error)}."
        raise _BrokenError(message) from error
    if not installable:
        return None
    # The library does not look into the list (it builds a lazy map and drops it).
    if not all(isinstance(name, str) for name in depends):
        message = f"In the manifest {folder / MANIFEST} depends is not a list of names."
        raise _BrokenError(message)
    return Module(folder.name, folder, version, tuple(depends) or ("base",))


def _why(error: BaseException) -> str:
    """Return the innermost cause, which names the line, without the wrappers' paths."""
    while error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, SyntaxError):
        return f"line {error.lineno}: {error.msg}"
    return str(error)


def _ordered(modules: Mapping[str, Module]) -> dict[str, Module]:
    graph = {
        name: sorted(set(module.depends) & set(modules))
        for name, module in sorted(modules.items())
    }
    try:
        order = list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        message = f"Modules depend on each other in a circle: {circle}."
        raise UsageError(message, hint="Remove one of these dependencies.") from error
    return {name: modules[name] for name in order}
