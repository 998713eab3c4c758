"""Stops the embedded PostgreSQL when the last run that used it is gone, however it went.

A file of its own that imports nothing of qgate: `python keeper.py LEASES PGDATA LOCKS`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import Final

import psutil
from filelock import FileLock, Timeout

POLL_SECONDS: Final = 1.0
STOP_SECONDS: Final = 15.0


def main(leases: Path, pgdata: Path, locks: Path) -> None:
    """Watch *leases* until none is held, then stop the server of *pgdata* and end."""
    keeper = FileLock(locks / "keeper.lock")
    try:
        keeper.acquire(blocking=False)
    except Timeout:
        return  # another keeper watches
    server = FileLock(locks / "postgres.lock")
    while True:
        time.sleep(POLL_SECONDS)
        if _held(leases):
            continue
        # A run takes its lease first and this lock then, so what is seen here is final. The
        # keeper's own lock goes before the server's, so that a run that starts the server
        # again finds no keeper that is about to leave.
        with server:
            if not _held(leases):
                stop(pgdata)
                keeper.release()
                return


def stop(pgdata: Path) -> None:
    """Stop the server of *pgdata*, if one runs: fast at first, then at once."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        pid = postmaster(pgdata)
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + STOP_SECONDS
        while _alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        if not _alive(pid):
            return


def _held(leases: Path) -> bool:
    for path in leases.glob("*.lock"):
        lock = FileLock(path)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return True
        lock.release()
    return False


def postmaster(pgdata: Path) -> int | None:
    """Return the pid of the server, None when none runs."""
    try:
        pid = int((pgdata / "postmaster.pid").read_text().split()[0])
        command = psutil.Process(pid).cmdline()
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    return pid if str(pgdata) in command else None


def _alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
