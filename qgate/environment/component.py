"""How a component is provisioned: whole or not at all, once for all who want it."""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock, Timeout

from qgate import process
from qgate.errors import EnvironmentProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from qgate.progress import Progress

STAGE: Final = "environment"
"""Under this name components say what they do."""

MARKER: Final = ".qgate.json"
"""Written last into a provisioned folder: one without it is not trusted."""

_PART: Final = ".part-"
_POLL_SECONDS: Final = 0.2


class HomeProblem(EnvironmentProblem):
    """The folder of the components cannot take another one, wherever it comes from."""


@contextmanager
def locked(lock: Path, progress: Progress, what: str) -> Iterator[None]:
    """Hold *lock* against other processes; the kernel frees it when a holder is killed.

    Raises:
        EnvironmentProblem: The folder of the lock cannot be written.
        Interrupted: The run was ended while waiting.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held = try_lock(lock)
        while held is None:
            process.check_interrupted()
            progress.step(STAGE, f"waiting for another run that prepares {what}")
            time.sleep(_POLL_SECONDS)
            held = try_lock(lock)
    except OSError as error:
        raise unwritable(lock.parent, error) from error
    try:
        yield
    finally:
        held.release()


def try_lock(path: Path) -> FileLock | None:
    """Return the lock at *path*, held, or None when somebody holds it."""
    # Not bound to a thread: stages run in threads, and the run that ends them in another.
    lock = FileLock(path, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return None
    return lock


def marker(folder: Path) -> dict[str, Any] | None:
    """Return what is known of a completely provisioned *folder*, None of any other."""
    try:
        found = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def provide(
    folder: Path,
    make: Callable[[Path], dict[str, Any]],
    *,
    what: str,
    progress: Progress,
    needs_bytes: int = 0,
) -> dict[str, Any]:
    """Return the marker of *folder*, after making it if it is not there.

    *make* fills a temporary folder beside it, which takes its name only when complete: a
    killed download or unpack leaves nothing that a later run would trust, and the next one
    clears it away. Processes that want the same folder at once make it once.

    Args:
        folder: Where the component lies.
        make: Fills the folder it is given and returns what the marker says of it.
        what: Name of the component, for people.
        progress: Where to say what goes on.
        needs_bytes: Free space that making it takes.

    Raises:
        EnvironmentProblem: There is no space or no right to write.
    """
    if found := marker(folder):
        return found
    with locked(folder.with_name(folder.name + ".lock"), progress, what):
        if found := marker(folder):
            return found
        part = folder.with_name(f"{folder.name}{_PART}{os.getpid()}")
        try:
            for left in folder.parent.glob(f"{folder.name}{_PART}*"):
                shutil.rmtree(left)
            _check_space(folder.parent, needs_bytes, what)
            part.mkdir()
            said = make(part) | {"created": datetime.now(UTC).isoformat("T", "seconds")}
            text = json.dumps(said, indent=2)
            (part / MARKER).write_text(text, encoding="utf-8")
            if folder.exists():  # without a marker: nothing that was ever complete
                shutil.rmtree(folder)
            part.rename(folder)
        except OSError as error:
            raise unwritable(folder.parent, error) from error
        finally:
            if part.exists():
                shutil.rmtree(part, ignore_errors=True)
        return said


def _check_space(folder: Path, needs_bytes: int, what: str) -> None:
    free = shutil.disk_usage(folder).free
    if free < needs_bytes:
        message = (
            f"{what} needs {needs_bytes / 1e9:.1f} GB, "
            f"but {folder} has only {free / 1e9:.1f} GB free."
        )
        hint = "Free some space, or set QGATE_HOME to a folder on another disk."
        raise HomeProblem(message, hint=hint)


def unwritable(folder: Path, error: OSError) -> HomeProblem:
    """Return what to say when *folder* refuses to be written."""
    message = f"{folder} cannot be written ({error.strerror or error})."
    hint = "Check rights and free space, or set QGATE_HOME to another folder."
    return HomeProblem(message, hint=hint)
