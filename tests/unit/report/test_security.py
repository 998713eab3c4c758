from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from qgate.api import Run
from qgate.report import page
from tests.support import records
from tests.unit.policy.test_security import finding, good, with_image
from tests.unit.report.test_page import cells, parsed, tables, words

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.records import Story


def story(found: list[dict[str, Any]] | None = None, *, image: bool = False) -> Story:
    rows = good()
    if image:
        with_image(rows)
    made = records.Story(demanded=("security",))
    rows["vulnerabilities"] = found or []
    for table, values in rows.items():
        made.add(table, *values)
    return made


def shown(made: Story, folder: Path) -> object:
    return page.security(Run(made.save(folder)))


def test_it_says_plainly_what_was_scanned(tmp_path: Path) -> None:
    said = words(shown(story(), tmp_path))
    assert "No container image was named" in said
    assert "the Python packages of Odoo's environment here (5 packages)" in said
    assert "the operating system of this machine (5 packages), 1 module." in said
    assert (
        "used the database of 2026-11-23 09:15 UTC, 1.0 days old at the time." in said
    )
    assert "Nothing was found that counts." in said


def test_it_says_that_it_was_an_image(tmp_path: Path) -> None:
    said = words(shown(story(image=True), tmp_path))
    assert "The container image odoo:19 was scanned (5 packages), and 1 module." in said
    assert "No container image" not in said


def test_the_worst_come_first_and_say_whether_they_fail(tmp_path: Path) -> None:
    found = [
        finding("low", id="CVE-4"),
        finding("critical", id="CVE-9", url="https://example.com/9", fixed=None),
        finding("high", id="key", kind="secret", package=None, line=7, target="."),
    ]
    part = shown(story(found), tmp_path)
    listed = cells(tables(part)["Findings"])
    assert [row[:4] for row in listed] == [
        ["critical", "yes", "CVE-9", "addons/a"],
        ["high", "yes", "key", "the workspace"],
        ["low", "no", "CVE-4", "addons/a"],
    ]
    assert "not fixed" in listed[0]
    assert "addons/a/requirements.txt:7" in listed[1]
    assert "requirements.txt" in listed[0]
    (link,) = parsed(part).iter("a")
    assert link.get("href") == "https://example.com/9"
    assert "noopener" in link.get("rel")


def test_what_is_suppressed_stands_apart_with_its_reason(tmp_path: Path) -> None:
    found = [
        finding(suppressed_by=".trivyignore", reason="never used"),
        finding(id="CVE-2", suppressed_by="vex.json"),
    ]
    part = shown(story(found), tmp_path)
    assert "Findings" not in tables(part)
    listed = cells(tables(part)["Suppressed, with the reasons"])
    assert [row[-2:] for row in listed] == [
        [".trivyignore", "never used"],
        ["vex.json", "no reason is given"],
    ]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "", None])
def test_only_addresses_of_the_web_are_links(tmp_path: Path, url: str | None) -> None:
    part = shown(story([finding(url=url)]), tmp_path)
    assert not list(parsed(part).iter("a"))
    assert "CVE-1" in words(part)


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    found = [
        finding(
            **dict.fromkeys(("target", "path", "package", "id", "title"), word),
            url=f"https://example.com/'{word}",
            suppressed_by=word if number % 2 else None,
            reason=word,
        )
        for number, word in enumerate(records.HOSTILE)
    ]
    made = story(found)
    made.rows["scans"][0]["missing"] = list(records.HOSTILE)
    part = parsed(shown(made, tmp_path))
    assert not list(part.iter("img", "b", "u"))
    assert not [e for e in part.iter() if any(k.startswith("on") for k in e.attrib)]
    scripts = [script.text_content() for script in part.iter("script")]
    assert not [text for text in scripts if text.startswith("window.hacked")]
    for element in part.iter("a"):
        assert set(element.keys()) == {"href", "rel", "target"}
        assert element.get("href").startswith("https://example.com/")


def test_a_run_without_a_date_says_so(tmp_path: Path) -> None:
    made = story()
    for row in made.rows["scans"]:
        row["database_updated"] = None
    assert "had no database with a date" in words(shown(made, tmp_path))


def test_an_old_database_says_its_age(tmp_path: Path) -> None:
    made = story()
    for row in made.rows["scans"]:
        row["database_updated"] = records.STARTED - timedelta(days=12.5)
    run = Run(made.save(tmp_path))
    assert run.verdict == "error"
    assert "12.5 days old" in words(page.security(run))


def test_a_stage_that_could_not_scan_says_why(tmp_path: Path) -> None:
    made = story()
    made.rows.pop("scans")
    made.rows["executions"][0].update(status="error", cause="There is no database.")
    said = words(shown(made, tmp_path))
    assert said == "Stage security could not measure: There is no database."
