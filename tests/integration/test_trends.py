"""The page of trends, made by the real papermill and nbconvert."""

from __future__ import annotations

from typing import TYPE_CHECKING

import lxml.html
import pytest

from qgate import settings
from qgate.history.place import HistoryProblem, Place
from qgate.report.trends.writing import write_page
from tests.support.histories import write_history

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.settings import Settings

LARGEST_BYTES = 12_000_000
HEADINGS = [
    "Verdicts",
    "What changed",
    "Coverage",
    "Performance",
    "Findings",
    "Flaky tests",
    "Time",
    "Vulnerabilities",
    "Image",
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root: Path = tmp_path_factory.mktemp("workspace")
    (root / "qgate.toml").write_text("[tests]\nmin_coverage = 83\n")
    write_history(root / "reports" / "history", 200)
    return root


def chosen(root: Path) -> Settings:
    return settings.load(root=root, environ={})


def test_the_page_is_one_file_that_leads_to_the_runs(workspace: Path) -> None:
    target = workspace / "reports" / "trends.html"
    assert write_page(chosen(workspace), target) == target
    assert target.stat().st_size < LARGEST_BYTES
    text = target.read_text()
    page = lxml.html.fromstring(text)
    assert [heading.text for heading in page.iter("h2")] == HEADINGS
    assert "200, of which" in page.text_content()
    assert "83 % demanded" in text  # the line of the workspace's own threshold
    assert "List Load" in page.text_content()
    assert "/report.html" in text
    outside = [
        word for word in page.xpath("//@src | //link/@href") if "data:" not in word
    ]
    assert not outside
    assert not list(target.parent.glob(".*.part"))


def test_a_history_elsewhere_is_copied_for_the_notebook(
    workspace: Path, tmp_path: Path
) -> None:
    far = Place("memory://trends-elsewhere", {})
    near = Place(str(workspace / "reports" / "history"), {})
    for path in near.files():
        far.write(far.path(path.removeprefix(f"{near.root}/")), near.read(path))
    target = write_page(
        chosen(workspace), tmp_path / "trends.html", url="memory://trends-elsewhere"
    )
    words = lxml.html.fromstring(target.read_text()).text_content()
    assert "200, of which" in words
    assert "memory://trends-elsewhere" in words


def test_a_history_that_changes_all_the_time_is_said(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_: Place, path: str) -> bytes:
        raise FileNotFoundError(path)

    far = Place("memory://trends-restless", {})
    far.write(far.path("runs", "v1", "month=2026-01", "a.parquet"), b"")
    monkeypatch.setattr(Place, "read", gone)
    with pytest.raises(HistoryProblem, match="changes faster"):
        write_page(
            chosen(workspace), tmp_path / "page.html", url="memory://trends-restless"
        )
    assert not (tmp_path / "page.html").exists()


def test_a_page_without_runs_says_so(tmp_path: Path) -> None:
    target = write_page(chosen(tmp_path), tmp_path / "trends.html", branch="nowhere")
    words = lxml.html.fromstring(target.read_text()).text_content()
    assert "There is no run in" in words
