"""The history on the command line, in the process of the tests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

from qgate.cli import app
from tests.support import records
from tests.support.histories import write_history

if TYPE_CHECKING:
    from pathlib import Path

RUN = CliRunner()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("history")
    write_history(folder, 40, merged=False)
    return str(folder)


def test_runs_are_listed(url: str) -> None:
    done = RUN.invoke(
        app, ["history", "ls", "--url", url, "--limit", "3", "--branch", "main"]
    )
    assert done.exit_code == 0
    assert "3 of 40 runs" in done.output
    told = RUN.invoke(app, ["history", "ls", "--url", url, "--json", "-"])
    assert len(json.loads(told.stdout)["runs"]) == 30
    nothing = RUN.invoke(app, ["history", "ls", "--url", url, "--branch", "nowhere"])
    assert "No such run" in nothing.output


def test_a_frame_is_shown_and_narrowed(url: str) -> None:
    asked = ["history", "show", "performance", "--url", url]
    done = RUN.invoke(app, [*asked, "--where", "operation=Login"])
    assert done.exit_code == 0
    assert "30 of 40 rows" in done.output
    assert "List Load" not in done.output
    wrong = RUN.invoke(app, [*asked, "--where", "operation"])
    assert wrong.exit_code == 2
    assert "COLUMN=VALUE" in wrong.output
    nothing = RUN.invoke(app, [*asked, "--where", "operation=None"])
    assert "No such row" in nothing.output


@pytest.mark.parametrize("ending", ["csv", "parquet", "json", "jsonl"])
def test_a_frame_is_exported(url: str, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"runs.{ending}"
    done = RUN.invoke(app, ["history", "export", "runs", str(target), "--url", url])
    assert done.exit_code == 0
    if ending == "csv":
        found = pd.read_csv(target)
    elif ending == "parquet":
        found = pd.read_parquet(target)
    else:
        found = pd.read_json(target, lines=ending == "jsonl")
    assert len(found) == 40
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_a_file_without_a_known_ending_is_refused(url: str, tmp_path: Path) -> None:
    target = tmp_path / "runs.xls"
    done = RUN.invoke(app, ["history", "export", "runs", str(target), "--url", url])
    assert done.exit_code == 2
    assert "no ending that says its format" in done.output


def test_runs_are_imported_and_files_put_together(tmp_path: Path) -> None:
    kept = records.story(("m_one",)).save(tmp_path)
    url = str(tmp_path / "history")
    (tmp_path / "broken").mkdir()
    words = [
        "history",
        "import",
        str(kept.folder),
        str(tmp_path / "broken"),
        "--url",
        url,
    ]
    done = RUN.invoke(app, words)
    assert done.exit_code == 3
    assert "1 of 2 runs are in" in done.output
    again = RUN.invoke(app, ["history", "compact", "--url", url])
    assert again.exit_code == 0
    assert "files became" in again.output
