"""The section of the report about readiness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgate.report import page
from tests.support import records
from tests.support.ready import ready
from tests.unit.report.test_page import cells, parsed, run_of, tables, words

if TYPE_CHECKING:
    from pathlib import Path


def test_every_check_is_shown_as_it_is_judged_the_worst_first(tmp_path: Path) -> None:
    story = ready()
    story.rows["readiness"][2]["figure"] = 2.5
    story.rows["readiness"][5] |= {"outcome": "skipped", "detail": "No tag."}
    run = run_of(story, tmp_path)
    part = page.readiness(run)
    assert "7 checks: 1 failed, 1 skipped, 5 passed." in words(part)
    shown = cells(tables(part)["Checks before a release"])
    assert [row[:2] for row in shown[:3]] == [
        ["✗ failed", "image"],
        ["○ skipped", "migration"],
        ["✓ passed", "security"],
    ]
    assert shown[0][-1] == "The image has 2.50 GB, not less than 2 GB."
    assert shown[2][-1] == "The stage passed."


def test_evidence_that_is_there_is_linked(tmp_path: Path) -> None:
    run = run_of(ready(), tmp_path)
    assert "health. log" in words(page.readiness(run))
    assert not list(parsed(page.readiness(run)).iter("a"))
    (run.folder / "evidence/readiness/health.log").write_text("healthy")
    (link,) = parsed(page.readiness(run)).iter("a")
    assert link.get("href") == "evidence/readiness/health.log"


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    story = ready()
    for row, word in zip(story.rows["readiness"], records.HOSTILE, strict=False):
        row |= {"subject": word, "detail": word, "evidence": [word]}
    part = page.readiness(run_of(story, tmp_path))
    shown = parsed(part)
    assert not [tag for tag in shown.iter("img", "b") if tag.get("onerror")]
    assert "window.hacked = 1" not in "".join(
        script.text or "" for script in shown.iter("script")
    )
    assert "<img src=x" in words(part)


def test_a_run_without_the_stage_says_so(tmp_path: Path) -> None:
    part = page.readiness(run_of(records.story(), tmp_path))
    assert words(part) == "Stage readiness is not part of this run."
