"""What runs inside the children: the drivers called directly."""

from __future__ import annotations

import json
import runpy
import sys
from typing import TYPE_CHECKING, Any

import pytest

from qgate.tools import driver, flake8_driver, isort_driver, oca_driver
from qgate.tools.base import CONFIG
from tests.support.shelves import write_shelf

if TYPE_CHECKING:
    from pathlib import Path


def answer(capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401 - JSON
    return json.loads(capsys.readouterr().out)


def test_flake8_tells_what_it_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = write_shelf(tmp_path, "unused")
    config = tmp_path / "flake8.cfg"
    config.write_text(
        "[flake8]\nselect = F\ncount = true\nstatistics = true\nshow-source = true\n"
        "benchmark = true\noutput-file = out.txt\n"
    )
    shelf = str(module / "models" / "shelf.py")
    options = ["--jobs", "1", "--config", str(config)]
    assert flake8_driver.main([*options, "--", shelf]) == 0
    assert answer(capsys) == {
        "files": [shelf],
        "violations": [
            {
                "path": shelf,
                "line": 1,
                "column": 1,
                "code": "F401",
                "message": "'os' imported but unused",
            }
        ],
    }
    config.write_text("[flake8]\nrequire-plugins = flake8-nowhere\n")
    assert flake8_driver.main([*options, "--", shelf]) == driver.CRASHED


def test_isort_tells_the_state_of_each_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = {
        "sorted": b"import a\nimport b\n",
        "unsorted": b"import b\nimport a\n",
        "skipped": b"# isort: skip_file\nimport b\nimport a\n",
        "error": b"# \xe9\n",
    }
    expected = {}
    for number, (state, text) in enumerate(texts.items()):
        path = tmp_path / f"{number}.py"
        path.write_bytes(text)
        expected[str(path)] = state
    gone = str(tmp_path / "gone.py")
    isort_driver.main(str(CONFIG / "isort.cfg"), *expected, gone)
    states = answer(capsys)
    assert states.pop(gone).startswith("error: ")
    assert {path: why.partition(": ")[0] for path, why in states.items()} == expected


def test_isort_does_not_ignore_a_configuration_that_says_nothing(
    tmp_path: Path,
) -> None:
    config = tmp_path / "x.cfg"
    config.write_text("[other]\n")
    with pytest.raises(UserWarning, match="no configuration was found inside"):
        isort_driver.main(str(config))


def test_ocas_checks_tell_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = write_shelf(tmp_path, "duplicate_id")
    oca_driver.main("xml-duplicate-record-id", str(module))
    told = answer(capsys)
    assert told["files"] == {str(module): 3}
    (finding,) = told["findings"]
    assert finding["path"] == str(module / "views" / "shelf_views.xml")
    assert (finding["code"], finding["line"]) == ("xml-duplicate-record-id", 3)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", 0), ("raise SystemExit(3)", 3), ("1/0", driver.CRASHED)],
)
def test_the_driver_hands_on_the_exit_code(
    text: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends: list[int] = []
    (tmp_path / "program.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["driver", "program"])
    monkeypatch.setattr("os._exit", ends.append)
    monkeypatch.setattr("gc.set_threshold", lambda *_: None)
    driver.main()
    assert ends == [code]


def test_pylints_reporter_counts_by_path(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    module = write_shelf(tmp_path, "syntax_error")
    monkeypatch.setenv("PYLINTHOME", str(tmp_path / "home"))
    reporter = "qgate.tools.pylint_reporter.StatisticsReporter"
    options = ["--disable=all", "--enable=syntax-error", "--persistent=n"]
    argv = ["pylint", f"--output-format={reporter}", *options, str(module)]
    monkeypatch.setattr(sys, "argv", argv)
    with pytest.raises(SystemExit) as end:
        runpy.run_module("pylint", run_name="__main__")
    assert end.value.code == 2
    told = answer(capsys)
    assert [message["id"] for message in told["messages"]] == ["E0001"]
    assert told["statements"][str(module / "models" / "shelf.py")] == 0
    assert len(told["statements"]) == 6
