"""The prompt lab as a CI job executes it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pandas as pd

from tests.support import tickets

NOTEBOOK: Final = Path(__file__).parents[2] / "notebooks" / "prompt_lab.ipynb"
NAMES: Final = ("travel_advance", "asset_loan")


def test_papermill_reads_a_folder_of_tickets(tmp_path: Path) -> None:
    folder = tmp_path / "tickets"
    folder.mkdir()
    for name in NAMES:
        shutil.copy(tickets.path(name), folder)
        (folder / f"{name}.expected.json").write_text(
            json.dumps(tickets.expected(name))
        )
    done = subprocess.run(
        [
            *(sys.executable, "-m", "papermill", NOTEBOOK, "out.ipynb"),
            *("-p", "run", "True", "-k", "python3"),
        ],
        cwd=tmp_path,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    kept = pd.read_parquet(tmp_path / "reports" / "prompts")
    assert sorted(kept["ticket"]) == sorted(NAMES)
    assert (kept["outcome"] == "understood").all()
    executed = json.loads((tmp_path / "out.ipynb").read_text(encoding="utf-8"))
    shown = {
        kind
        for cell in executed["cells"]
        for output in cell.get("outputs", ())
        for kind in output.get("data", ())
    }
    assert {"text/html", "application/vnd.plotly.v1+json"} <= shown
