"""A run is put where people look, and nothing of it can do anything there."""

from __future__ import annotations

import json
import os
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt
from werkzeug import Request, Response

from qgate import settings as configuration
from qgate.api import Run
from qgate.surfaces.alerts import alerts, worded
from qgate.surfaces.annotations import PER_KIND, commands
from qgate.surfaces.baseline import Baseline, baseline
from qgate.surfaces.gitlab import code_quality
from qgate.surfaces.markdown import code, link, plain
from qgate.surfaces.problems import Problem, counted, problems
from qgate.surfaces.publish import SURFACES, publish
from qgate.surfaces.sarif import RESULTS, sarif
from qgate.surfaces.summary import COMMENT, Page
from tests.support import records

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from qgate.settings import Settings

TOKEN = "canary-token-4711-abcdef"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(records.story(("m_one", "m_two")).save(tmp_path_factory.mktemp("good")))


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Run:
    story = records.with_findings(records.story(("m_one",)), 300)
    return Run(records.with_bad_tests(story).save(tmp_path_factory.mktemp("bad")))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(records.hostile().save(tmp_path_factory.mktemp("hostile")))


def settings_of(root: Path, **environ: str) -> Settings:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GITHUB_")}
    return configuration.load(root=root, environ=kept | environ)


def problem(**changes: Any) -> Problem:  # noqa: ANN401 - fields of any type
    base: dict[str, Any] = {
        "tool": "ruff",
        "rule": "E501",
        "level": "error",
        "severity": "error",
        "message": "Line too long",
        "path": "addons/m/models/x.py",
        "line": 3,
    }
    return Problem(**base | changes)


def test_outside_of_github_only_files_are_written(good: Run, tmp_path: Path) -> None:
    done = publish(settings_of(tmp_path), good, folder=tmp_path / "out")
    assert (done.lines, done.places, done.problems) == ([], [], [])
    names = {path.relative_to(tmp_path / "out").as_posix() for path in done.files}
    assert names == {
        "junit.xml",
        "gl-code-quality-report.json",
        "badge.json",
        "summary.md",
        "sarif/qgate.sarif",
    }
    badge = json.loads((tmp_path / "out" / "badge.json").read_text())
    assert (badge["schemaVersion"], badge["label"]) == (1, "quality gate")
    assert badge["message"].startswith("passed")


