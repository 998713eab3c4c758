"""The report in a real Chromium that has no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from qgate.report.notebook import write_report
from tests.integration.test_report import by_hand
from tests.support import records
from tests.support.browsers import chromium, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from qgate.record import Record

pytestmark = pytest.mark.browser

FINDINGS = 5000

__all__ = ["by_hand"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    story = records.story(("m_one", "m_two"), tests=150, files=60, share=0.8)
    story = records.with_bad_tests(records.with_findings(story, FINDINGS))
    return write_report(story.save(tmp_path_factory.mktemp("large")))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(records.hostile().save(tmp_path_factory.mktemp("hostile")))


def table(page: Page, title: str) -> Locator:
    heading = page.get_by_role("heading", name=title, exact=True)
    return page.locator(".qg-table", has=heading)


def column(page: Page, title: str, number: int) -> list[str]:
    cells = table(page, title).locator(f"tbody tr td:nth-child({number})")
    return [text.strip() for text in cells.all_inner_texts()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 800, 390])
def test_it_works_offline_and_fits(
    browser: Browser, large: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    with opened(browser, large, width=width, scheme=scheme) as shown:
        page = shown.page
        assert page.locator(".qg-verdict").inner_text() == "✗ Failed"
        charts = page.locator(".js-plotly-plot")
        assert charts.count() == 7
        for index in range(charts.count()):
            box = charts.nth(index).bounding_box()
            drawn = charts.nth(index).locator("svg.main-svg").first.bounding_box()
            assert box is not None
            assert drawn is not None
            assert drawn["width"] == pytest.approx(box["width"], abs=2)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.complaints == []
        assert shown.requests == []


def test_dark_and_paper_have_readable_colours(browser: Browser, large: Path) -> None:
    ink = "getComputedStyle(document.querySelector('.xtick text')).fill"
    paper = "getComputedStyle(document.body).backgroundColor"
    with opened(browser, large, scheme="dark") as shown:
        assert shown.page.evaluate(ink) == "rgb(230, 237, 243)"
        assert shown.page.evaluate(paper) == "rgb(13, 17, 23)"
        shown.page.emulate_media(media="print")
        assert shown.page.evaluate(ink) == "rgb(27, 31, 36)"
        assert shown.page.evaluate(paper) == "rgb(255, 255, 255)"


def test_findings_are_paged_searched_filtered_and_sorted(
    browser: Browser, large: Path
) -> None:
    with opened(browser, large) as shown:
        page = shown.page
        box = table(page, "Findings 5,000")
        where, search = box.locator(".qg-where"), box.locator("input")
        title = "Findings 5,000"
        assert where.inner_text() == "1 to 25 of 5,000"
        box.get_by_label("Next page").click()
        assert where.inner_text() == "26 to 50 of 5,000"

        box.get_by_label("Filter by Tool").select_option("ruff")
        assert set(column(page, title, 2)) == {"ruff"}
        of_ruff = int(where.inner_text().rpartition(" ")[2].replace(",", ""))
        assert 0 < of_ruff < FINDINGS
        box.get_by_label("Filter by Module").select_option("m_one")
        assert set(column(page, title, 4)) == {"m_one"}

        search.fill("userERROR model_3.py")
        assert all("models/model_3.py" in place for place in column(page, title, 5))
        search.fill("nothing at all")
        assert where.inner_text() == "nothing matches"
        assert column(page, title, 1) == []

        search.fill("")
        box.get_by_label("Filter by Tool").select_option("")
        box.get_by_label("Filter by Module").select_option("")
        head = box.locator("th", has_text="Severity")
        head.click()
        assert set(column(page, title, 1)) == {"error"}
        head.press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        assert set(column(page, title, 1)) == {"convention"}
        assert shown.complaints == []


def test_numbers_sort_as_numbers_and_missing_ones_last(
    browser: Browser, large: Path
) -> None:
    with opened(browser, large) as shown:
        box = table(shown.page, "Tests 300")
        head = box.locator("th", has_text="Seconds")
        head.click()
        head.click()
        shown_seconds = [float(text) for text in column(shown.page, "Tests 300", 5)]
        assert shown_seconds == sorted(shown_seconds, reverse=True)
        box.get_by_label("Filter by Module").select_option("m_two")
        for _ in range(5):
            box.get_by_label("Next page").click()
        assert column(shown.page, "Tests 300", 5)[-1] == ""


def test_a_traceback_unfolds(browser: Browser, large: Path) -> None:
    with opened(browser, large) as shown:
        row = table(shown.page, "Tests 300").locator("tbody tr").first
        assert "Traceback" not in row.inner_text()
        row.locator("summary").click()
        assert "Traceback (most recent call last):" in row.inner_text()


def test_paper_gets_charts_that_fit_and_some_rows(
    browser: Browser, large: Path
) -> None:
    with opened(browser, large) as shown:
        page = shown.page
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        assert len(column(page, "Findings 5,000", 1)) == 50
        note = table(page, "Findings 5,000").locator(".qg-paper")
        assert note.inner_text() == "4,950 more rows are on the page and in the frame."
        assert not page.locator(".qg-tools").first.is_visible()
        widths = page.evaluate(
            "[...document.querySelectorAll('.main-svg')].map(e => e.clientWidth)"
        )
        assert max(widths) <= 700
        page.emulate_media(media="screen")
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert len(column(page, "Findings 5,000", 1)) == 25
        assert page.pdf().startswith(b"%PDF")
        assert shown.complaints == []


def test_no_word_of_a_module_runs(browser: Browser, hostile: Path) -> None:
    with opened(browser, hostile) as shown:
        page, hovered = shown.page, 0
        for bar in page.locator(".js-plotly-plot .point path, path.surface").all():
            box = bar.bounding_box()
            if box and box["width"] > 1:
                bar.hover(force=True)
                hovered += page.locator(".hoverlayer text").count()
        assert hovered > 0
        for summary in page.locator("summary").all():
            if summary.is_visible():
                summary.click()
        assert page.evaluate("window.hacked") is None
        assert (
            page.locator("img[src=x], b[onmouseover], a[href^=javascript]").count() == 0
        )
        assert page.locator("svg a, svg foreignObject").count() == 0
        assert shown.complaints == []
        assert shown.requests == []


def test_hostile_words_are_shown_as_they_are(browser: Browser, hostile: Path) -> None:
    with opened(browser, hostile) as shown:
        labels = shown.page.locator(".ytick text").all_text_contents()
        assert any(label.startswith("<img src=x onerror='win") for label in labels)
        text = shown.page.locator("body").inner_text()
        for word in records.HOSTILE[:5]:
            assert word in text


def test_what_papermill_and_nbconvert_make_by_hand_is_usable(
    browser: Browser, by_hand: tuple[Path, Record]
) -> None:
    folder, kept = by_hand
    with opened(browser, folder / "out.html") as shown:
        page = shown.page
        assert kept.run_id in page.locator(".qg-banner").inner_text()
        assert page.locator(".js-plotly-plot svg.main-svg").count() > 0
        box = table(page, "Tests 45")
        assert box.locator(".qg-where").inner_text() == "1 to 25 of 45"
