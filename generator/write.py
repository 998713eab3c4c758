"""Puts a generated module on the disk without ever losing what a person changed.

What was generated last is kept beside the modules, in `.generated/<module>.zip`. So a
module that is generated again is merged: what only the generator changed is taken, what
only a person changed stays, what both changed is merged by lines, and where that fails
nothing is written and the difference is shown.

The module is put together beside its place and swapped in as a whole; a call that was
killed in between leaves the old module or the new one.
"""

from __future__ import annotations

import difflib
import io
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from filelock import FileLock
from merge3 import Merge3

from qgate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Files = Mapping[PurePosixPath, bytes]

BASES: Final = ".generated"
"""Folder beside the modules with what was generated last."""

_EPOCH: Final = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the first time a zip can name; keeps it the same
_DIFF_LINES: Final = 200
_IGNORED: Final = {"__pycache__"}


class WouldOverwrite(UsageError):
    """A person's changes and the generator's do not fit together.

    Args:
        module: Name of the module.
        diff: What the generator would change in the files concerned.
        paths: These files.
    """

    def __init__(self, module: str, diff: str, paths: tuple[str, ...]) -> None:
        some = ", ".join(paths[:3]) + (", ..." if len(paths) > 3 else "")  # noqa: PLR2004
        super().__init__(
            f"{module} has changes of a person that generating it again would undo, "
            f"in {len(paths)} file(s): {some}.",
            hint="Move them aside, write elsewhere with --output, "
            "or give them up with --force.",
        )
        self.diff = diff
        self.paths = paths


@dataclass(frozen=True)
class Written:
    """What writing did.

    Attributes:
        folder: The module.
        files: Every generated file, in order, relative to the module.
        added: Files that were not there.
        changed: Files that have another content now.
        removed: Files that are not generated any more and nobody had changed.
        kept: Files in which a person's changes were kept.
    """

    folder: Path
    files: tuple[PurePosixPath, ...]
    added: tuple[PurePosixPath, ...] = ()
    changed: tuple[PurePosixPath, ...] = ()
    removed: tuple[PurePosixPath, ...] = ()
    kept: tuple[PurePosixPath, ...] = ()


@dataclass
class _Merge:
    result: dict[PurePosixPath, bytes | None]
    kept: list[PurePosixPath]
    conflicts: list[PurePosixPath]


def write(module: str, files: Files, output: Path, *, force: bool = False) -> Written:
    """Write the *files* of *module* below *output* and return what changed.

    Args:
        module: Its name, which is its folder's.
        files: Content by path, relative to the module.
        output: Folder of modules; it is made when it does not exist.
        force: Give up a person's changes where they stand against the generator's.

    Raises:
        WouldOverwrite: They do, and *force* is not set; nothing was written.
        UsageError: The folder cannot be written, or leads elsewhere through a link.
    """
    _demand_inside(files)
    target = output / module
    try:
        (output / BASES).mkdir(parents=True, exist_ok=True)
        with FileLock(output / BASES / f"{module}.lock"):
            _recover(target)
            return _write(target, dict(files), force=force)
    except OSError as error:
        message = f"The folder {output} cannot be written: {error.strerror or error}."
        raise UsageError(
            message, hint="Correct its rights, or name another with --output."
        ) from error


def _demand_inside(files: Files) -> None:
    for path in files:
        if path.is_absolute() or ".." in path.parts or not path.parts:
            message = f"The generated path {path} leads out of the module."
            raise UsageError(
                message, hint="This is a mistake of the generator; report it."
            )


def preview(module: str, files: Files, output: Path) -> str:
    """Return what writing would change, as one unified diff; empty when nothing."""
    target = output / module
    there = _read(target) if target.is_dir() else {}
    return _diff(there, dict(files), sorted({*files, *_generated(target)}))


def _write(target: Path, files: dict[PurePosixPath, bytes], *, force: bool) -> Written:
    there = _read(target) if target.exists() else {}
    base = _generated(target)
    merge = _merged(base, there, files)
    if merge.conflicts and not force:
        diff = _diff(there, files, merge.conflicts)
        raise WouldOverwrite(target.name, diff, tuple(map(str, merge.conflicts)))
    for path in merge.conflicts:
        merge.result[path] = files.get(path)
    wanted = {path: data for path, data in merge.result.items() if data is not None}
    gone = [
        path for path in merge.result if merge.result[path] is None and path in there
    ]
    changed = [path for path in wanted if path in there and there[path] != wanted[path]]
    added = [path for path in wanted if path not in there]
    if added or changed or gone:
        _swap(target, wanted, gone)
    _keep(target, files)
    return Written(
        folder=target,
        files=tuple(sorted(files)),
        added=tuple(sorted(added)),
        changed=tuple(sorted(changed)),
        removed=tuple(sorted(gone)),
        kept=tuple(sorted(merge.kept)),
    )


