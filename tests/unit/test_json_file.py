"""JSON files are whole or not there, and nobody waits for pandas to write one."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from qgate.json_file import write_json

if TYPE_CHECKING:
    from pathlib import Path


def test_json_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "a" / "x.json"
    write_json(path, {"é": 1})
    assert json.loads(path.read_text(encoding="utf-8")) == {"é": 1}
    with pytest.raises(TypeError):
        write_json(path, {"x": object()})
    assert json.loads(path.read_text(encoding="utf-8")) == {"é": 1}
    assert [found.name for found in path.parent.iterdir()] == ["x.json"]


def test_a_ticket_is_read_without_pandas() -> None:
    source = (
        "import sys, generator.cli, generator.gaps, generator.render, qgate.json_file\n"
        "from qgate.report import console\n"
        "raise SystemExit('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", source], check=False, timeout=120)
    assert done.returncode == 0
