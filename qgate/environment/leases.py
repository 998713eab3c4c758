"""What a run holds outside its own process, so that the next one can clear it away.

A lease is a locked file: the kernel frees the lock when the holder ends, however it ends. A
lease file that nobody locks therefore belongs to a run that was killed.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psutil
from filelock import FileLock

from qgate.environment.component import try_lock, unwritable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class Lease:
    """The lease of one run.

    Attributes:
        folder: Folder of all leases.
        token: Unique word; names of databases begin with it.
        server: The database server it uses, as `host:port`.
    """

    folder: Path
    token: str = field(default_factory=lambda: secrets.token_hex(5))
    server: str = ""

    def __post_init__(self) -> None:
        self._processes: dict[int, float] = {}
        self._writing = threading.Lock()
        self._lock: FileLock | None = None

    @property
    def prefix(self) -> str:
        """First part of the names of the databases of this run."""
        return f"qgate_{self.token}_"

    def take(self) -> None:
        """Hold the lease from now on.

        Raises:
            EnvironmentProblem: The folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # Locked first: a file without a lock is one of a killed run. Another run or the
            # keeper, which tries all locks, may have this one for an instant.
            self._lock = FileLock(self._path(".lock"), thread_local=False)
            self._lock.acquire()
            self._write()
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def use(self, server: str) -> None:
        """Say which database *server* the run makes its databases on."""
        self.server = server
        self._write()

    def record(self, pid: int) -> None:
        """Note a process that has to be gone when the run is."""
        with contextlib.suppress(psutil.NoSuchProcess):
            created = psutil.Process(pid).create_time()
            with self._writing:
                self._processes[pid] = created
            self._write()

    def release(self, *, cleared: bool = True) -> None:
        """Give the lease up.

        Args:
            cleared: Nothing is left that a later run would have to clear: the files go too.
        """
        if cleared:
            forget(self)
        if self._lock:
            self._lock.release()
            self._lock = None

    def _path(self, suffix: str) -> Path:
        return self.folder / f"{self.token}{suffix}"

    def _write(self) -> None:
        # Replaced whole, as the run may be killed in the middle; several threads start programs.
        with self._writing:
            text = json.dumps({"server": self.server, "processes": self._processes})
            part = self._path(".part")
            part.write_text(text, encoding="utf-8")
            part.replace(self._path(".json"))


def dead(folder: Path) -> Iterator[tuple[Lease, dict[str, Any]]]:
    """Yield the leases of killed runs, each locked while it is looked at."""
    for path in sorted(folder.glob("*.json")):
        lock = try_lock(path.with_suffix(".lock"))
        if lock is None:
            continue
        try:
            yield Lease(folder, path.stem), _read(path)
        finally:
            lock.release()


def forget(lease: Lease) -> None:
    """Remove the files of a lease after everything of it is cleared."""
    for suffix in (".json", ".part", ".lock"):
        (lease.folder / f"{lease.token}{suffix}").unlink(missing_ok=True)


def any_alive(folder: Path) -> bool:
    """Tell whether a run that still lives holds a lease."""
    for path in folder.glob("*.lock"):
        lock = try_lock(path)
        if lock is None:
            return True
        lock.release()
    return False


def end_processes(data: dict[str, Any]) -> None:
    """Kill the processes a dead lease names, unless their ids have been given anew."""
    for pid, created in data.get("processes", {}).items():
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(int(pid))
            if abs(process.create_time() - created) < 1:
                for child in process.children(recursive=True):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        child.kill()
                process.kill()


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # killed while it was written: it held nothing yet
        return {}
    return found if isinstance(found, dict) else {}
