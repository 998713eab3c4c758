from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from qgate import figures
from qgate.api import Run
from qgate.frames import tables
from qgate.report import page
from tests.support import records
from tests.unit.report.test_page import cells, parsed, words
from tests.unit.report.test_page import tables as shown

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.records import Story

# The smallest PNG there is.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
FOLDER = "a/test-a-chromium"


def story(*outcomes: str, spec: str = "a/e2e/test_a.py", test: str = "test") -> Story:
    made = records.story(("a",))
    made.demanded = (*made.demanded, "e2e")
    made.add("executions", {"stage": "e2e", "status": "measured", "seconds": 9.0})
    for number, outcome in enumerate(outcomes):
        bad = outcome not in ("passed", "skipped")
        kept = [f"{FOLDER}{name}" for name in ("/x.png", "-retry1/x.webm", "/x.zip")]
        made.add(
            "e2e",
            {
                "module": "a",
                "spec": spec,
                "test": f"{test}_{number}",
                "browser": "chromium",
                "outcome": outcome,
                "seconds": None if outcome == "unfinished" else 1.5,
                "retries": 1 if outcome == "flaky" else 0,
                "artifacts": kept if bad else [],
                "message": "E   ValueError: no" if bad else None,
                "started": records.STARTED + timedelta(seconds=number),
            },
        )
    made.add(
        "specs",
        {
            "module": "a",
            "spec": spec,
            "found": len(outcomes) + 1,
            "executed": len(outcomes),
            "missing": ["test_never"],
        },
    )
    return made


def run_of(made: Story, folder: Path) -> Run:
    run = Run(made.save(folder))
    place = run.folder / "evidence" / "e2e" / FOLDER
    place.mkdir(parents=True)
    (place / "x.png").write_bytes(PIXEL)
    (place.parent.parent / "report-a.html").write_text("x")
    return run


def test_what_failed_comes_with_its_screenshot_video_and_trace(tmp_path: Path) -> None:
    run = run_of(story("passed", "failed", "flaky"), tmp_path)
    part = page.e2e(run)
    said = words(part)
    assert "3 tests of 1 module in chromium." in said
    markup = parsed(part)
    pictures = [image.get("src") for image in markup.iter("img")]
    assert pictures == [f"data:image/png;base64,{base64.b64encode(PIXEL).decode()}"] * 2
    (video, _) = markup.iter("video")
    assert video.get("src") == f"evidence/e2e/{FOLDER}-retry1/x.webm"
    links = {link.text_content(): link.get("href") for link in markup.iter("a")}
    assert links["x.zip"] == f"evidence/e2e/{FOLDER}/x.zip"
    assert links["report-a.html"] == "evidence/e2e/report-a.html"
    assert "x.webm of try 2" in said
    assert "playwright show-trace" in said
    listed = cells(shown(part)["End-to-end tests"])
    assert [row[0] for row in listed] == ["✗ failed", "↻ flaky", "✓ passed"]
    (census,) = cells(shown(part)["Specs: tests in the source against those that ran"])
    assert "test_never" in census


def test_words_of_a_module_do_not_break_out(tmp_path: Path) -> None:
    hostile = "".join(records.HOSTILE)
    part = page.e2e(run_of(story("failed", spec=hostile, test=hostile), tmp_path))
    assert "<script>window.hacked" not in str(part.data)
    assert "onerror='window" not in str(part.data)


def test_a_file_outside_of_the_evidence_is_not_shown(tmp_path: Path) -> None:
    made = story("failed")
    made.rows["e2e"][0]["artifacts"] = ["../../../secret.png"]
    (tmp_path / "secret.png").write_bytes(b"hush")
    part = page.e2e(run_of(made, tmp_path))
    assert not list(parsed(part).iter("img"))


def test_many_failures_are_not_all_unfolded(tmp_path: Path) -> None:
    part = page.e2e(run_of(story(*["failed"] * 12), tmp_path))
    assert "2 more are in the table" in words(part)


def test_what_was_not_recorded_is_said(tmp_path: Path) -> None:
    made = story("passed")
    detail = "No videos are recorded. Install it."
    made.add(
        "components", {"component": "ffmpeg", "status": "missing", "detail": detail}
    )
    assert detail in words(page.e2e(run_of(made, tmp_path)))


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("measured", "The modules have no specs"),
        ("error", "Stage e2e could not measure: No browser."),
    ],
)
def test_no_specs_and_no_measurement_are_told_apart(
    tmp_path: Path, status: str, said: str
) -> None:
    made = records.story(("a",))
    cause = None if status == "measured" else "No browser."
    row = {"stage": "e2e", "status": status, "cause": cause, "seconds": 1.0}
    made.add("executions", row)
    assert said in words(page.e2e(run_of(made, tmp_path)))


def test_the_timeline_shows_every_test_where_it_began() -> None:
    frame = tables.E2E.frame(story("passed", "unfinished", "flaky").rows["e2e"])
    drawn = figures.spec_timeline(frame)
    bases = {bar.name: (list(bar.base), list(bar.x)) for bar in drawn.data}
    assert bases["passed"] == ([0.0], [1.5])
    assert bases["flaky"] == ([2.0], [1.5])
    ((begun,), (length,)) = bases["unfinished"]
    assert begun == 1.0
    assert 0 < length < 0.1


def test_an_empty_and_an_endless_timeline_say_so() -> None:
    nothing = figures.spec_timeline(tables.E2E.empty())
    assert nothing.layout.annotations[0].text == "No end-to-end test ran."
    many = tables.E2E.frame(story(*["passed"] * 70).rows["e2e"])
    assert "the first 60" in figures.spec_timeline(many).layout.title.text
