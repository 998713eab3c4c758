"""The steps of a deploy as rows, and requests through the proxy while they are taken."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import requests

from qgate.errors import Interrupted, QgateError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qgate.delivery.journal import Journal
    from qgate.progress import Progress

STAGE: Final = "deployment"
PASSED: Final = "passed"
FAILED: Final = "failed"
ERROR: Final = "error"
_EVERY_SECONDS: Final = 0.1
_ANSWER_SECONDS: Final = 10.0


@dataclass
class Step:
    """A step while it is taken.

    Attributes:
        detail: What was seen; the step sets it.
    """

    detail: str = ""


@dataclass
class Steps:
    """Takes steps one after the other: journal first, then the step, then its row.

    Attributes:
        deploy: Identifier of the deploy.
        journal: Where each step is noted before it is taken.
        progress: Where to say what goes on.
        rows: The steps taken so far, as rows of the frame `deployment`.
    """

    deploy: str
    journal: Journal
    progress: Progress
    rows: list[dict[str, Any]] = field(default_factory=list)

    @contextlib.contextmanager
    def step(
        self, name: str, colour: str | None = None, *, noted: bool = True
    ) -> Iterator[Step]:
        """Take the step *name*; whatever it raises ends up in its row, and is raised on.

        Args:
            name: Its name.
            colour: What it is taken on.
            noted: Whether the journal has to know of it.
        """
        if noted:
            self.journal.step(self.deploy, name)
        self.progress.step(STAGE, f"{name} {colour or ''}".strip())
        started, begun = datetime.now(UTC), time.monotonic()
        step = Step()
        verdict = PASSED
        try:
            yield step
        except Interrupted as error:
            verdict, step.detail = ERROR, str(error)
            raise
        except QgateError as error:
            verdict = FAILED
            step.detail = str(error)
            error.step = name  # type: ignore[attr-defined]
            raise
        except BaseException as error:
            verdict, step.detail = ERROR, f"{type(error).__name__}: {error}"
            raise
        finally:
            self.rows.append(
                {
                    "number": len(self.rows) + 1,
                    "step": name,
                    "colour": colour,
                    "verdict": verdict,
                    "started": started,
                    "seconds": time.monotonic() - begun,
                    "detail": step.detail,
                }
            )


class Probes:
    """Asks for the health of what the proxy serves, ten times a second.

    Args:
        url: Address of the target.
    """

    def __init__(self, url: str) -> None:
        self._url = f"{url.rstrip('/')}/web/health"
        self._ended = threading.Event()
        self._begun = time.monotonic()
        self.rows: list[dict[str, Any]] = []

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Ask as long as the block runs."""
        thread = threading.Thread(target=self._ask, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()

    def _ask(self) -> None:
        with requests.Session() as session:
            while not self._ended.is_set():
                begun = time.monotonic()
                status, colour = 0, None
                with contextlib.suppress(requests.RequestException):
                    answer = session.get(self._url, timeout=_ANSWER_SECONDS)
                    status = answer.status_code
                    colour = answer.headers.get("X-Odoo-Colour")
                took = time.monotonic() - begun
                self.rows.append(
                    {
                        "second": round(begun - self._begun, 4),
                        "milliseconds": 1000 * took,
                        "status": status,
                        "colour": colour,
                    }
                )
                self._ended.wait(max(0.0, _EVERY_SECONDS - took))
