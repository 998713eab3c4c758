"""The one way qgate runs a program: time limit, own process group, output to a file."""

from __future__ import annotations

import contextlib
import contextvars
import os
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psutil

from qgate.errors import Interrupted, ToolFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import IO

GRACE_SECONDS: Final = 5.0
"""Seconds between the polite and the final signal to a process group."""

_POLL_SECONDS: Final = 0.05
_SAMPLE_SECONDS: Final = 0.5
_MASK: Final = "********"

_live_lock = threading.Lock()


class Scope:
    """Programs that belong together, as those of a stage, and can be ended together."""

    def __init__(self, above: Scope | None = None) -> None:
        self._above = above
        self._live: dict[int, subprocess.Popen[bytes]] = {}
        self._why: str | None = None

    @property
    def stopped(self) -> str | None:
        """Why its programs were ended, None while they may run."""
        return self._why or (self._above.stopped if self._above else None)

    def stop(self, why: str) -> None:
        """End its programs and start no more: `run` raises `Interrupted` instead.

        Args:
            why: Completes the sentence `X was ended because ...`.
        """
        self._why = why
        for child in self._children():
            _signal_group(child, signal.SIGTERM)

    def resume(self) -> None:
        """Allow programs again."""
        self._why = None

    def memory(self) -> int:
        """Return the resident set of its programs and of all that they started, in bytes."""
        return sum(_memory(child.pid) for child in self._children())

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Let programs that are started meanwhile belong to it."""
        token = _scope.set(self)
        try:
            yield
        finally:
            _scope.reset(token)

    def add(self, child: subprocess.Popen[bytes]) -> None:
        """Let *child* belong to it."""
        with _live_lock:
            self._live[child.pid] = child
        if self._above:
            self._above.add(child)

    def remove(self, child: subprocess.Popen[bytes]) -> None:
        """Forget *child*, which has ended."""
        with _live_lock:
            self._live.pop(child.pid, None)
        if self._above:
            self._above.remove(child)

    def _children(self) -> list[subprocess.Popen[bytes]]:
        with _live_lock:
            return list(self._live.values())


ALL: Final = Scope()
"""Every program that this process has started."""

_scope: contextvars.ContextVar[Scope] = contextvars.ContextVar("scope", default=ALL)


@dataclass(frozen=True)
class Completed:
    """How a program ended.

    Attributes:
        argv: The command line.
        returncode: Its exit code; negative is the signal that ended it.
        seconds: Wall time.
        output: Everything it wrote to stdout (and to stderr, when merged).
        errors: What it wrote to stderr, empty when merged.
        timed_out: Whether it was ended at the time limit.
        peak_memory: Largest resident set seen over the process tree, in bytes.
    """

    argv: tuple[str, ...]
    returncode: int
    seconds: float
    output: str
    errors: str
    timed_out: bool
    peak_memory: int


def run(
    tool: str,
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    time_limit: float | Callable[[], float] | None = None,
    log: Path | None = None,
    secrets: Sequence[str] = (),
    on_poll: Callable[[], None] | None = None,
    on_start: Callable[[int], None] | None = None,
    lifeline: bool = False,
    stdin: bytes | None = None,
) -> Completed:
    """Run *argv* to its end or to *time_limit* and return how it ended.

    The program gets its own process group, which is gone when this returns: a child that it
    left behind is ended too.

    Args:
        tool: Name used in messages.
        argv: The program and its arguments; never a shell string.
        env: The whole environment of the child.
        cwd: Working directory.
        time_limit: Seconds after which the group is ended (`timed_out` is then true), or what
            says them anew each time.
        log: File that receives stdout and stderr merged; without it both are captured apart.
        secrets: Values that are replaced by asterisks in everything kept.
        on_poll: Called about every 50 ms, for progress.
        on_start: Called once with the process id.
        lifeline: Give the child a pipe as stdin that stays open as long as this process lives,
            so that a child that watches it can end itself when this process is killed.
        stdin: What the child reads on its stdin.

    Raises:
        ToolFailed: The program cannot be started.
        Interrupted: `stop_all` was called meanwhile.
    """
    words = tuple(str(word) for word in argv)
    started = time.monotonic()
    scope = _scope.get()
    with contextlib.ExitStack() as stack:
        if log is None:
            out = stack.enter_context(tempfile.TemporaryFile())
            err = stack.enter_context(tempfile.TemporaryFile())
        else:
            out = err = stack.enter_context(log.open("w+b"))
        child = _start(
            tool, words, env, cwd, out, err, piped=lifeline or stdin is not None
        )
        try:
            if on_start:
                on_start(child.pid)
            if stdin is not None and child.stdin:
                with contextlib.suppress(BrokenPipeError):
                    child.stdin.write(stdin)
                    child.stdin.close()
            timed_out, peak = _wait(child, started, time_limit, on_poll)
        finally:
            _end_group(child)
            if child.stdin:
                with contextlib.suppress(BrokenPipeError):
                    child.stdin.close()
            scope.remove(child)
        seconds = time.monotonic() - started
        output = _read(out, secrets, rewrite=log is not None)
        errors = "" if log is not None else _read(err, secrets)
    if why := scope.stopped:
        message = f"{tool} was ended because {why}."
        raise Interrupted(message)
    return Completed(words, child.returncode, seconds, output, errors, timed_out, peak)


class Running:
    """A program that runs while others do their work.

    Attributes:
        pid: Its process id, which is that of its group too.
        log: File with what it prints.
        peak_memory: Largest resident set seen over its process tree, in bytes.
    """

    def __init__(self, child: subprocess.Popen[bytes], log: Path) -> None:
        self._child = child
        self.pid = child.pid
        self.log = log
        self.peak_memory = 0

    @property
    def returncode(self) -> int | None:
        """Its exit code, None while it runs."""
        return self._child.poll()

    def last_lines(self, lines: int = 15) -> str:
        """Return the last non-empty lines it printed."""
        return tail(self.log.read_text(encoding="utf-8", errors="replace"), lines)

    def watch(self, until: threading.Event) -> None:
        """Keep `peak_memory` up to date until *until* is set."""
        while not until.wait(_SAMPLE_SECONDS):
            self.peak_memory = max(self.peak_memory, _memory(self.pid))


@contextlib.contextmanager
def background(
    tool: str,
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    log: Path,
    cwd: Path | None = None,
    secrets: Sequence[str] = (),
    on_start: Callable[[int], None] | None = None,
) -> Iterator[Running]:
    """Run *argv* as long as the block does; its whole process group is gone afterwards.

    The program's stdin is a pipe that stays open as long as this process lives.

    Args:
        tool: Name used in messages.
        argv: The program and its arguments; never a shell string.
        env: The whole environment of the child.
        log: File that receives stdout and stderr.
        cwd: Working directory.
        secrets: Values that are replaced by asterisks in *log* when it has ended.
        on_start: Called once with the process id.

    Raises:
        ToolFailed: The program cannot be started.
        Interrupted: Its scope was stopped before.
    """
    words = tuple(str(word) for word in argv)
    scope = _scope.get()
    done = threading.Event()
    with log.open("w+b") as out:
        child = _start(tool, words, env, cwd, out, out, piped=True)
        running = Running(child, log)
        sampler = threading.Thread(target=running.watch, args=(done,), daemon=True)
        sampler.start()
        try:
            if on_start:
                on_start(child.pid)
            yield running
        finally:
            done.set()
            _end_group(child)
            if child.stdin:
                with contextlib.suppress(BrokenPipeError):
                    child.stdin.close()
            scope.remove(child)
            sampler.join()
            _read(out, secrets, rewrite=True)


def detach(argv: Sequence[str | Path], *, env: Mapping[str, str]) -> None:
    """Start a program that outlives this one and is not waited for.

    Only for the keeper of the embedded PostgreSQL, which ends by itself.
    """
    subprocess.Popen(  # noqa: S603 - argv is a list, never a shell string
        [str(word) for word in argv],
        env=dict(env),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ).returncode = 0  # so that no ResourceWarning asks for a wait


def stop_all() -> None:
    """End every program that `run` has started and make further calls raise.

    For the handler of Ctrl-C and SIGTERM: threads that wait in `run` then raise `Interrupted`.
    """
    ALL.stop("the run was interrupted")


def check_interrupted() -> None:
    """Raise `Interrupted` when the current scope was stopped, for long work without programs."""
    if why := _scope.get().stopped:
        message = f"This was ended because {why}."
        raise Interrupted(message)


def resume() -> None:
    """Allow programs to be started again after `stop_all` (a notebook goes on)."""
    ALL.resume()


def tail(text: str, lines: int = 15) -> str:
    """Return the last non-empty *lines* of *text*."""
    return "\n".join([line for line in text.splitlines() if line.strip()][-lines:])


def mask(text: str, secrets: Sequence[str]) -> str:
    """Replace every one of *secrets* in *text* by asterisks."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, _MASK)
    return text


