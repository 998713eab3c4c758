"""Everything a run found as SARIF 2.1.0, for code scanning.

Limits of GitHub (docs.github.com, "SARIF support for code scanning"): 20 runs a file, 25,000
results a run, of which the 5,000 worst are shown; so what is worst comes first, and what does
not fit into one file goes into the next.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import qgate
from qgate.frames import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qgate.api import Run
    from qgate.surfaces.problems import Problem

RESULTS: Final = 25_000
"""Results of one tool in one file."""

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT: Final = "SRCROOT"
_MESSAGE: Final = 2000
_DETAIL: Final = 8000
_PLACEHOLDER: Final = re.compile(r"\{(\d+)\}")
_SCORES: Final = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
"""What GitHub makes critical, high, medium and low from (over 9, 7, 4, and the rest)."""

_HOMES: Final = {
    "ruff": "https://docs.astral.sh/ruff/rules/",
    "flake8": "https://flake8.pycqa.org/",
    "pylint-odoo": "https://github.com/OCA/pylint-odoo",
    "black": "https://black.readthedocs.io/",
    "isort": "https://pycqa.github.io/isort/",
    "bandit": "https://bandit.readthedocs.io/",
    "oca-hooks": "https://github.com/OCA/odoo-pre-commit-hooks",
    "data-files": "https://www.odoo.com/documentation/19.0/developer/reference/backend/data.html",
    "odoo-tests": "https://www.odoo.com/documentation/19.0/developer/reference/backend/testing.html",
    "e2e": "https://playwright.dev/python/",
    "trivy": "https://trivy.dev/",
}


def sarif(
    run: Run, found: Iterable[Problem], category: str = "qgate"
) -> list[dict[str, Any]]:
    """Return one SARIF log, and further ones when a tool has more results than one holds.

    A tool that looked and found nothing has a run without results: that closes old alerts.

    Args:
        run: The run.
        found: Its problems, worst first.
        category: What GitHub tells the uploads of one commit apart by.
    """
    by_tool: dict[str, list[Problem]] = {name: [] for name in _looked(run)}
    for one in found:
        by_tool.setdefault(one.tool, []).append(one)
    most = max((len(own) for own in by_tool.values()), default=0)
    logs = []
    for number in range(max(1, -(-most // RESULTS))):
        part = slice(number * RESULTS, (number + 1) * RESULTS)
        name = category if number == 0 else f"{category}-{number + 1}"
        runs = [
            _run(run, tool, own[part], f"{name}/")
            for tool, own in by_tool.items()
            if number == 0 or own[part]
        ]
        logs.append({"$schema": _SCHEMA, "version": "2.1.0", "runs": runs})
    return logs


def _looked(run: Run) -> dict[str, str]:
    """Return the version of every tool that looked, by name."""
    tools = {row["tool"]: row["version"] for row in rows(run.frames["tools"])}
    for row in rows(run.frames["scans"]):
        tools["trivy"] = row["version"]
    if not run.frames["suites"].empty:
        tools["odoo-tests"] = qgate.__version__
    if not run.frames["specs"].empty:
        tools["e2e"] = qgate.__version__
    return tools


def _run(run: Run, tool: str, own: Sequence[Problem], category: str) -> dict[str, Any]:
    rules: dict[str, Problem] = {}
    for one in own:
        rules.setdefault(one.rule, one)
    places = {name: place for place, name in enumerate(rules)}
    seen: dict[str, int] = {}
    driver: dict[str, Any] = {
        "name": tool,
        "rules": [_rule(one) for one in rules.values()],
    }
    if tool in _HOMES:
        driver["informationUri"] = _HOMES[tool]
    if version := _looked(run).get(tool):
        driver["version"] = version
    done: dict[str, Any] = {
        "tool": {"driver": driver},
        "automationDetails": {"id": category},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The workspace."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, places[one.rule], seen) for one in own],
    }
    git = run.record.data.get("git") or {}
    if git.get("commit"):
        done["properties"] = {"commit": git["commit"], "qgateRun": run.run_id}
    return done


def _rule(one: Problem) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": one.rule,
        "shortDescription": {"text": f"{one.tool} {one.rule}"},
        "fullDescription": {"text": _literal(_sentence(one.message[:_MESSAGE]))},
        "help": {"text": _literal(f"{one.tool} {one.rule}: {_sentence(one.message)}")},
        "defaultConfiguration": {"level": one.level},
        "properties": {"tags": [one.tool]},
    }
    if (name := _camel(one.rule)) != one.rule:
        rule["name"] = name
    if one.url.startswith(("https://", "http://")):
        rule["helpUri"] = one.url
    if one.tool in ("trivy", "bandit"):
        rule["properties"] = {
            "tags": [one.tool, "security"],
            "security-severity": _SCORES.get(one.severity, "0.0"),
        }
    return rule


def _result(one: Problem, place: int, seen: dict[str, int]) -> dict[str, Any]:
    text = _sentence(one.message[:_MESSAGE])
    if one.detail:
        text += f"\n\n{one.detail[-_DETAIL:]}"
    result: dict[str, Any] = {
        "ruleId": one.rule,
        "ruleIndex": place,
        "level": one.level,
        "message": {"text": _literal(text)},
        "partialFingerprints": {"primaryLocationLineHash": _mark(one, seen)},
    }
    # GitHub takes no result without a file. What has none in the checkout is shown at the
    # name of what was looked at, as Trivy's own SARIF does with images.
    place_name = one.path or one.target or one.module or one.tool
    where: dict[str, Any] = {
        "artifactLocation": {"uri": quote(place_name), "uriBaseId": _ROOT},
        "region": {"startLine": one.line or 1},
    }
    if one.line and one.column:
        where["region"]["startColumn"] = one.column
    result["locations"] = [{"physicalLocation": where}]
    if one.accepted:
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": one.accepted[:_MESSAGE],
            }
        ]
    return result


def _mark(one: Problem, seen: dict[str, int]) -> str:
    """Return what a problem is known by when it moves to another line."""
    text = f"{one.tool}\0{one.rule}\0{one.path}\0{one.message}"
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    seen[digest] = seen.get(digest, 0) + 1
    return f"{digest}:{seen[digest]}"


def _camel(rule: str) -> str:
    words = "".join(sign if sign.isalnum() else " " for sign in rule).split()
    return "".join(word[:1].upper() + word[1:] for word in words) or "Rule"


def _sentence(text: str) -> str:
    said = text.strip() or "No message."
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _literal(text: str) -> str:
    """Keep text that looks like a link or a placeholder of SARIF from being one."""
    return _PLACEHOLDER.sub(r"{{\1}}", text.replace("](", "] ("))