def test_everything_found_is_in_sarif_and_the_worst_comes_first(bad: Run) -> None:
    found = problems(bad.frames)
    [log] = sarif(bad, found)
    results = [result for run in log["runs"] for result in run["results"]]
    assert log["version"] == "2.1.0"
    assert len(results) == len(found) >= 300
    for run in log["runs"]:
        rules = run["tool"]["driver"]["rules"]
        levels = [
            ("error", "warning", "note").index(r["level"]) for r in run["results"]
        ]
        assert levels == sorted(levels)
        for result in run["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            place = result["locations"][0]["physicalLocation"]
            assert place["region"]["startLine"] >= 1
            assert not place["artifactLocation"]["uri"].startswith("/")


def test_more_results_than_a_file_takes_go_into_another(good: Run) -> None:
    many = [problem(line=number + 1) for number in range(RESULTS + 5)]
    first, second = sarif(good, many)
    sizes = [sum(len(run["results"]) for run in log["runs"]) for log in (first, second)]
    assert sizes == [RESULTS, 5]


def test_annotations_keep_to_githubs_limits_and_count_the_rest() -> None:
    many = [problem(line=number + 1) for number in range(30)]
    many += [problem(level="warning", severity="warning", line=n + 1) for n in range(3)]
    lines = list(commands(many))
    assert sum(line.startswith("::error ") for line in lines) == PER_KIND
    assert lines[-1] == "::notice title=qgate::20 more errors in the report."


def test_no_text_gives_the_runner_a_command() -> None:
    evil = "x\n::set-output name=a::b\r\n##[command]rm%0A::stop-commands::"
    for line in commands([problem(message=evil, rule="a,b:c\n::x", path="a:b,c.py")]):
        assert "\n" not in line
        assert "\r" not in line
        assert "##[" not in line
        head, _, message = line[2:].partition("::")
        assert head.count(":") == 0
        assert "%0A" in message


def test_words_of_a_module_mean_nothing_in_markdown(hostile: Run) -> None:
    page = Page(
        hostile, problems(hostile.frames), Baseline(), {"x": "javascript:alert(1)"}
    )
    shown = (
        MarkdownIt("commonmark", {"html": True})
        .enable("table")
        .render(page.markdown(COMMENT))
    )
    for word in ("<script", "<img", "onmouseover=", "javascript:"):
        live = shown.replace("&lt;script", "").replace("&lt;img", "")
        assert word not in re.sub(r"&[a-z]+;[^<]*", "", live)
    assert plain("@octocat #12 <b> [a](b) https://x.y") == (
        "@\u200boctocat \\#\u200b12 \\<b\\> \\[a\\](b) https:\u200b//x.y"
    )
    assert code("a`b``c") == "```a`b``c```"
    assert link("text", "javascript:alert(1)") == "text"
    assert link("text", "https://example.com/a") == "[text](https://example.com/a)"


def test_a_page_is_never_longer_than_what_github_takes(bad: Run) -> None:
    page = Page(
        bad, problems(bad.frames), baseline(bad), {"Report": "https://example.com"}
    )
    for limit in (COMMENT, 4000, 900, 80):
        assert len(page.markdown(limit, shown=200).encode()) <= limit
    assert "more" in page.markdown(4000, shown=200)


def test_junit_and_gitlab_are_well_formed(
    hostile: Run, bad: Run, tmp_path: Path
) -> None:
    for run in (hostile, bad):
        publish(settings_of(tmp_path), run, folder=tmp_path / run.run_id)
        written = (tmp_path / run.run_id / "junit.xml").read_bytes()
        root = ET.fromstring(written)  # noqa: S314 - our own
        cases = root.findall(".//testcase")
        assert int(root.get("tests", "0")) == len(cases) > 0
    report = code_quality(problems(bad.frames))
    assert {"description", "check_name", "fingerprint", "severity", "location"} == {
        *report[0]
    }
    assert len({row["fingerprint"] for row in report}) == len(report)


def test_problems_are_counted_and_ordered(bad: Run) -> None:
    found = problems(bad.frames, {"m_one/models/x.py": {3}})
    assert [one.order for one in found] == sorted(one.order for one in found)
    assert sum(counted(found).values()) == len(found)


def test_a_secret_never_gets_out(good: Run, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    settings = settings_of(
        tmp_path,
        GITHUB_ACTIONS="true",
        GITHUB_STEP_SUMMARY=str(summary),
        GITHUB_TOKEN=good.run_id,  # a secret that everything says
    )
    publish(settings, good, folder=tmp_path / "out")
    written = "".join(
        path.read_text()
        for path in [summary, *(tmp_path / "out").rglob("*")]
        if path.is_file()
    )
    assert good.run_id not in written


class Hub:
    """Answers as GitHub's API, and keeps what it was told."""

    def __init__(self, server: HTTPServer) -> None:
        self.comments: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str]] = []
        self._server = server
        base = "/repos/acme/shop"
        server.expect_request(base).respond_with_json(
            {"full_name": "acme/shop", "url": server.url_for(base)}
        )
        server.expect_request("/user").respond_with_json(
            {"message": "Resource not accessible by integration"}, status=403
        )
        server.expect_request(f"{base}/issues/7", method="GET").respond_with_json(
            {"number": 7, "url": server.url_for(f"{base}/issues/7")}
        )
        server.expect_request(
            f"{base}/issues/7/comments", method="GET"
        ).respond_with_handler(lambda _: self._json(self.comments))
        server.expect_request(
            f"{base}/issues/7/comments", method="POST"
        ).respond_with_handler(self._create)
        server.expect_request(
            re.compile(rf"{base}/issues/comments/\d+"), method="PATCH"
        ).respond_with_handler(self._edit)

    def add(self, login: str, body: str) -> None:
        number = len(self.comments) + 1
        self.comments.append(
            {
                "id": number,
                "body": body,
                "user": {"login": login},
                "html_url": f"https://github.com/acme/shop/pull/7#issuecomment-{number}",
                "url": self._server.url_for(
                    f"/repos/acme/shop/issues/comments/{number}"
                ),
            }
        )

    def _json(self, data: object, status: int = 200) -> Response:
        return Response(json.dumps(data), status, content_type="application/json")

    def _create(self, request: Request) -> Response:
        assert request.headers["Authorization"] == f"token {TOKEN}"
        assert set(request.get_json()) == {"body"}
        self.add("github-actions[bot]", request.get_json()["body"])
        return self._json(self.comments[-1], 201)

    def _edit(self, request: Request) -> Response:
        number = int(request.path.rpartition("/")[2])
        self.comments[number - 1]["body"] = request.get_json()["body"]
        return self._json(self.comments[number - 1])


def on_github(tmp_path: Path, server: HTTPServer, run_id: str = "50") -> Settings:
    event = tmp_path / "event.json"
    event.write_text(
        json.dumps({"pull_request": {"number": 7, "base": {"ref": "main"}}})
    )
    return settings_of(
        tmp_path,
        GITHUB_ACTIONS="true",
        GITHUB_TOKEN=TOKEN,
        GITHUB_REPOSITORY="acme/shop",
        GITHUB_API_URL=server.url_for("").rstrip("/"),
        GITHUB_EVENT_NAME="pull_request",
        GITHUB_EVENT_PATH=str(event),
        GITHUB_RUN_ID=run_id,
        GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"),
    )


