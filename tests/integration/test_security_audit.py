"""The audit of vulnerabilities as `qgate audit security` runs it, with the real Trivy."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.trivy import AWS_KEY, write_database
from tests.support.workspaces import write_module

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.odoo


def audited(root: Path, database: Path) -> tuple[int, dict[str, object]]:
    """Return the exit code of the audit of the modules in *root*, and what it says."""
    (root / "qgate.toml").write_text('[workspace]\naddons = ["addons"]\n')
    target = root / "audit.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "qgate", "audit", "security"),
            *("--set", f"security.database={database}", "--json", str(target)),
        ],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert target.exists(), done.stdout + done.stderr
    return done.returncode, json.loads(target.read_text())


def test_what_is_flawed_is_to_be_done_and_no_secret_is_shown(tmp_path: Path) -> None:
    write_module(
        tmp_path / "addons",
        "flawed",
        files={
            "requirements.txt": "jinja2==3.1.2\n",
            "models/k.py": f'K = "{AWS_KEY}"\n',
        },
    )
    code, said = audited(tmp_path, write_database(tmp_path / "db"))
    assert code == 1
    assert said["unjudged"] == ""
    assert int(str(said["looked_at"])) > 0
    found = str(said["found"])
    assert "CVE-2024-22195 in jinja2 3.1.2" in found
    assert "aws-access-key-id in addons/flawed/models/k.py" in found
    assert AWS_KEY not in found


def test_an_old_database_is_no_clean_audit(tmp_path: Path) -> None:
    write_module(tmp_path / "addons", "clean", files={"requirements.txt": "lxml>=4\n"})
    code, said = audited(tmp_path, write_database(tmp_path / "db", days=9.5))
    assert code == 3
    assert "old" in str(said["unjudged"])
