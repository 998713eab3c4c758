"""How the answers of Trivy are read; what it really answers the integration tests show."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from qgate.environment.scanner import Scanner
from qgate.errors import ToolFailed
from qgate.tools.trivy import Trivy
from tests.support.homes import home_settings, program

if TYPE_CHECKING:
    from pathlib import Path

    from qgate.tools.trivy import Scan

SECRET = "the password itself"


def scanned(folder: Path, report: dict[str, Any], *, said: str = "") -> Scan:
    """Return what is made of *report*, which a program prints that is called like Trivy."""
    (folder / "report.json").write_text(
        json.dumps({"SchemaVersion": 2, "ArtifactName": "x.tar", **report})
    )
    (folder / "said.txt").write_text(said)
    return trivy(folder, "cat report.json; cat said.txt >&2").scan(
        "fs", scanners=["vuln"]
    )


def trivy(folder: Path, body: str) -> Trivy:
    path = program(folder / "bin", "trivy", f"#!/bin/sh\n{body}\n")
    settings = home_settings(folder, "security.time_limit=5", PATH="/usr/bin:/bin")
    return Trivy(Scanner(path, "0.76.0", "installed"), folder, settings, folder)


def test_every_kind_is_read(tmp_path: Path) -> None:
    result = {
        "Target": "a/requirements.txt",
        "Class": "lang-pkgs",
        "Packages": [{"Name": "a"}, {"Name": "b"}],
        "Vulnerabilities": [
            {
                "VulnerabilityID": "CVE-1",
                "PkgName": "a",
                "PkgPath": "lib/a/METADATA",
                "InstalledVersion": "1",
                "FixedVersion": "",
                "Severity": "HIGH",
                "Title": "bad",
                "PrimaryURL": "https://example.com",
            },
            {"VulnerabilityID": "CVE-2", "PkgName": "b", "InstalledVersion": "1"},
        ],
        "Misconfigurations": [
            {
                "ID": "DS-0001",
                "AVDID": "AVD-DS-0001",
                "Title": "poor",
                "Severity": "LOW",
                "Message": SECRET,
                "CauseMetadata": {
                    "StartLine": 7,
                    "Code": {"Lines": [{"Content": SECRET}]},
                    "RenderedCause": {"Raw": SECRET},
                },
            }
        ],
        "Secrets": [
            {
                "RuleID": "key",
                "Severity": "CRITICAL",
                "Title": "A key",
                "StartLine": 3,
                "Match": SECRET,
                "Code": {"Lines": [{"Content": SECRET}]},
            }
        ],
    }
    scan = scanned(tmp_path, {"Results": [result]})
    (looked,) = scan.looked
    assert (looked.path, looked.kind, looked.packages) == (
        "a/requirements.txt",
        "lang-pkgs",
        2,
    )
    first, second, third, fourth = looked.found
    assert (first.path, first.fixed, first.severity) == ("lib/a/METADATA", None, "high")
    assert (second.path, second.severity) == ("a/requirements.txt", "unknown")
    assert (third.kind, third.line, third.title) == ("misconfiguration", 7, "poor")
    assert "AVD-DS-0001" in third.other_ids
    assert (fourth.kind, fourth.line, fourth.id) == ("secret", 3, "key")
    assert SECRET not in json.dumps(scan.data)
    assert SECRET not in repr(scan.looked)


def test_what_is_suppressed_is_read_with_its_source(tmp_path: Path) -> None:
    secret = {
        "RuleID": "key",
        "Severity": "HIGH",
        "Match": SECRET,
        "Code": {"Lines": []},
    }
    modified = [
        {"Type": "secret", "Source": "/w/.trivyignore", "Finding": secret},
        {"Type": "secret", "Statement": "why", "Finding": secret},
        {"Type": "license", "Finding": {"Name": "GPL"}},
    ]
    result = {"Target": "a", "ExperimentalModifiedFindings": modified}
    scan = scanned(tmp_path, {"Results": [result]})
    assert [(f.suppressed_by, f.reason) for f in scan.looked[0].found] == [
        ("/w/.trivyignore", None),
        ("unknown", "why"),
    ]
    assert SECRET not in json.dumps(scan.data)


def test_of_an_image_only_what_is_harmless_is_kept(tmp_path: Path) -> None:
    about = {
        "OS": {"Family": "debian", "Name": "12.5"},
        "DiffIDs": ["a", "b"],
        "ImageConfig": {"config": {"Env": [f"PASSWORD={SECRET}"]}},
    }
    results = [{"Target": "x.tar", "Class": "secret"}, {"Target": "/app/x.py"}]
    scan = scanned(tmp_path, {"Metadata": about, "Results": results})
    assert (scan.system, scan.release_known, scan.layers) == ("debian 12.5", True, 2)
    assert [each.path for each in scan.looked] == ["image configuration", "/app/x.py"]
    assert SECRET not in json.dumps(scan.data)


@pytest.mark.parametrize(
    ("family", "said", "known"),
    [
        (
            "debian",
            "WARN\tThis OS version is not on the EOL list\tfamily=debian",
            False,
        ),
        ("debian", "INFO\tDetected OS", True),
        ("none", "WARN\tUnsupported os", None),
    ],
)
def test_whether_a_release_is_known_is_read(
    tmp_path: Path, family: str, said: str, *, known: bool | None
) -> None:
    about = {"OS": {"Family": family, "Name": ""}}
    assert scanned(tmp_path, {"Metadata": about}, said=said).release_known is known


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (
            (
                "printf 'x\\tINFO\\tfine\\nx\\tFATAL\\tFatal error\\trun error: a: b: one: "
                "2 errors occurred:\\n"
                "\\t* two\\n\\n\\t* three\\n\\t* four\\n' >&2; exit 1"
            ),
            r"ended with exit code 1 \(b: one; two; three\)",
        ),
        ("echo 'panic: nil' >&2; echo goroutine >&2; exit 2", r"2 \(panic: nil\)"),
        ("echo odd >&2; exit 3", r"exit code 3 \(odd\)"),
        ("echo odd; exit 3", r"exit code 3 \(odd\)"),
        ("echo '[]'", "printed what is no report"),
        ("echo '{\"SchemaVersion\": 1}'", "no report .*schema version 1"),
        ("echo '{\"SchemaVersion\": 2}'", "no report .*ArtifactName"),
        (":", "no report .*JSONDecodeError"),
    ],
)
def test_what_is_no_answer_is_told(tmp_path: Path, body: str, why: str) -> None:
    with pytest.raises(ToolFailed, match=f"trivy: .*{why}"):
        trivy(tmp_path, body).scan("fs", scanners=["vuln"])


def test_it_is_called_offline_and_without_configurations(tmp_path: Path) -> None:
    made = trivy(tmp_path, 'echo "$@" >> words.txt; pwd >> words.txt')
    with pytest.raises(ToolFailed):
        made.scan("rootfs", "--pkg-types", "os", "/", scanners=["vuln", "secret"])
    made.convert(tmp_path / "a.json", "sarif", tmp_path / "a.sarif")
    first, where, second, _ = (tmp_path / "words.txt").read_text().splitlines()
    assert where == str(tmp_path)
    for word in (
        "--offline-scan",
        "--skip-db-update",
        "--skip-check-update",
        "--config ",
    ):
        assert word in first
    assert first.startswith("rootfs ")
    assert first.endswith(" --pkg-types os /")
    assert "--scanners vuln,secret" in first
    assert second.startswith("convert --config ")
