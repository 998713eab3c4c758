"""What is in production: the modules as a git ref has them, unpacked beside the current ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from qgate import process
from qgate.errors import EnvironmentProblem, ToolFailed, UsageError
from qgate.sections import WorkspaceSettings
from qgate.workspace import MANIFEST, Workspace, git

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qgate.settings import Settings
    from qgate.workspace import Module

_GIT: Final = "git"

TAGS: Final = "production-*"
"""Tags of releases, as `qgate tag` makes them."""


@dataclass(frozen=True)
class Base:
    """The version in production.

    Attributes:
        ref: Its name, as a person knows it.
        commit: Its commit.
        top: Top folder of the checkout.
        folders: Folder of each module in it, relative to *top*.
        files: Every file in it, relative to *top*.
    """

    ref: str
    commit: str
    top: Path
    folders: Mapping[str, str]
    files: tuple[str, ...]


def find(settings: Settings, workspace: Workspace) -> Base | str:
    """Return the version in production, or why there is none to compare with.

    Raises:
        UsageError: `readiness.base_ref` names what git does not know.
        ToolFailed: Git is not installed.
    """
    root = workspace.root
    try:
        top = Path(git(settings, root, "rev-parse", "--show-toplevel").strip())
    except UsageError:
        return "The workspace is no git checkout, so no version in production is known."
    ref = settings.readiness.base_ref
    if not ref:
        tags = git(
            settings,
            root,
            *("tag", "--list", TAGS, "--merged", "HEAD"),
            # The last one given comes first; of one second the later day in the name counts.
            *("--sort=-refname", "--sort=-creatordate"),
        ).split()
        if not tags:
            return _no_tag(settings, root)
        ref = f"refs/tags/{tags[0]}"
    commit = git(
        settings, root, "rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}"
    ).strip()
    listed = git(settings, top, "ls-tree", "-r", "-z", "--name-only", commit)
    files = tuple(name for name in listed.split("\0") if name)
    folders = _folders(files, _places(workspace, top))
    return Base(ref.removeprefix("refs/tags/"), commit, top, folders, files)


def changes(settings: Settings, module: Module, base: Base) -> int | None:
    """Return how many files of *module* differ from production; None when it is not there.

    Raises:
        EnvironmentProblem: It lies in another checkout.
    """
    now = _place(module, base)
    then = base.folders.get(module.name)
    if then is None:
        return None
    if now != then:
        return len([name for name in base.files if name.startswith(f"{then}/")])
    listed = git(
        settings, base.top, "diff", "--name-only", "-z", base.commit, "--", now
    ) + git(
        settings,
        base.top,
        *("ls-files", "--others", "--exclude-standard", "-z", "--", now),
    )
    return len({name for name in listed.split("\0") if name})


def unpack(
    settings: Settings, workspace: Workspace, base: Base, folder: Path
) -> Workspace:
    """Write the modules in production below *folder* and return them.

    Raises:
        ToolFailed: Git refuses.
        UsageError: They cannot be read.
    """
    wanted = [
        name
        for name in base.files
        if any(name.startswith(f"{place}/") for place in base.folders.values())
    ]
    environ = settings.child_environ(GIT_INDEX_FILE=str(folder.with_suffix(".index")))
    folder.mkdir(parents=True)
    for arguments, stdin in (
        (["read-tree", base.commit], None),
        (
            ["checkout-index", "-z", "--stdin", f"--prefix={folder}/"],
            "\0".join(wanted).encode(),
        ),
    ):
        done = process.run(
            _GIT, ["git", "-C", base.top, *arguments], env=environ, stdin=stdin
        )
        if done.returncode:
            said = process.tail(done.errors, 1)
            why = f"cannot unpack {base.ref} ({said})"
            raise ToolFailed(_GIT, why)
    addons = sorted(
        {str(folder / Path(place).parent) for place in base.folders.values()}
    )
    chosen = WorkspaceSettings(
        addons=tuple(addons), extra_addons=tuple(map(str, workspace.extra_addons))
    )
    return Workspace.load(
        settings.model_copy(update={"root": folder, "workspace": chosen})
    )


def _place(module: Module, base: Base) -> str:
    """Return the folder of *module* now, relative to the top of the checkout.

    Raises:
        EnvironmentProblem: It lies in another checkout, as one in a submodule does.
    """
    path = module.path.resolve()
    top = base.top.resolve()
    inner = [folder for folder in (path, *path.parents) if (folder / ".git").exists()]
    if not path.is_relative_to(top) or (inner and inner[0] != top):
        message = f"{module.name} lies in another git checkout than the workspace."
        hint = "Its version in production cannot be told; gate it in its own checkout."
        raise EnvironmentProblem(message, hint=hint)
    return path.relative_to(top).as_posix()


def _no_tag(settings: Settings, root: Path) -> str:
    shallow = git(settings, root, "rev-parse", "--is-shallow-repository").strip()
    if shallow == "true":
        return (
            "The checkout is shallow, so the version in production is not known. "
            "Fetch it whole, as with `git fetch --unshallow --tags`."
        )
    return (
        f"There is no tag {TAGS} to compare with. Fetch the tags, or name the version in "
        "production with readiness.base_ref; before a first release the first commit, as "
        "`git rev-list --max-parents=0 HEAD` tells it."
    )


def _places(workspace: Workspace, top: Path) -> Mapping[str, tuple[str, ...]]:
    """Return, for each module now, its folder and the folders of all modules beside it."""
    top = top.resolve()
    found: dict[str, tuple[str, ...]] = {}
    for module in workspace.modules.values():
        path = module.path.resolve()
        if path.is_relative_to(top):
            found[module.name] = (path.relative_to(top).as_posix(),)
    beside = tuple(
        folder.resolve().relative_to(top).as_posix()
        for folder in workspace.addons
        if folder.resolve().is_relative_to(top)
    )
    return {**found, "": beside}


def _folders(
    files: Iterable[str], places: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    """Return the folder of each module in *files*: where it is now, in an addons path, or else.

    A module that was moved is known by its name; others from elsewhere are none of ours.
    """
    every = [
        PurePosixPath(name).parent
        for name in files
        if PurePosixPath(name).name == MANIFEST
    ]
    beside = places[""]

    def rank(folder: PurePosixPath) -> int:
        if folder.as_posix() in places.get(folder.name, ()):
            return 0
        if folder.parent.as_posix() in beside:
            return 1
        return 2 if folder.name in places else 3

    found: dict[str, str] = {}
    for folder in sorted(every, key=rank):
        if rank(folder) < 3:  # noqa: PLR2004 - the last rank
            found.setdefault(folder.name, folder.as_posix())
    return found