def _start(
    tool: str,
    argv: tuple[str, ...],
    env: Mapping[str, str],
    cwd: Path | None,
    out: IO[bytes],
    err: IO[bytes],
    *,
    piped: bool,
) -> subprocess.Popen[bytes]:
    scope = _scope.get()
    if why := scope.stopped:
        message = f"{tool} was not started because {why}."
        raise Interrupted(message)
    try:
        child = subprocess.Popen(  # noqa: S603 - argv is a list, never a shell string
            argv,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
    except OSError as error:
        raise ToolFailed(
            tool,
            f"cannot be started ({error.strerror or error}: {argv[0]})",
            argv=argv,
            hint="Run `qgate env` to see what is missing.",
        ) from error
    scope.add(child)
    return child


def _wait(
    child: subprocess.Popen[bytes],
    started: float,
    time_limit: float | Callable[[], float] | None,
    on_poll: Callable[[], None] | None,
) -> tuple[bool, int]:
    peak = 0
    polls = 0
    while True:
        try:
            child.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        else:
            return False, peak
        if polls % 10 == 0:
            peak = max(peak, _memory(child.pid))
        polls += 1
        if on_poll:
            on_poll()
        if _scope.get().stopped:
            return False, peak
        limit = time_limit() if callable(time_limit) else time_limit
        if limit is not None and time.monotonic() - started > limit:
            return True, peak


def _memory(pid: int) -> int:
    try:
        parent = psutil.Process(pid)
        return sum(
            process.memory_info().rss
            for process in [parent, *parent.children(recursive=True)]
        )
    except psutil.Error:
        return 0


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """Leave nothing of the child's group alive, politely first."""
    if child.poll() is None:
        _signal_group(child, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GRACE_SECONDS)
    _signal_group(child, signal.SIGKILL)
    child.wait()


def _signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # The group outlives its leader while a grandchild is in it; its id is the leader's pid.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


def _read(file: IO[bytes], secrets: Sequence[str], *, rewrite: bool = False) -> str:
    file.seek(0)
    text: str = file.read().decode("utf-8", errors="replace")
    masked = mask(text, secrets)
    if rewrite and masked != text:
        file.seek(0)
        file.truncate()
        file.write(masked.encode())
    return masked
