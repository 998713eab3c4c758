from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qgate.api import Run
from qgate.report import page
from tests.support import records
from tests.unit.policy.test_performance import OPERATIONS, load, measured
from tests.unit.report.test_page import cells, parsed, tables, words

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.records import Story


def story(*changed: dict[str, Any], **values: Any) -> Story:  # noqa: ANN401
    made = records.Story(demanded=("performance",))
    made.add(
        "modules",
        {"module": "a", "gated": True, "path": "a", "depends": [], "why": "named"},
    )
    made.add(
        "executions", {"stage": "performance", "status": "measured", "seconds": 9.0}
    )
    made.add("loads", load(**values))
    found = {name: measured(name) for name in OPERATIONS}
    made.add(
        "performance", *(found | {row["operation"]: row for row in changed}).values()
    )
    made.add(
        "performance_series",
        {
            "operation": "Search",
            "second": 3,
            "requests": 2,
            "failures": 0,
            "p50": 10.0,
            "p95": 12.0,
            "users": 10,
            "warm_up": False,
        },
    )
    return made


def shown(made: Story, folder: Path) -> object:
    return page.performance(Run(made.save(folder)))


def test_it_says_what_the_load_was(tmp_path: Path) -> None:
    said = words(shown(story(), tmp_path))
    assert "10 users at 1/s, after a warm-up of 10 s measured for 60.0 s" in said
    assert (
        "640 requests with the warm-up. The database was seeded with 1,000 records"
        in said
    )
    assert "Odoo ran in one process and took 150 MB at most" in said
    assert "Locust 2.47.0 used 2 % of a core" in said


def test_an_odoo_elsewhere_is_named(tmp_path: Path) -> None:
    said = words(
        shown(
            story(host="https://odoo.example.com", peak_memory=0, records=0), tmp_path
        )
    )
    assert "on https://odoo.example.com" in said
    assert "0 MB" not in said
    assert "seeded" not in said


def test_operations_stand_with_their_limits(tmp_path: Path) -> None:
    changed = measured("Search", p95=1812.4, failures=3, message="KeyError: 'x'")
    table = tables(shown(story(changed), tmp_path))["Operations"]
    listed = {row[0]: row for row in cells(table)}
    assert list(listed) == list(OPERATIONS)
    assert listed["Search"][1:3] == ["100", "3"]
    assert "1,812" in listed["Search"]
    assert "800" in listed["Search"]
    assert listed["Search"][-1] == "KeyError: 'x'"
    heads = [head.text_content() for head in table.iter("th")]
    assert "Limit of p95, ms" in heads


def test_a_load_that_did_not_complete_is_said(tmp_path: Path) -> None:
    made = story(ended="early", cause="Locust was killed by signal 9")
    said = words(shown(made, tmp_path))
    assert "The load did not complete: Locust was killed by signal 9." in said


def test_without_a_load_the_cause_is_said(tmp_path: Path) -> None:
    made = records.Story(demanded=("performance",))
    made.add(
        "executions",
        {
            "stage": "performance",
            "status": "error",
            "cause": "No locustfile covers a.",
            "seconds": 0.1,
        },
    )
    said = words(shown(made, tmp_path))
    assert said == "Stage performance could not measure: No locustfile covers a."


@pytest.mark.parametrize("word", records.HOSTILE)
def test_words_of_locustfiles_stay_text(tmp_path: Path, word: str) -> None:
    changed = measured(word, failures=1, message=word)
    made = story(changed, ended="early", cause=word, exceptions=1, exception=word)
    part = shown(made, tmp_path)
    element = parsed(part)
    assert not [*element.iter("img", "a", "b", "u")]
    assert not [e for e in element.iter() if any(k.startswith("on") for k in e.attrib)]
    scripts = [script.text_content() for script in element.iter("script")]
    assert not [text for text in scripts if text.startswith("window.hacked")]
