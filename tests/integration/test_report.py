"""The report, made by the real papermill and nbconvert."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import lxml.html
import nbformat
import pytest

from qgate.report import notebook
from qgate.report.notebook import ReportFailed, write_report
from tests.support import records

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.record import Record

LARGEST_BYTES = 8_000_000
HEADINGS = [
    "Verdicts",
    "Findings",
    "Tests",
    "Coverage",
    "End-to-end tests",
    "Security",
    "Performance",
    "Changes",
    "Readiness",
    "Environment",
    "Evidence",
]


def run(
    arguments: list[str], folder: Path, **environ: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)} | environ,
        capture_output=True,
        text=True,
        check=False,
    )


def execute(code: str, folder: Path) -> str:
    """Execute one cell as a report is; return what it printed."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(book, folder / "in.ipynb")
    notebook.execute(folder / "in.ipynb", folder / "out.ipynb", {})
    done = nbformat.read(folder / "out.ipynb", as_version=4)
    return "".join(o.text for o in done.cells[-1].outputs if o.output_type == "stream")


def test_the_report_is_one_file_without_code(tmp_path: Path) -> None:
    story = records.with_bad_tests(records.with_findings(records.story(), 5000))
    kept = story.save(tmp_path)
    before = {path.name for path in kept.folder.iterdir()}
    path = write_report(kept)
    assert path == kept.report
    assert {p.name for p in kept.folder.iterdir()} - before == {"report.html"}
    assert path.stat().st_size < LARGEST_BYTES
    page = lxml.html.parse(str(path)).getroot()
    assert page.findtext(".//title") == f"Gate report {kept.run_id}: failed"
    assert [h.text for h in page.iter("h2")] == HEADINGS
    assert [a.get("href") for a in page.findall(".//nav/a")] == [
        f"#{name.replace(' ', '-')}" for name in HEADINGS
    ]
    text = page.text_content()
    assert "page.open_or_run" not in text
    assert "import " not in "".join(page.xpath("//body//p//text()"))
    assert "5,000" in text


def test_the_report_refers_to_nothing_outside(tmp_path: Path) -> None:
    kept = records.hostile().save(tmp_path)
    page = lxml.html.parse(str(write_report(kept))).getroot()
    used = [
        str(value)
        for element in page.iter()
        for name, value in element.attrib.items()
        if name in ("src", "href", "action", "data", "poster", "srcset")
    ]
    assert not [v for v in used if not v.startswith(("#", "evidence/", "data:"))]
    for link in [v for v in used if v.startswith("evidence/")]:
        assert (kept.folder / link).is_file()
    styles = "".join(style.text or "" for style in page.iter("style"))
    assert "@import" not in styles
    assert "url(" not in styles
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy[0].startswith("default-src 'none'")


def test_a_report_that_fails_leaves_the_one_that_was_there(tmp_path: Path) -> None:
    kept = records.story().save(tmp_path)
    (kept.folder / "report.html").write_text("old")
    (kept.folder / "frames" / "tests.parquet").write_text("no parquet")
    with pytest.raises(
        ReportFailed, match=r"Cell 3 of gate_report.ipynb failed: Schema"
    ):
        write_report(kept)
    assert (kept.folder / "report.html").read_text() == "old"
    assert not list(kept.folder.glob("*.part"))


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    kept = records.story().save(tmp_path)
    (kept.folder / "report.html").mkdir()
    with pytest.raises(ReportFailed, match=r"report.html cannot be written"):
        write_report(kept)
    assert not [p for p in kept.folder.iterdir() if p.name.endswith(".part")]


def test_the_kernel_is_this_interpreter_and_gets_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    spec = home / ".local" / "share" / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        json.dumps({"argv": ["/bin/false"], "display_name": "x", "language": "python"})
    )
    start = home / ".ipython" / "profile_default" / "startup"
    start.mkdir(parents=True)
    (start / "00.py").write_text("print('a startup file of the person ran')")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("QGATE_CANARY_TOKEN", "tweet-tweet-tweet")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    code = (
        "import json, os, sys\n"
        "print(json.dumps([sys.executable, os.getcwd(), dict(os.environ)]))"
    )
    executable, folder, environ = json.loads(execute(code, scratch))
    assert executable == sys.executable
    assert folder == str(scratch)
    assert "tweet-tweet-tweet" not in environ.values()
    assert environ["HOME"] == str(home)
    assert {path.name for path in home.iterdir()} == {".local", ".ipython"}


def test_the_kernel_can_be_reached_from_this_machine_only(tmp_path: Path) -> None:
    code = (
        "import psutil\n"
        "print({c.laddr.ip for c in psutil.Process().net_connections('inet')}"
        " - {'127.0.0.1'})"
    )
    assert execute(code, tmp_path) == "set()\n"
    assert not list(tmp_path.glob("kernel*-ipc-*"))


def test_a_kernel_that_ends_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        ReportFailed, match=r"in.ipynb could not be executed: .*[Dd]ied"
    ):
        execute("import os; os._exit(0)", tmp_path)


def test_the_command_writes_it_with_a_home_that_cannot_be_written(
    tmp_path: Path,
) -> None:
    kept = records.story().save(tmp_path / "reports")
    done = run(["qgate", "report", kept.run_id], tmp_path, HOME="/dev/null/nowhere")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(kept.report)
    assert done.stderr.strip() in ("", "Writing the report ...")


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Record]:
    """Execute and convert the notebook as a CI job does, with the tools' own commands."""
    folder = tmp_path_factory.mktemp("by_hand")
    kept = records.with_bad_tests(records.story()).save(folder / "reports")
    source = str(notebook.notebook("gate_report.ipynb"))
    for arguments in (
        ["papermill", source, "out.ipynb", "-p", "run", kept.run_id, "-k", "python3"],
        ["nbconvert", "--to", "html", "out.ipynb"],
    ):
        done = run(arguments, folder)
        assert done.returncode == 0, done.stderr
    return folder, kept


def test_papermill_by_hand_gives_a_page(by_hand: tuple[Path, Record]) -> None:
    folder, kept = by_hand
    text = lxml.html.parse(str(folder / "out.html")).getroot().text_content()
    assert kept.run_id in text
    assert "✗ failed" in text
    assert "AssertionError: 'submitted' != 'approved'" in text


def test_papermill_by_hand_runs_the_gate(tmp_path: Path) -> None:
    module = tmp_path / "addons" / "mod"
    module.mkdir(parents=True)
    (module / "__manifest__.py").write_text(
        "{'name': 'Mod', 'version': '19.0.1.0.0'}\n"
    )
    (module / "__init__.py").touch()
    (module / "code.py").write_text("import os\n")
    source = str(notebook.notebook("gate_report.ipynb"))
    words = ["-p", "addons", "addons", "-p", "stages", "static", "-k", "python3"]
    words += ["-p", "overrides", 'static.tools=["ruff"]']
    done = run(["papermill", source, "out.ipynb", *words], tmp_path)
    assert done.returncode == 0, done.stderr
    (path,) = tmp_path.glob("reports/runs/*/run.json")
    assert json.loads(path.read_text())["verdict"] == "failed"
    assert "✗ failed" in (tmp_path / "out.ipynb").read_text(encoding="utf-8")
