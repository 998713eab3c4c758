"""What the page of trends says of a history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from IPython.display import HTML

from qgate.report import trends as page
from tests.support.histories import write_history

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.report.trends import Trends

PARTS = (
    page.banner,
    page.passing,
    page.changes,
    page.coverage,
    page.performance,
    page.findings,
    page.flaky,
    page.time,
    page.security,
    page.images,
)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    write_history(folder, 400, modules=10, operations=10)
    return folder


def told(trends: Trends) -> str:
    parts = [draw(trends) for draw in PARTS]
    assert all(isinstance(part, HTML) for part in parts)
    return "".join(str(part.data) for part in parts if isinstance(part, HTML))


def test_every_part_says_what_the_history_has(many: Path) -> None:
    text = told(page.open_trends(url=str(many), branch="main"))
    for words in (
        "400, of which",
        "List Load: response time",
        "Coverage by module: the lowest 8 of 10",
        "70 % demanded",
        "Findings, new and fixed",
        "test_approve",
        "Time from red to green",
        "CVE-2026-0000",
        "limit 2 GB",
        "% worse",
        "Not drawn: ",
    ):
        assert words in text


def test_few_runs_are_points_of_their_own(tmp_path: Path) -> None:
    write_history(tmp_path, 12, merged=False)
    text = told(page.open_trends(url=str(tmp_path)))
    assert "12, of which" in text
    assert "Every run is a point of its own" in text


def test_an_empty_history_says_so(tmp_path: Path) -> None:
    text = told(page.open_trends(url=str(tmp_path / "nothing")))
    assert "There is no run in" in text
    assert "Nothing was measured under load." in text
    assert "No image was built." in text


def test_a_module_and_a_period_can_be_chosen(many: Path) -> None:
    seen = page.open_trends(
        url=str(many), since="2026-01-20", until="2026-02-10", module="acme_module_01"
    ).seen
    assert set(seen.coverage["module"]) == {"acme_module_01"}
    assert 0 < len(seen.runs) < 400
