from __future__ import annotations

from typing import TYPE_CHECKING

import lxml.html
import pytest

from qgate.api import Run
from qgate.report import page
from tests.support import records

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.records import Story


def words(part: object) -> str:
    shown = parsed(part)
    for script in list(shown.iter("script")):
        script.drop_tree()
    return " ".join(" ".join(shown.itertext()).split())


def parsed(part: object) -> lxml.html.HtmlElement:
    markup = str(part.data)  # type: ignore[attr-defined]
    return lxml.html.fragment_fromstring(markup, create_parent="div")


def tables(part: object) -> dict[str, lxml.html.HtmlElement]:
    return {
        box.find("h4").text.strip(): box for box in parsed(part).find_class("qg-table")
    }


def cells(table: lxml.html.HtmlElement) -> list[list[str]]:
    return [[td.text_content() for td in row] for row in table.iter("tr")][1:]


def run_of(story: Story, folder: Path) -> Run:
    return Run(story.save(folder))


def test_the_banner_says_verdict_and_what_was_judged(tmp_path: Path) -> None:
    run = run_of(records.story(("a", "b")), tmp_path)
    said = words(page.banner(run))
    for word in (
        "✓ passed",
        run.run_id,
        "a 19.0.1.2.0, b 19.0.1.2.0",
        "95108b586db2",
        "feature/expense-approval",
        "2026-11-24 09:15:02 UTC",
        "Odoo 19.0.0+dfsg-1",
        "PostgreSQL 16.11",
    ):
        assert word in said
    assert parsed(page.banner(run)).find("section").get("class").endswith("qg-passed")


def test_the_banner_of_a_run_without_git_or_modules(tmp_path: Path) -> None:
    story = records.story()
    story.rows["modules"] = []
    story.data = {"git": None, "note": "Nothing changed."}
    said = words(page.banner(run_of(story, tmp_path)))
    assert "Modules none" in said
    assert "Nothing changed." in said
    assert "Commit" not in said


def test_many_modules_are_not_all_listed(tmp_path: Path) -> None:
    story = records.story([f"m{i}" for i in range(30)], tests=1, files=1)
    assert "and 10 more" in words(page.banner(run_of(story, tmp_path)))


def test_every_reason_stands_with_its_stage(tmp_path: Path) -> None:
    story = records.with_bad_tests(records.with_findings(records.story(), 50))
    run = run_of(story, tmp_path)
    articles = parsed(page.stages(run)).findall(".//article")
    assert [article.find(".//h3").text for article in articles] == ["static", "tests"]
    shown = [[li.text_content() for li in a.iter("li")] for a in articles]
    assert shown == run.stages["reasons"].tolist()
    assert all(shown)


def test_stages_that_did_not_run_say_why(tmp_path: Path) -> None:
    run = run_of(records.static_only(), tmp_path)
    assert "○ skipped Not demanded by --stages static." in words(page.stages(run))
    for part in (page.tests(run), page.coverage(run)):
        assert words(part) == (
            "Stage tests was skipped: Not demanded by --stages static."
        )


def test_a_stage_that_could_not_measure_says_why(tmp_path: Path) -> None:
    run = run_of(records.broken("Odoo is not there."), tmp_path)
    expected = "Stage tests could not measure: Odoo is not there."
    assert words(page.tests(run)) == words(page.coverage(run)) == expected
    assert "! error" in words(page.banner(run))


def test_a_stage_the_run_does_not_know(tmp_path: Path) -> None:
    story = records.static_only()
    story.rows["executions"].pop()
    run = run_of(story, tmp_path)
    assert words(page.tests(run)) == "Stage tests is not part of this run."


def test_a_run_in_which_nothing_ran(tmp_path: Path) -> None:
    story = records.static_only()
    story.demanded = ()
    story.rows["executions"] = [
        {"stage": "static", "status": "skipped", "cause": "Nope.", "seconds": 0.0}
    ]
    run = run_of(story, tmp_path)
    assert words(page.timeline(run)) == "No stage ran."
    assert words(page.evidence(run)) == "The run left no evidence."


def test_findings_are_all_there_the_worst_first(tmp_path: Path) -> None:
    run = run_of(records.with_findings(records.story(("a", "b")), 300), tmp_path)
    found = tables(page.findings(run))
    listed = cells(found["Findings"])
    assert len(listed) == 300
    assert [row[0] for row in listed][:3] == ["error"] * 3
    assert listed[-1][0] == "convention"
    frame = run.findings
    expected = {
        (row.tool, row.rule, row.module, row.message) for row in frame.itertuples()
    }
    assert {(r[1], r[2], r[3], r[5]) for r in listed} == expected
    first = listed[0]
    path = f"addons/{first[3]}/{first[4].partition(':')[0]}"
    assert path in set(frame["path"])
    assert len(cells(found["Tools that looked"])) == len(run.frames["tools"])


