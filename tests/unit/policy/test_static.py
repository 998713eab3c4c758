from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qgate.frames import tables
from qgate.policy.static import judge_static
from tests.support.stages import tools_frame
from tests.support.workspaces import SHIPPED

if TYPE_CHECKING:
    import pandas as pd

RULES = SHIPPED.static


def finding(tool: str, severity: str = "error", **values: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "tool": tool,
        "rule": "R1",
        "severity": severity,
        "path": "addons/a/x.py",
        "line": 12,
        "column": 1,
        "message": "is bad",
        "module": "a",
    } | values


def frames(
    *findings: dict[str, Any], tools: pd.DataFrame | None = None
) -> dict[str, pd.DataFrame]:
    module = {"path": "x", "depends": [], "why": "named"}
    return {
        "modules": tables.MODULES.frame(
            [
                {"module": "a", "gated": True} | module,
                {"module": "base_of_a", "gated": False} | module,
            ]
        ),
        "tools": tools_frame("a") if tools is None else tools,
        "findings": tables.FINDINGS.frame(findings),
    }


def changed(column: str, tool: str, value: float | None) -> pd.DataFrame:
    frame = tools_frame("a")
    frame.loc[frame["tool"] == tool, column] = value
    return frame


def test_nothing_found_by_all_passes() -> None:
    assert judge_static(RULES, frames()) == ([], [])


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (
            finding("ruff", rule="F401"),
            "ruff: 1 finding (addons/a/x.py:12 F401 is bad).",
        ),
        (
            finding("flake8", "warning", rule="E251"),
            "flake8: 1 finding (addons/a/x.py:12 E251 is bad).",
        ),
        (
            finding("black", "warning", line=None, rule="would-reformat"),
            "black: 1 finding (addons/a/x.py would-reformat is bad).",
        ),
        (
            finding("isort", "warning", line=None, rule="unsorted"),
            "isort: 1 finding (addons/a/x.py unsorted is bad).",
        ),
        (
            finding("bandit", "medium", rule="B608"),
            "bandit: 1 finding of severity medium or high (addons/a/x.py:12 B608 is bad).",
        ),
        (
            finding("bandit", "high"),
            "bandit: 1 finding of severity medium or high (addons/a/x.py:12 R1 is bad).",
        ),
        (
            finding("pylint-odoo", "error", rule="E8103"),
            "pylint-odoo: 1 message of level fatal or error (addons/a/x.py:12 E8103 is bad).",
        ),
        (
            finding("pylint-odoo", "fatal"),
            "pylint-odoo: 1 message of level fatal or error (addons/a/x.py:12 R1 is bad).",
        ),
        (
            finding("data-files"),
            "data-files: 1 finding (addons/a/x.py:12 R1 is bad).",
        ),
        (
            finding("oca-hooks"),
            "oca-hooks: 1 finding of severity error (addons/a/x.py:12 R1 is bad).",
        ),
    ],
)
def test_what_fails_is_named(found: dict[str, Any], reason: str) -> None:
    assert judge_static(RULES, frames(found)) == ([reason], [])


@pytest.mark.parametrize(
    "found",
    [
        finding("bandit", "low"),
        finding("pylint-odoo", "warning"),
        finding("pylint-odoo", "convention"),
        finding("oca-hooks", "warning"),
        finding("ruff", module="base_of_a"),
    ],
)
def test_what_is_allowed_passes(found: dict[str, Any]) -> None:
    assert judge_static(RULES, frames(found)) == ([], [])


def test_the_first_few_are_named_and_the_rest_is_counted() -> None:
    found = [finding("ruff", line=line) for line in range(1, 6)]
    failures, errors = judge_static(RULES, frames(*found))
    assert errors == []
    places = ", ".join(f"addons/a/x.py:{line} R1 is bad" for line in (1, 2, 3))
    assert failures == [f"ruff: 5 findings ({places}, and 2 more)."]


def test_limits_are_inclusive() -> None:
    found = [finding("flake8", "warning") for _ in range(3)]
    rules = RULES.model_copy(update={"max_flake8": 3})
    assert judge_static(rules, frames(*found)) == ([], [])
    rules = RULES.model_copy(update={"max_flake8": 2})
    failures, _ = judge_static(rules, frames(*found))
    assert failures[0].startswith("flake8: 3 findings > 2 allowed (")


@pytest.mark.parametrize(
    ("score", "failures"),
    [(8.0, []), (7.99, ["pylint-odoo: a scores 7.99 < 8.0."]), (10.0, [])],
)
def test_the_score_of_each_module_counts(score: float, failures: list[str]) -> None:
    evidence = frames(tools=changed("score", "pylint-odoo", score))
    assert judge_static(RULES, evidence) == (failures, [])


def test_no_score_cannot_be_judged() -> None:
    evidence = frames(tools=changed("score", "pylint-odoo", None))
    assert judge_static(RULES, evidence) == ([], ["pylint-odoo gave a no score."])


@pytest.mark.parametrize("tool", RULES.tools)
def test_a_demanded_tool_that_did_not_report_is_an_error(tool: str) -> None:
    frame = tools_frame("a")
    evidence = frames(tools=frame[frame["tool"] != tool])
    assert judge_static(RULES, evidence) == ([], [f"{tool} did not report on a."])


@pytest.mark.parametrize("tool", ["ruff", "flake8", "pylint-odoo", "black", "bandit"])
def test_a_tool_that_looked_at_nothing_is_an_error(tool: str) -> None:
    evidence = frames(tools=changed("files", tool, 0))
    assert judge_static(RULES, evidence) == ([], [f"{tool} looked at no file of a."])


@pytest.mark.parametrize("tool", ["isort", "data-files"])
def test_a_module_need_not_have_what_these_look_at(tool: str) -> None:
    assert judge_static(RULES, frames(tools=changed("files", tool, 0))) == ([], [])


def test_a_tool_that_nobody_demands_may_be_absent() -> None:
    rules = RULES.model_copy(update={"tools": ("ruff",)})
    frame = tools_frame("a")
    evidence = frames(tools=frame[frame["tool"] == "ruff"])
    assert judge_static(rules, evidence) == ([], [])


def test_no_module_is_an_error() -> None:
    evidence = frames()
    evidence["modules"] = tables.MODULES.empty()
    assert judge_static(RULES, evidence)[1] == ["No module was to be gated."]
