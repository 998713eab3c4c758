from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from qgate.frames import tables
from qgate.policy.security import judge_security
from tests.support.records import STARTED
from tests.support.workspaces import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from qgate.policy.rules import SecurityRules

RULES = SHIPPED.security
Rows = dict[str, list[dict[str, Any]]]


def rules(**changes: object) -> SecurityRules:
    return RULES.model_copy(update=changes)


def scan(
    target: str, kind: str, scanner: str = "vuln", **more: object
) -> dict[str, Any]:
    return {
        "target": target,
        "kind": kind,
        "scanner": scanner,
        "looked_at": 5,
        "expected": 5,
        "missing": [],
        "release_known": True if kind == "system" else None,
        "version": "0.76.0",
        "database_updated": STARTED - timedelta(days=1) if scanner == "vuln" else None,
        "seconds": 1.0,
        **more,
    }


def finding(severity: str = "high", **more: object) -> dict[str, Any]:
    return {
        "target": "addons/a",
        "path": "addons/a/requirements.txt",
        "kind": "vulnerability",
        "package": "jinja2",
        "installed": "3.1.2",
        "fixed": "3.1.3",
        "id": "CVE-1",
        "severity": severity,
        **more,
    }


def good() -> Rows:
    """Return a run that passes, without an image."""
    return {
        "modules": [
            {
                "module": name,
                "path": f"addons/{name}",
                "depends": [],
                "gated": name == "a",
                "why": "named",
            }
            for name in ("a", "b")
        ],
        "executions": [
            {
                "stage": "security",
                "status": "measured",
                "started": STARTED,
                "seconds": 2.0,
            }
        ],
        "scans": [
            *(
                scan("addons/a", "module", scanner)
                for scanner in ("vuln", "secret", "misconfig")
            ),
            scan("/venv", "environment"),
            scan("debian 12.11", "system"),
        ],
        "vulnerabilities": [finding("medium"), finding("unknown", id="CVE-2")],
    }


def with_image(made: Rows) -> None:
    made["scans"] = [row for row in made["scans"] if row["kind"] == "module"]
    made["scans"] += [
        scan("odoo:19", "image", scanner) for scanner in ("vuln", "secret", "misconfig")
    ]


def judged(made: Rows, given: SecurityRules = RULES) -> tuple[list[str], list[str]]:
    frames = {name: tables.ALL[name].frame(rows) for name, rows in made.items()}
    return judge_security(given, frames)


def drop(made: Rows, **match: object) -> None:
    before = len(made["scans"])
    made["scans"] = [
        row
        for row in made["scans"]
        if any(row[name] != value for name, value in match.items())
    ]
    assert len(made["scans"]) < before


def change(made: Rows, kind: str, **values: object) -> None:
    for row in made["scans"]:
        if row["kind"] == kind and row["scanner"] == "vuln":
            row.update(values)


def dated(made: Rows, updated: datetime) -> None:
    for row in made["scans"]:
        if row["scanner"] == "vuln":
            row["database_updated"] = updated


def test_what_was_looked_at_and_is_harmless_passes() -> None:
    assert judged(good()) == ([], [])


