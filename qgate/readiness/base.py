"""What a check comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PASSED: Final = "passed"
FAILED: Final = "failed"
ERROR: Final = "error"
SKIPPED: Final = "skipped"
MEASURED: Final = "measured"
"""The policy decides: by `figure` and a threshold, or by the frames of another stage."""


@dataclass(frozen=True)
class Found:
    """What a check found out of one subject.

    Attributes:
        subject: Module, file or stage it is about.
        outcome: passed, failed, error, skipped or measured.
        detail: What was found, in few sentences.
        evidence: Files, relative to the evidence of the stage, or links.
        figure: What a threshold is compared with, in the unit of the frame's column.
    """

    subject: str
    outcome: str
    detail: str
    evidence: tuple[str, ...] = ()
    figure: float | None = None
