"""What a deploy has done, kept so that the next one knows it even after kill -9."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import psutil

from qgate.environment.component import try_lock, unwritable
from qgate.errors import EnvironmentProblem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BEGIN: Final = "begin"
STEP: Final = "step"
NOTE: Final = "note"
END: Final = "end"


@dataclass(frozen=True)
class Release:
    """What a target served, serves, or is to serve.

    Attributes:
        colour: blue or green.
        image: The image by its id, which the engine keeps.
        name: The image by the name it was asked for by.
        revision: Commit it was built from.
        database: The database it works on.
        deploy: Identifier of the deploy that made it.
    """

    colour: str
    image: str
    name: str
    revision: str
    database: str
    deploy: str


@dataclass
class Unfinished:
    """A deploy that began and never came to its end.

    Attributes:
        deploy: Its identifier.
        kind: deploy or rollback.
        old: What served before, None when nothing did.
        new: What it was bringing up.
        step: The step it was in.
        notes: What it noted, later values win.
    """

    deploy: str
    kind: str
    old: Release | None
    new: Release
    step: str = ""
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """What a journal says of its target.

    Attributes:
        live: What serves, None before the first deploy.
        previous: What served before, for a rollback.
        unfinished: A deploy that was killed.
        kept: What is known about the way back from `live` to `previous`.
    """

    live: Release | None = None
    previous: Release | None = None
    unfinished: Unfinished | None = None
    kept: dict[str, Any] = field(default_factory=dict)


class Journal:
    """The append-only journal of one target: a line an event, on disk before it is acted on.

    Args:
        folder: Folder of the target's state.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "journal.jsonl"

    def state(self) -> State:
        """Return what all lines together say; a last line cut by a kill does not count.

        Raises:
            EnvironmentProblem: A line in the middle cannot be read.
        """
        found = State()
        for event in self._events():
            found = _after(found, event)
        return found

    def begin(self, deploy: str, kind: str, old: Release | None, new: Release) -> None:
        """Note that a deploy begins."""
        self._write(
            event=BEGIN,
            deploy=deploy,
            kind=kind,
            old=asdict(old) if old else None,
            new=asdict(new),
        )

    def step(self, deploy: str, step: str) -> None:
        """Note that *step* is about to be taken."""
        self._write(event=STEP, deploy=deploy, step=step)

    def note(self, deploy: str, **values: object) -> None:
        """Note what a recovery has to know."""
        self._write(event=NOTE, deploy=deploy, values=values)

    def end(
        self,
        deploy: str,
        outcome: str,
        live: Release | None,
        previous: Release | None,
        **kept: object,
    ) -> None:
        """Note how a deploy ended, and what serves now.

        Args:
            deploy: Its identifier.
            outcome: deployed or rolled_back.
            live: What serves.
            previous: What a rollback would go back to.
            **kept: What the way back needs to know.
        """
        self._write(
            event=END,
            deploy=deploy,
            outcome=outcome,
            live=asdict(live) if live else None,
            previous=asdict(previous) if previous else None,
            kept=kept,
        )

    def _write(self, **event: object) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, **event}) + "\n"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh = not self.path.exists()
            with self.path.open("ab") as file:
                if file.tell() and not _ends_whole(self.path):
                    file.write(b"\n")  # what a kill had cut stays a line of its own
                file.write(line.encode())
                file.flush()
                os.fsync(file.fileno())
            if fresh:
                handle = os.open(self.folder, os.O_RDONLY)
                os.fsync(handle)
                os.close(handle)
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def _events(self) -> Iterator[dict[str, Any]]:
        if not self.path.exists():
            return
        for line in self.path.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError):  # cut by a kill: it was not acted on
                yield json.loads(line)


@contextlib.contextmanager
def held(folder: Path, target: str, deploy: str) -> Iterator[None]:
    """Hold the deploy lock of a target; the kernel frees it however the holder ends.

    Raises:
        UsageError: Somebody else holds it; the message says who.
        EnvironmentProblem: The folder cannot be written.
    """
    holder = folder / "holder.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = try_lock(folder / "deploy.lock")
    except OSError as error:
        raise unwritable(folder, error) from error
    if lock is None:
        who = _holder(holder)
        message = f"{target} is being deployed to by {who}."
        raise UsageError(message, hint="Wait until that has ended, then try again.")
    try:
        text = {
            "deploy": deploy,
            "user": psutil.Process().username(),
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        holder.write_text(json.dumps(text), encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _holder(path: Path) -> str:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return (
            f"process {found['pid']} of user {found['user']} on {found['host']} "
            f"since {found['since']} ({found['deploy']})"
        )
    except (OSError, ValueError, KeyError):
        return "somebody else"


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"


def _release(found: dict[str, Any] | None) -> Release | None:
    return Release(**found) if found else None


def _after(state: State, event: dict[str, Any]) -> State:
    kind = event.get("event")
    if kind == BEGIN:
        new = _release(event["new"])
        if new is None:
            message = "The journal names no release in a line that begins a deploy."
            raise EnvironmentProblem(message, hint="Restore the journal.")
        begun = Unfinished(event["deploy"], event["kind"], _release(event["old"]), new)
        return State(state.live, state.previous, begun, state.kept)
    if kind == END:
        return State(
            _release(event["live"]),
            _release(event["previous"]),
            None,
            dict(event.get("kept") or {}),
        )
    if state.unfinished and state.unfinished.deploy == event.get("deploy"):
        if kind == STEP:
            state.unfinished.step = event["step"]
        else:
            state.unfinished.notes.update(event.get("values") or {})
    return state
