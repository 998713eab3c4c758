from __future__ import annotations

from typing import TYPE_CHECKING

from qgate import figures
from qgate.frames import tables
from tests.support.records import HOSTILE
from tests.unit.policy.test_security import finding
from tests.unit.test_figures import drawn, labels

if TYPE_CHECKING:
    import pandas as pd


def frame(*rows: dict[str, object]) -> pd.DataFrame:
    return tables.VULNERABILITIES.frame(rows)


def test_nothing_found_is_said() -> None:
    figure = figures.vulnerabilities_by_target(frame())
    assert [note.text for note in figure.layout.annotations] == ["Nothing was found."]


def test_findings_are_counted_by_target_and_severity() -> None:
    figure = figures.vulnerabilities_by_target(
        frame(
            finding("high"),
            finding("critical"),
            finding("critical", suppressed_by=".trivyignore"),
            finding("unknown"),
            finding("odd"),
            finding("high", target="."),
        )
    )
    assert labels(figure) == ["addons/a (5)", "the workspace (1)"]
    bars = drawn(figure)
    assert list(bars) == ["critical", "high", "unknown", "odd", "suppressed"]
    assert bars["critical"]["addons/a (5)"] == 1
    assert bars["suppressed"]["addons/a (5)"] == 1
    assert bars["high"]["the workspace (1)"] == 1


def test_only_the_targets_with_most_are_drawn() -> None:
    rows = [finding(target=f"t{number}") for number in range(30) for _ in range(number)]
    figure = figures.vulnerabilities_by_target(frame(*rows))
    assert len(labels(figure)) == 20
    assert "(20 of 29 targets)" in figure.layout.title.text
    assert labels(figure)[0] == "t29 (29)"


def test_of_a_long_path_the_end_is_shown() -> None:
    path = "/home/dev/.cache/qgate/odoo/venv/lib/python3.11/site-packages"
    (label,) = labels(figures.vulnerabilities_by_target(frame(finding(target=path))))
    assert label.startswith("…")
    assert label.endswith("/python3.11/site-packages (1)")


def test_words_are_escaped() -> None:
    word = HOSTILE[1]
    figure = figures.vulnerabilities_by_target(frame(finding(word, target=word)))
    assert "<img" not in str(figure.to_dict())
