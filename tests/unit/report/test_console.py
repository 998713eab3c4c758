"""What a person sees in the terminal, and what a log keeps of it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from qgate.policy.judge import StageVerdict
from qgate.report import console

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Callable[..., io.StringIO]:
    """Give what stands for stderr and stdout: a terminal, or not."""

    def make(*, terminal: bool) -> io.StringIO:
        shown = io.StringIO()

        def made(**_: object) -> Console:
            return Console(
                file=shown, force_terminal=terminal, width=120, color_system=None
            )

        monkeypatch.setattr(console, "Console", made)
        return shown

    return make


def test_a_terminal_shows_each_stage_live_and_how_long_it_will_take(
    screen: Callable[..., io.StringIO],
) -> None:
    shown = screen(terminal=True)
    with console.progress(("static", "tests"), {"static": 12.4}) as progress:
        progress.step("environment", "starting PostgreSQL")
        progress.ended("environment", "ready")
        progress.step("static", "ruff [bold]not markup[/]")
        progress.amount("static", 1, 3)
        progress.ended("static", "passed")
        progress.step("tests", "installing a")
    text = shown.getvalue()
    assert "of about 12 s" in text
    assert "✓ passed" in text
    assert "installing a" in text


def test_a_log_has_a_line_for_what_changes(
    screen: Callable[..., io.StringIO],
) -> None:
    shown = screen(terminal=False)
    with console.progress(("static",), {"static": 12.4}) as progress:
        progress.step("static", "starting")
        progress.step("static", "too soon for another line")
        progress.amount("static", 1, 3)
        progress.ended("static", "failed")
        progress.ended("environment", "ready")  # it had said nothing
    lines = shown.getvalue().splitlines()
    assert [line.partition("] ")[2] for line in lines] == [
        "static: starting (about 12 s)",
        "static: failed",
    ]


@pytest.mark.parametrize("terminal", [True, False])
def test_waiting_says_for_what(
    screen: Callable[..., io.StringIO], *, terminal: bool
) -> None:
    shown = screen(terminal=terminal)
    with console.waiting("Writing the report"):
        pass
    assert "Writing the report" in shown.getvalue()


def test_many_reasons_are_cut(screen: Callable[..., io.StringIO]) -> None:
    shown = screen(terminal=True)
    reasons = tuple(f"reason {number}" for number in range(14))
    console.show_verdicts("r1", "failed", [StageVerdict("tests", "failed", 3, reasons)])
    text = shown.getvalue()
    assert "reason 9" in text
    assert "reason 10" not in text
    assert "and 4 more, see the report" in text
    assert "Verdict: ✗ failed" in text