def test_a_pull_request_has_one_comment_that_is_kept(
    good: Run, bad: Run, tmp_path: Path, httpserver: HTTPServer
) -> None:
    hub = Hub(httpserver)
    hub.add("somebody", "<!-- qgate:gate run=1 -->\nnot ours")
    publish(on_github(tmp_path, httpserver), bad, folder=tmp_path / "a")
    done = publish(on_github(tmp_path, httpserver, "51"), good, folder=tmp_path / "b")
    assert done.problems == []
    assert len(hub.comments) == 2
    assert "Quality gate passed" in hub.comments[1]["body"]
    assert hub.comments[0]["body"].endswith("not ours")
    late = publish(on_github(tmp_path, httpserver, "40"), bad, folder=tmp_path / "c")
    assert late.places == done.places
    assert "Quality gate passed" in hub.comments[1]["body"]
    assert "## " in (tmp_path / "summary.md").read_text()


@pytest.mark.parametrize("status", [401, 403, 404, 422, 500, 502])
def test_what_github_refuses_is_said_and_nothing_else_suffers(
    good: Run, tmp_path: Path, httpserver: HTTPServer, status: int
) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_json(
        {"message": f"no {TOKEN}"}, status=status
    )
    settings = on_github(tmp_path, httpserver)
    done = publish(settings, good, folder=tmp_path / "out", wait=0.0)
    assert len(done.files) == 5
    [said] = done.problems
    assert "The verdict stands" in said
    assert TOKEN not in said


def test_a_rate_limit_that_lasts_is_said(
    good: Run, tmp_path: Path, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_json(
        {"message": "API rate limit exceeded"},
        status=403,
        headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "99999999999"},
    )
    settings = on_github(tmp_path, httpserver)
    done = publish(settings, good, folder=tmp_path / "out", wait=0.0)
    assert len(done.problems) == 1


def test_without_a_token_or_a_summary_that_is_said(good: Run, tmp_path: Path) -> None:
    settings = settings_of(tmp_path, GITHUB_TOKEN="", GH_TOKEN="")
    done = publish(settings, good, folder=tmp_path, only=("comment", "summary"))
    assert len(done.problems) == 2
    assert all("There is no" in said for said in done.problems)


def _slow(story: records.Story) -> None:
    story.add("performance", _operation("List Load", 1900.0))


def _vulnerable(story: records.Story) -> None:
    story.add(
        "vulnerabilities", _flaw("CVE-2026-1", "high"), _flaw("CVE-2026-2", "low")
    )


def _operation(name: str, p95: float) -> dict[str, Any]:
    return {
        "operation": name, "requests": 10, "failures": 0, "rps": 1.0, "avg": p95, "p50": p95,
        "p95": p95, "p99": p95, "max": p95, "threshold": 1500.0,
    }  # fmt: skip


def _flaw(name: str, severity: str) -> dict[str, Any]:
    return {
        "target": "environment", "kind": "vulnerability", "package": "lxml", "installed": "1",
        "id": name, "severity": severity, "title": "A flaw",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("worse", "words"),
    [(_slow, "List Load: p95 1,900 ms"), (_vulnerable, "high: CVE-2026-1 in lxml 1.")],
)
def test_what_got_worse_is_posted(
    tmp_path: Path,
    httpserver: HTTPServer,
    worse: Callable[[records.Story], None],
    words: str,
) -> None:
    story = records.story(("m_one",))
    worse(story)
    run = Run(story.save(tmp_path / "reports"))
    posted: list[str] = []

    def take(request: Request) -> Response:
        posted.append(request.get_json()["text"])
        return Response("ok")

    httpserver.expect_request("/hook").respond_with_handler(take)
    settings = settings_of(tmp_path, QGATE_WEBHOOK_URL=httpserver.url_for("/hook"))
    done = publish(settings, run, folder=tmp_path / "out", only=("webhook",))
    assert done.problems == []
    assert len(posted) == 1
    assert words in posted[0]
    assert "CVE-2026-2" not in posted[0]


def test_nothing_is_posted_when_nothing_got_worse(
    good: Run, tmp_path: Path, httpserver: HTTPServer
) -> None:
    settings = settings_of(tmp_path, QGATE_WEBHOOK_URL=httpserver.url_for("/hook"))
    done = publish(settings, good, folder=tmp_path / "out", only=("webhook",))
    assert done.problems == []
    assert httpserver.log == []
    assert alerts(good) == []


def test_what_is_known_already_is_no_alert(tmp_path: Path) -> None:
    story = records.story(("m_one",))
    _vulnerable(story)
    run = Run(story.save(tmp_path))
    assert alerts(run, run.vulnerabilities) == []
    assert "and 2 more" in worded(run, [f"thing {n}" for n in range(12)])


def test_the_webhook_is_only_for_those_who_ask() -> None:
    assert SURFACES[-1] == "webhook"