def _merged(base: Files, there: Files, new: Files) -> _Merge:
    """Decide for each path that was or is generated."""
    merge = _Merge({}, [], [])
    for path in sorted({*base, *new}):
        before, now, wanted = base.get(path), there.get(path), new.get(path)
        if now in (before, wanted):
            merge.result[path] = wanted
        elif wanted == before:
            merge.result[path] = now
            merge.kept.append(path)
        else:
            joined = _joined(before, now, wanted)
            if joined is None:
                merge.conflicts.append(path)
            else:
                merge.result[path] = joined
                merge.kept.append(path)
    return merge


def _joined(
    before: bytes | None, now: bytes | None, wanted: bytes | None
) -> bytes | None:
    """Merge by lines; None when that fails."""
    if before is None or now is None or wanted is None:
        return None
    old, mine, theirs = _text(before), _text(now), _text(wanted)
    if old is None or mine is None or theirs is None:
        return None
    merge = Merge3(
        old.splitlines(keepends=True),
        mine.splitlines(keepends=True),
        theirs.splitlines(keepends=True),
    )
    lines: list[str] = []
    for group in merge.merge_groups():
        if group[0] == "conflict":
            return None
        lines += group[1]
    return "".join(lines).encode()


def _read(target: Path) -> dict[PurePosixPath, bytes]:
    """Return the files of a module, none of them behind a link."""
    found = {}
    for path in _below(target):
        if path.is_symlink():
            message = f"{path} is a link, and the generator follows none."
            raise UsageError(message, hint="Replace it with what it leads to.")
        if path.is_file():
            found[PurePosixPath(path.relative_to(target).as_posix())] = (
                path.read_bytes()
            )
    return found


def _below(folder: Path) -> Iterator[Path]:
    if folder.is_symlink():
        yield folder
        return
    for path in sorted(folder.iterdir()):
        if path.name in _IGNORED:
            continue
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _below(path)


def _swap(target: Path, wanted: Files, gone: list[PurePosixPath]) -> None:
    """Let the module have the *wanted* files, in one step."""
    made = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent / BASES))
    try:
        new = made / target.name
        if target.exists():
            shutil.copytree(target, new, ignore=shutil.ignore_patterns(*_IGNORED))
        else:
            new.mkdir()
        for path in gone:
            (new / path).unlink()
            _prune(new, (new / path).parent)
        for path, data in wanted.items():
            place = new / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        old = _aside(target)
        if target.exists():
            target.rename(old)
        new.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _prune(root: Path, folder: Path) -> None:
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _aside(target: Path) -> Path:
    return target.parent / BASES / f"{target.name}.old"


def _recover(target: Path) -> None:
    """Put the old module back when a call was killed between the two renames."""
    old = _aside(target)
    if old.exists():
        if target.exists():
            shutil.rmtree(old)
        else:
            old.rename(target)


def _generated(target: Path) -> dict[PurePosixPath, bytes]:
    """Return what was generated last; empty when that is not known."""
    kept = target.parent / BASES / f"{target.name}.zip"
    if not kept.is_file() or not target.exists():
        return {}
    try:
        with zipfile.ZipFile(kept) as archive:
            return {
                PurePosixPath(name): archive.read(name) for name in archive.namelist()
            }
    except (zipfile.BadZipFile, KeyError):
        return {}  # as if it had not been generated: whatever differs is a person's


def _keep(target: Path, files: Files) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(str(path), _EPOCH), data)
    kept = target.parent / BASES / f"{target.name}.zip"
    fresh = kept.with_suffix(".new")
    fresh.write_bytes(packed.getvalue())
    fresh.replace(kept)


def _diff(there: Files, files: Files, paths: list[PurePosixPath]) -> str:
    lines: list[str] = []
    for path in paths:
        before, after = there.get(path), files.get(path)
        if before == after:
            continue
        old, new = _text(before or b""), _text(after or b"")
        if old is None or new is None:
            lines.append(f"Binary file {path} differs")
            continue
        lines += difflib.unified_diff(
            old.splitlines(),
            new.splitlines(),
            f"{path}" if before is not None else "/dev/null",
            f"{path} (generated)" if after is not None else "/dev/null",
            lineterm="",
        )
    if len(lines) > _DIFF_LINES:
        more = len(lines) - _DIFF_LINES
        lines = [*lines[:_DIFF_LINES], f"... and {more} more lines"]
    return "\n".join(lines)


def _text(data: bytes) -> str | None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