def test_no_finding_is_said(tmp_path: Path) -> None:
    run = run_of(records.story(), tmp_path)
    assert words(page.findings(run)).startswith("The tools found nothing.")
    assert "Plotly.newPlot" not in str(page.findings(run).data)


def test_tests_that_did_not_pass_come_first(tmp_path: Path) -> None:
    run = run_of(records.with_bad_tests(records.story()), tmp_path)
    part = page.tests(run)
    listed = cells(tables(part)["Tests"])
    assert [row[0] for row in listed][:6] == [
        "! error",
        "✗ failed",
        "✗ failed",
        "… unfinished",
        "○ skipped",
        "✓ passed",
    ]
    assert len(listed) == 45
    traces = parsed(part).find_class("qg-trace")
    assert len(traces) == 4
    assert [trace.get("open") is not None for trace in traces] == [True] + 3 * [False]
    assert "AssertionError: 'submitted' != 'approved'" in traces[0].text_content()
    assert "It began and never ended." in traces[-1].text_content()
    assert "tests/test_forgotten.py" in words(part)


def test_only_some_tracebacks_are_repeated_above_the_table(tmp_path: Path) -> None:
    story = records.story()
    for row in story.rows["tests"]:
        row.update(outcome="failed", message="AssertionError: no")
    part = page.tests(run_of(story, tmp_path))
    assert len(parsed(part).find_class("qg-trace")) == 10
    assert "35 more are in the table of tests, below." in words(part)


def test_a_hang_shows_the_last_lines_of_the_log(tmp_path: Path) -> None:
    run = run_of(records.with_hang(records.story()), tmp_path)
    said = words(page.tests(run))
    assert "ended after 2 min 0 s (time limit)" in said
    assert "Last test: TestExpense.test_hangs." in said
    assert "Last lines of the log INFO odoo.service.server" in said
    assert words(page.coverage(run)) == "No coverage was measured."


def test_that_no_test_ran_is_said(tmp_path: Path) -> None:
    run = run_of(records.story(tests=0), tmp_path)
    assert words(page.tests(run)).endswith("No test ran.")
    assert "Plotly.newPlot" not in str(page.tests(run).data)


def test_coverage_names_the_lines_that_did_not_run(tmp_path: Path) -> None:
    story = records.story(files=3, share=1.0)
    story.rows["coverage"][1].update(
        statements=8, covered=4, missing=[1, 2, 3, 7], branches=0
    )
    listed = cells(
        tables(page.coverage(run_of(story, tmp_path)))[
            "Coverage by file, least covered first"
        ]
    )
    assert listed[0][1:5] == ["models/models_number_1.py", "8", "50.0", ""]
    assert listed[0][-1] == "1-3, 7"
    assert [row[3] for row in listed] == ["50.0", "100.0", "100.0"]


def test_the_environment_and_the_thresholds_are_told(tmp_path: Path) -> None:
    found = tables(page.environment(run_of(records.story(), tmp_path)))
    assert [row[0] for row in cells(found["Modules"])] == ["ipai_expense", "hr"]
    assert [row[0] for row in cells(found["Components"])] == [
        "Odoo",
        "PostgreSQL",
        "browser",
    ]
    thresholds = cells(found["Thresholds of the verdict"])
    assert ["tests", "min_coverage", "70"] in thresholds
    assert ["tests", "allow_skipped", "yes"] in thresholds
    assert ["static", "bandit_severities", "medium, high"] in thresholds


def test_evidence_is_linked_relative_to_the_report(tmp_path: Path) -> None:
    run = run_of(records.story(), tmp_path)
    folder = run.folder / "evidence" / "tests" / "htmlcov"
    folder.mkdir()
    (folder / "index.html").touch()
    (folder / "z_1.html").touch()
    (run.folder / "evidence" / "tests" / "a #?'&.txt").touch()
    links = [a.get("href") for a in parsed(page.evidence(run)).iter("a")]
    assert links == [
        "evidence/static/static.log",
        "evidence/tests/a%20%23%3F%27%26.txt",
        "evidence/tests/htmlcov/index.html",
        "evidence/tests/tests.log",
    ]


@pytest.mark.parametrize(
    "part",
    [
        page.banner,
        page.stages,
        page.findings,
        page.tests,
        page.coverage,
        page.environment,
    ],
)
def test_no_word_of_a_module_becomes_markup(part: object, tmp_path: Path) -> None:
    run = run_of(records.hostile(), tmp_path)
    element = parsed(part(run))  # type: ignore[operator]
    assert not list(element.iter("img", "a", "b", "u"))
    assert not [e for e in element.iter() if any(k.startswith("on") for k in e.attrib)]
    scripts = [script.text_content() for script in element.iter("script")]
    assert not [text for text in scripts if "window.hacked = 1</" in text]
    assert not [text for text in scripts if text.startswith("window.hacked")]


def test_the_page_brings_all_it_needs() -> None:
    markup = str(page.start().data)
    assert "plotly.js v" in markup
    assert ".qg-banner" in markup
    assert "window.qgateTables" in markup
    assert "<link" not in markup
