"""What a run is compared with, what is alerted, and how words of others are shown."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt

from qgate import machine
from qgate import settings as configuration
from qgate.api import Run
from qgate.delivery import notify
from qgate.surfaces.alerts import alerts, worded
from qgate.surfaces.annotations import PER_KIND, commands
from qgate.surfaces.badge import badge
from qgate.surfaces.baseline import Baseline, base_of, baseline
from qgate.surfaces.gitlab import code_quality
from qgate.surfaces.problems import Problem, problems
from qgate.surfaces.publish import publish
from qgate.surfaces.summary import COMMENT, SUMMARY, Page
from tests.support import past_runs, records

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from qgate.settings import Settings


def settings_of(root: Path, *overrides: str, **environ: str) -> Settings:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "GH_"))}
    return configuration.load(root=root, overrides=overrides, environ=kept | environ)


def loaded(reports: Path, p95: float = 1000.0, **load: Any) -> Run:  # noqa: ANN401
    """Return a run of a pull request with a load and coverage against main."""
    made = records.story(("a",))
    made.add("loads", past_runs.LOAD | load)
    made.add("performance", past_runs._operation(p95) | {"threshold": 1500.0})
    base = {"module": "a", "status": "measured", "statements": 100, "covered": 90}
    made.add("base_coverage", base | {"run_id": "r", "commit": f"{3:040x}"})
    made.data["machine"] = machine.fingerprint()
    return Run(made.save(reports))


def test_a_run_is_compared_with_the_newest_one_alike_of_the_base(
    tmp_path: Path,
) -> None:
    past_runs.history(
        tmp_path / "reports",
        [
            past_runs.run(1, p95=700.0),
            past_runs.run(3, p95=800.0),
            past_runs.run(4, p95=10.0, branch="other"),
            past_runs.run(5, p95=20.0, load={"users": 50}),
        ],
    )
    run = loaded(tmp_path / "own")
    settings = settings_of(tmp_path)
    base = base_of(settings, run)
    assert base == Baseline("main at 00000000", {"a": 90.0}, {"List Load": 800.0})
    publish(settings, run, folder=tmp_path / "out")
    written = (tmp_path / "out" / "summary.md").read_text()
    assert "▲ +25 %" in written
    assert "Change to main at 00000000" in written
    assert re.search(r"▲ \+\d\.\d points|▼ -\d\.\d points", written)


def test_a_run_without_a_past_shows_no_change(tmp_path: Path) -> None:
    run = Run(records.story(("a",)).save(tmp_path / "own"))
    assert base_of(settings_of(tmp_path), run) == Baseline()
    assert "Change" not in Page(run, []).markdown(SUMMARY)
    other = loaded(tmp_path / "two", users=7)
    assert base_of(settings_of(tmp_path), other).operations == {}
    assert (
        base_of(settings_of(tmp_path, "history.enabled=false"), other).operations == {}
    )


def test_a_named_run_stands_for_the_base(tmp_path: Path) -> None:
    run = loaded(tmp_path / "own")
    settings = settings_of(tmp_path, f'history.base_run="{run.folder}"')
    assert base_of(settings, run) == baseline(run)
    broken = settings_of(tmp_path, 'history.base_run="nowhere"')
    done = publish(broken, run, folder=tmp_path / "out")
    assert [said[:23] for said in done.problems] == ["Changes are not shown: "]
    assert done.files


def test_a_history_that_is_broken_is_told_and_the_rest_is_published(
    tmp_path: Path,
) -> None:
    past_runs.history(tmp_path / "reports", [past_runs.run(1, p95=700.0)])
    for path in (tmp_path / "reports" / "history").rglob("*.parquet"):
        path.write_bytes(b"PAR1 no more")
    done = publish(
        settings_of(tmp_path), loaded(tmp_path / "own"), folder=tmp_path / "o"
    )
    assert len(done.problems) == 1
    assert done.problems[0].startswith("Changes are not shown: ")
    assert len(done.files) == 5


def flaw(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - columns of any type
    return {
        "target": "environment",
        "kind": "vulnerability",
        "package": "lxml",
        "installed": "1",
        "id": "CVE-2026-1",
        "severity": "critical",
        "title": "A flaw",
    } | changes


def test_alerts_name_what_is_there_and_leave_out_what_is_accepted(
    tmp_path: Path,
) -> None:
    made = records.story(("a",))
    made.add(
        "vulnerabilities",
        flaw(package=None, installed=None, path="Dockerfile", kind="secret"),
        flaw(id="CVE-2026-2", suppressed_by=".trivyignore"),
        flaw(id="CVE-2026-3", severity="medium"),
    )
    made.add(
        "changes",
        change(worse=True, latest=True),
        change(subject="Search", worse=False, latest=True),
        change(subject="Login", worse=True, latest=False),
        change(measure="coverage", subject="a", worse=True, latest=True),
    )
    for outcome in ("deployed", "unchanged", "rolled_back", "refused"):
        made.add("deploys", deploy(outcome))
    said = alerts(Run(made.save(tmp_path)))
    assert said == [
        "List Load: p95 went from 800 to 1,200 ms (+50 %).",
        "critical: CVE-2026-1 in Dockerfile.",
        "The deploy to staging ended as rolled_back.",
        "The deploy to staging ended as refused.",
    ]
    assert worded(
        Run(made.save(tmp_path, "20261124T091504-000001")), said[:1]
    ).startswith("Quality gate, run 20261124T091504-000001: 1 thing got worse.\n- ")


def change(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - columns of any type
    return {
        "measure": "p95",
        "subject": "List Load",
        "number": 1,
        "before": 800.0,
        "after": 1200.0,
        "unit": "ms",
        "share": 0.5,
        "runs_before": 9,
        "runs_after": 5,
        "confidence": 0.999,
    } | changes


def deploy(outcome: str) -> dict[str, Any]:
    return {
        "deploy": outcome,
        "kind": "deploy",
        "target": "staging",
        "image": "shop:1",
        "outcome": outcome,
        "upgraded": [],
        "pause": 0.0,
        "lost": [],
    }


def test_a_vulnerability_that_the_last_run_of_the_branch_had_is_not_posted(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    scan = {
        "target": "environment",
        "kind": "system",
        "scanner": "vuln",
        "looked_at": 9,
        "missing": [],
        "version": "0.67",
        "database_updated": records.STARTED,
        "seconds": 1.0,
    }
    old = past_runs.run(1)
    old.add("scans", scan)
    old.add("vulnerabilities", flaw())
    past_runs.history(tmp_path / "reports", [old])
    made = records.story(("a",))
    made.add("vulnerabilities", flaw(), flaw(id="CVE-2026-9"))
    made.data["git"] = {"branch": "main", "commit": "a" * 40}
    httpserver.expect_oneshot_request("/hook", method="POST").respond_with_data("ok")
    settings = settings_of(tmp_path, QGATE_WEBHOOK_URL=httpserver.url_for("/hook"))
    run = Run(made.save(tmp_path / "own"))
    done = publish(settings, run, folder=tmp_path / "o", only=("webhook",))
    assert done.problems == []
    [(request, _)] = httpserver.log
    text = request.get_json()["text"]
    assert "CVE-2026-9" in text
    assert "CVE-2026-1 " not in text


def test_words_call_nobody_in_a_chat(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data("ok")
    url = httpserver.url_for("/hook")
    assert notify.post(url, "<!channel> <https://x.y|safe> a & b") == []
    [(request, _)] = httpserver.log
    assert request.get_json() == {
        "text": "&lt;!channel&gt; &lt;https://x.y|safe&gt; a &amp; b"
    }


def test_a_webhook_that_refuses_or_is_not_there_is_told_without_its_address(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_request("/canary-path").respond_with_data("no", status=410)
    assert notify.post(httpserver.url_for("/canary-path"), "x") == [
        "The webhook at localhost answers 410."
    ]
    [said] = notify.post("http://127.0.0.1:9/canary-path", "x")
    assert "canary" not in said
    run = Run(records.story(("a",)).save(tmp_path / "own"))
    done = publish(settings_of(tmp_path), run, folder=tmp_path, only=("webhook",))
    assert done.problems == ["There is no webhook: QGATE_WEBHOOK_URL is not set."]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(records.hostile().save(tmp_path_factory.mktemp("hostile")))


def test_hostile_words_are_neither_markup_nor_links_nor_commands(hostile: Run) -> None:
    found = problems(hostile.frames)
    links = {"Report": "javascript:alert(1)", "Log": "https://example.com/log"}
    text = Page(hostile, found, links=links).markdown(COMMENT)
    # With HTML let through, as on GitHub: whatever is an element was not escaped.
    shown = MarkdownIt("gfm-like", {"html": True}).disable("linkify").render(text)
    elements = set(re.findall(r"<([a-z0-9]+)", shown))
    known = "h2 h3 p a strong code table thead tbody tr th td br sub blockquote em"
    assert elements <= set(known.split())
    assert re.findall(r'href="([^"]+)"', shown) == ["https://example.com/log"]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)
    for line in commands(found):
        assert re.fullmatch(r"::(error|warning|notice) [^\r\n]*", line)
        assert line.split("::", 2)[1].count("::") == 0


def test_each_kind_of_annotation_has_its_limit_and_notes_are_of_changed_lines() -> None:
    found = [
        Problem("ruff", "E1", level, level, f"n {n}", "a.py", n + 1, changed=changed)
        for changed in (True, False)
        for level in ("error", "warning", "note")
        for n in range(15)
    ]
    ordered = sorted(found, key=lambda one: one.order)
    lines = list(commands([*ordered, Problem("x", "y", "error", "error", "no file")]))
    kinds = [re.match("::([a-z]+)", line)[1] for line in lines]  # type: ignore[index]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "error": PER_KIND,
        "warning": PER_KIND,
        "notice": PER_KIND,
    }
    assert lines[-1].endswith(
        "20 more errors, 20 more warnings and 21 more notices in the report."
    )
    assert list(commands([])) == []


def test_what_gitlab_shows_has_a_file_and_a_mark_that_survives_a_move() -> None:
    one = Problem("ruff", "E1", "error", "error", "bad", "a.py", 3)
    moved = Problem("ruff", "E1", "error", "error", "bad", "a.py", 9)
    [before], [after] = code_quality([one]), code_quality([moved])
    assert before["fingerprint"] == after["fingerprint"]
    assert before["location"] == {"path": "a.py", "lines": {"begin": 3}}
    assert len({row["fingerprint"] for row in code_quality([one, moved])}) == 2
    severities = {"info", "minor", "major", "critical", "blocker"}
    rows = [
        Problem("t", "r", level, name, "m", "a.py")
        for level, name in (("error", "critical"), ("error", "high"), ("note", "info"))
    ]
    assert {row["severity"] for row in code_quality(rows)} <= severities
    assert code_quality([Problem("t", "r", "error", "high", "m")]) == []
    assert code_quality([Problem("t", "r", "note", "x", "m", "a", accepted="y")]) == []


@pytest.mark.parametrize(
    ("verdict", "message", "colour"),
    [
        ("passed", "passed", "brightgreen"),
        ("failed", "failed", "red"),
        ("error", "not judged", "orange"),
        ("nonsense", "nonsense", "orange"),
    ],
)
def test_the_badge_says_the_verdict(
    hostile: Run, verdict: str, message: str, colour: str
) -> None:
    made = badge(verdict, hostile.coverage.iloc[0:0])
    assert made["message"] == message
    assert made["color"] == colour
    assert set(made) == {"schemaVersion", "label", "message", "color", "cacheSeconds"}
    assert "% covered" in badge(verdict, hostile.coverage)["message"]


def test_a_summary_that_has_begun_leaves_less_room(
    hostile: Run, tmp_path: Path
) -> None:
    path = tmp_path / "summary.md"
    path.write_text("x" * (SUMMARY - 600))
    settings = settings_of(tmp_path, GITHUB_STEP_SUMMARY=str(path))
    done = publish(settings, hostile, folder=tmp_path, only=("summary",))
    assert done.problems == []
    assert SUMMARY - 600 < path.stat().st_size <= SUMMARY
    gone = settings_of(tmp_path, GITHUB_STEP_SUMMARY=str(tmp_path / "no" / "x.md"))
    [said] = publish(gone, hostile, folder=tmp_path, only=("summary",)).problems
    assert said.startswith("The step summary cannot be written")