def test_an_image_stands_for_environment_and_system() -> None:
    made = good()
    with_image(made)
    assert judged(made) == ([], [])


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda made: made["scans"].clear(), "Nobody looked at the Python packages"),
        (lambda made: drop(made, kind="environment"), "Nobody looked at the Python"),
        (lambda made: drop(made, kind="system"), "packages of the operating system"),
        (
            lambda made: drop(made, kind="module", scanner="secret"),
            "a was not looked through for secrets.",
        ),
        (
            lambda made: drop(made, kind="module", scanner="misconfig"),
            "a was not looked through for misconfigurations.",
        ),
        (
            lambda made: made["modules"][0].update(path="addons/moved"),
            "a was not looked through for vulnerabilities.",
        ),
        (lambda made: made["modules"].clear(), "No module was to be gated."),
        (
            lambda made: change(made, "environment", looked_at=4),
            "/venv: Trivy's scanner vuln looked at 4 packages, but 5 packages are there.",
        ),
        (
            lambda made: change(made, "system", looked_at=0, expected=None),
            (
                "debian 12.11: Trivy's scanner vuln looked at 0 packages, "
                "but there has to be one."
            ),
        ),
        (
            lambda made: change(made, "module", missing=["foo (not installed)"]),
            "addons/a: not looked at were foo (not installed).",
        ),
        (
            lambda made: change(made, "system", release_known=False),
            "debian 12.11: Trivy does not know this release",
        ),
        (
            lambda made: change(made, "system", database_updated=None),
            "It is not known when the vulnerability database was made.",
        ),
        (
            lambda made: change(
                made, "system", database_updated=STARTED - timedelta(days=7.2)
            ),
            "of 2026-11-17, 7.2 days old at the time of the run > 7 days: update it.",
        ),
        (
            lambda made: dated(made, STARTED + timedelta(days=30)),
            "later than the run: a clock is wrong",
        ),
        (
            lambda made: made["executions"].clear(),
            "It is not known when the scans began",
        ),
    ],
)
def test_what_was_not_seen_is_an_error(
    spoil: Callable[[Rows], None], said: str
) -> None:
    made = good()
    spoil(made)
    failures, errors = judged(made)
    assert failures == []
    assert any(said in error for error in errors), errors


@pytest.mark.parametrize("scanner", ["vuln", "secret", "misconfig"])
def test_an_image_is_looked_through_for_everything(scanner: str) -> None:
    made = good()
    with_image(made)
    drop(made, kind="image", scanner=scanner)
    _, errors = judged(made)
    assert len(errors) == 1
    assert errors[0].startswith("The image was not looked through for ")


def test_other_targets_may_be_demanded() -> None:
    made = good()
    drop(made, kind="system")
    assert judged(made, rules(targets=("environment",))) == ([], [])
    assert judged(made, rules(targets=("system",)))[1]


def test_nothing_there_is_nothing_to_look_at() -> None:
    made = good()
    change(made, "module", looked_at=0, expected=0)
    assert judged(made) == ([], [])


def test_the_worst_are_named_first() -> None:
    made = good()
    made["vulnerabilities"] = [
        finding("high", id="CVE-3"),
        finding("critical", id="CVE-9", fixed=None),
        finding("low", id="CVE-4"),
        finding("high", id="CVE-5"),
        finding("high", id="CVE-6"),
        finding("critical", id="key", kind="secret", package=None, target=".", line=7),
    ]
    failures, errors = judged(made)
    assert errors == []
    assert failures == [
        (
            "addons/a: 1 critical and 3 high vulnerabilities (CVE-9 in jinja2 3.1.2, no fixed "
            "version, CVE-3 in jinja2 3.1.2, fixed in 3.1.3, CVE-5 in jinja2 3.1.2, fixed in "
            "3.1.3, and 1 more)."
        ),
        "the workspace: 1 critical secret (key in addons/a/requirements.txt:7).",
    ]


def test_what_is_suppressed_or_unfixed_may_pass() -> None:
    made = good()
    made["vulnerabilities"] = [finding(suppressed_by=".trivyignore")]
    assert judged(made) == ([], [])
    made["vulnerabilities"] = [finding(fixed=None)]
    assert len(judged(made)[0]) == 1
    assert judged(made, rules(ignore_unfixed=True)) == ([], [])
    # That there is no version with a secret fixed says nothing.
    made["vulnerabilities"] = [finding(kind="secret", fixed=None, package=None)]
    assert len(judged(made, rules(ignore_unfixed=True))[0]) == 1
    assert judged(made, rules(severities=("low",))) == ([], [])


def test_the_age_is_that_at_the_time_of_the_run() -> None:
    made = good()
    dated(made, STARTED - timedelta(days=6.9))
    assert judged(made) == ([], [])
    assert "6.9 days old" in judged(made, rules(max_database_age=1))[1][0]
