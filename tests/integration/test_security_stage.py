"""Stage security with the real Trivy, on databases that the tests ship."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

import qgate
from qgate import settings
from qgate.environment.scanner import find
from qgate.frames import rows
from tests.support.homes import program
from tests.support.trivy import (
    AWS_KEY,
    TOKEN,
    debian,
    python_package,
    write_database,
    write_image,
)
from tests.support.workspaces import write_module

if TYPE_CHECKING:
    from pathlib import Path

    from qgate import Run

pytestmark = pytest.mark.odoo

PASSWORD = "hunter2-of-the-tests"
DOCKERFILE = f"""\
FROM debian:12.11
# trivy:ignore:DS-0031 says the one who wrote the password down
ENV DB_PASSWORD={PASSWORD}
RUN PGPASSWORD={PASSWORD} apt-get install --no-install-recommends curl
"""
GOOD_DOCKERFILE = """\
FROM debian:12.11
RUN useradd --create-home odoo
USER odoo
HEALTHCHECK CMD true
"""


def scan(root: Path, database: Path, *overrides: str) -> Run:
    """Run the gate's stage security on the modules below `addons`."""
    return qgate.run(
        root / "addons",
        stages=["security"],
        root=root,
        overrides=[f"security.database={database}", *overrides],
    )


def reasons(run: Run) -> str:
    (row,) = (row for row in rows(run.stages) if row["stage"] == "security")
    assert run.verdict == row["verdict"]
    return "\n".join(row["reasons"])


def found(run: Run) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the findings by file and id."""
    return {(row["path"], row["id"]): row for row in rows(run.vulnerabilities)}


def looked(run: Run) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["target"], row["scanner"]): row for row in rows(run.frames["scans"])}


def evidence(run: Run) -> dict[str, str]:
    return {path.name: path.read_text() for path in run.evidence("security")}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database made today."""
    return write_database(tmp_path_factory.mktemp("fresh") / "trivy")


@pytest.fixture(scope="module")
def flawed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a workspace with something of every kind."""
    root = tmp_path_factory.mktemp("flawed")
    write_module(
        root / "addons",
        "flawed",
        external_dependencies={"python": ["requests", "PIL"]},
        files={
            "requirements.txt": "jinja2==3.1.2  # pinned\nlxml>=4\n",
            "more/requirements-extra.txt": "qgate-sample-unfixed==1.0\n"
            "qgate-sample-medium==1.5\n",
            "models/keys.py": f'KEY = "{AWS_KEY}"\nNOTE = "{PASSWORD}"\n',
            "tests/test_50%: of it.py": f'TOKEN = "{TOKEN}"\n',
        },
    )
    (root / "Dockerfile").write_text(DOCKERFILE)
    return root


@pytest.fixture(scope="module")
def bad(flawed: Path, fresh: Path) -> Run:
    return scan(flawed, fresh)


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """Give a workspace in which nothing is to be found."""
    write_module(
        tmp_path / "addons",
        "clean",
        external_dependencies={"python": ["requests"]},
        files={"docker/Dockerfile": GOOD_DOCKERFILE, "requirements.txt": "lxml>=4\n"},
    )
    return tmp_path


def test_each_kind_of_finding_fails_and_is_named(bad: Run) -> None:
    told = reasons(bad)
    assert bad.verdict == "failed"
    assert "addons/flawed: 1 critical and 1 high vulnerabilities" in told
    assert "CVE-2024-22195 in jinja2 3.1.2, fixed in 3.1.3" in told
    assert "CVE-2099-0001 in qgate-sample-unfixed 1.0, no fixed version" in told
    assert "addons/flawed: 2 critical secrets" in told
    assert "aws-access-key-id in addons/flawed/models/keys.py:1" in told
    # A remark in the Dockerfile does not silence it: it would leave no trace.
    assert "the workspace: 1 critical and 2 high misconfigurations" in told
    assert "DS-0031 in Dockerfile:3" in told
    medium = found(bad)["addons/flawed/more/requirements-extra.txt", "CVE-2099-0002"]
    assert (medium["severity"], medium["fixed"]) == ("medium", "2.0")


def test_a_finding_says_what_and_where(bad: Run) -> None:
    row = found(bad)["addons/flawed/requirements.txt", "CVE-2024-22195"]
    assert row["target"] == "addons/flawed"
    assert row["kind"] == "vulnerability"
    assert (row["package"], row["installed"]) == ("jinja2", "3.1.2")
    assert row["title"].startswith("jinja2: HTML attribute injection")
    assert row["url"].startswith("https://")
    assert row["suppressed_by"] is None
    assert not any("canary" in str(path) for path, _ in found(bad))


def test_what_was_looked_at_is_counted(bad: Run) -> None:
    scans = looked(bad)
    # Three that are pinned; and as installed jinja2, lxml, requests and Pillow.
    packages = scans["addons/flawed", "vuln"]
    assert (packages["looked_at"], packages["expected"]) == (7, 7)
    assert scans["addons/flawed", "secret"]["looked_at"] == 6
    assert scans["addons/flawed", "misconfig"]["expected"] == 0
    assert scans[".", "misconfig"]["looked_at"] == 1
    kinds = {row["kind"]: row for row in scans.values() if row["scanner"] == "vuln"}
    assert set(kinds) == {"module", "workspace", "environment", "system"}
    assert kinds["environment"]["looked_at"] == kinds["environment"]["expected"]
    assert kinds["system"]["looked_at"] >= 1
    assert all(row["version"].count(".") == 2 for row in scans.values())


def test_the_evidence_is_for_people_and_for_machines(bad: Run) -> None:
    files = evidence(bad)
    assert set(files) == {"trivy.json", "trivy.sarif", "trivy.txt", "trivy.log"}
    sarif = json.loads(files["trivy.sarif"])
    results = sarif["runs"][0]["results"]
    assert {"CVE-2024-22195", "DS-0031", "aws-access-key-id"} <= {
        result["ruleId"] for result in results
    }
    places = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in results
    }
    assert "addons/flawed/requirements.txt" in places
    assert "addons/flawed/tests/test_50%25%3A%20of%20it.py" in places
    assert "CVE-2024-22195" in files["trivy.txt"]
    assert "addons/flawed/models/keys.py" in files["trivy.json"]
    assert "canary" not in files["trivy.json"] + files["trivy.sarif"]


def test_no_secret_gets_out(bad: Run) -> None:
    said = [str(list(rows(frame))) for frame in bad.frames.values()]
    said += [
        path.read_text(errors="replace")
        for path in bad.folder.rglob("*")
        if path.is_file()
    ]
    assert len(said) > 20
    for secret in (AWS_KEY, TOKEN, PASSWORD):
        assert not any(secret in text for text in said)
    assert not (bad.folder / "scratch").exists()


def test_other_thresholds_judge_the_same_run_anew(bad: Run) -> None:
    def judged(*overrides: str) -> str:
        verdicts, _ = qgate.judge(bad, overrides)
        (verdict,) = (item for item in verdicts if item.stage == "security")
        return "\n".join(verdict.reasons)

    assert "1 high vulnerability" in judged("security.ignore_unfixed=true")
    assert "CVE-2099-0001" not in judged("security.ignore_unfixed=true")
    assert "CVE-2099-0002" in judged('security.severities=["medium"]')
    assert "CVE-2024-22195" not in judged('security.severities=["medium"]')
    assert "days old" in judged("security.max_database_age=0.000001")


def test_what_is_suppressed_passes_and_says_why(flawed: Path, fresh: Path) -> None:
    (flawed / ".trivyignore").write_text(
        textwrap.dedent(
            """\
            # keys that open nothing
            aws-access-key-id
            github-pat

            DS-0031  # the image is for tests
            AVD-DS-0002
            DS-0021
            DS-0026

            CVE-2099-0001 exp:2000-01-01
            """
        )
    )
    statement = {
        "vulnerability": {"name": "CVE-2024-22195"},
        "products": [{"@id": "pkg:pypi/jinja2"}],
        "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path",
        "impact_statement": "xmlattr is never used",
    }
    document = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.com/vex",
        "author": "T",
        "timestamp": "2026-11-01T00:00:00Z",
        "version": 1,
        "statements": [statement],
    }
    (flawed / "vex.json").write_text(json.dumps(document))
    try:
        run = scan(flawed, fresh, 'security.vex=["vex.json"]')
    finally:
        (flawed / ".trivyignore").unlink()
    # What has expired counts again.
    assert reasons(run).startswith("addons/flawed: 1 critical vulnerability")
    assert len(reasons(run).splitlines()) == 1
    by = {
        id_: (row["suppressed_by"], row["reason"])
        for (_, id_), row in found(run).items()
    }
    assert by["CVE-2024-22195"] == (
        "vex.json",
        "vulnerable_code_not_in_execute_path: xmlattr is never used",
    )
    assert by["aws-access-key-id"] == (".trivyignore", "keys that open nothing")
    assert by["github-pat"] == (".trivyignore", "keys that open nothing")
    assert by["DS-0031"] == (".trivyignore", "the image is for tests")
    assert by["DS-0002"] == (".trivyignore", None)
    assert by["CVE-2099-0001"] == (None, None)
    for name, text in evidence(run).items():
        assert not any(word in text for word in (AWS_KEY, TOKEN, PASSWORD)), name


def test_the_yaml_file_gives_its_statements(clean: Path, fresh: Path) -> None:
    (clean / "addons/clean/requirements.txt").write_text("jinja2==3.1.2\n")
    (clean / ".trivyignore.yaml").write_text(
        "vulnerabilities:\n"
        "  - id: CVE-2024-22195\n"
        '    paths: ["addons/clean/*.txt"]\n'
        "    statement: only used to build\n"
    )
    run = scan(clean, fresh)
    assert run.verdict == "passed"
    row = found(run)["addons/clean/requirements.txt", "CVE-2024-22195"]
    assert row["suppressed_by"] == ".trivyignore.yaml"
    assert row["reason"] == "only used to build"


def test_nothing_found_passes_with_its_denominators(clean: Path, fresh: Path) -> None:
    run = scan(clean, fresh)
    assert (run.verdict, reasons(run)) == ("passed", "")
    scans = looked(run)
    assert scans["addons/clean", "vuln"]["looked_at"] == 2
    assert scans["addons/clean", "misconfig"]["looked_at"] == 1
    components = run.frames["components"].set_index("component")
    assert components.loc["Trivy", "status"] == "ready"
    assert components.loc["Trivy database", "path"] == str(fresh)


def test_an_outdated_database_is_an_error(clean: Path, tmp_path: Path) -> None:
    run = scan(clean, write_database(tmp_path / "old", days=9.5))
    assert run.verdict == "error"
    assert "9.5 days old at the time of the run > 7 days" in reasons(run)
    verdicts, verdict = qgate.judge(run, ["security.max_database_age=10"])
    assert verdict == "passed", verdicts


def test_no_database_is_an_error(clean: Path, tmp_path: Path) -> None:
    run = scan(clean, tmp_path / "nowhere")
    assert run.verdict == "error"
    assert "There is no vulnerability database" in reasons(run)
    assert "security.database_repository" in reasons(run)


def test_one_that_cannot_be_read_is_an_error(clean: Path, tmp_path: Path) -> None:
    cut = write_database(tmp_path / "cut")
    whole = (cut / "db" / "trivy.db").read_bytes()
    (cut / "db" / "trivy.db").write_bytes(whole[:20_000])
    run = scan(clean, cut)
    assert run.verdict == "error"
    assert reasons(run).startswith("The scan of the modules and the Python packages")
    assert "ended with exit code" in reasons(run)
    assert "Is the vulnerability database whole?" in reasons(run)


def test_one_that_knows_nothing_is_an_error(clean: Path, tmp_path: Path) -> None:
    run = scan(clean, write_database(tmp_path / "nothing", "nothing.db"))
    assert run.verdict == "error"
    assert "scanner vuln did not find what it has to" in reasons(run)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("echo panic: out of memory >&2; exit 2", "exit code 2 (panic: out of memory)"),
        ("kill -SEGV $$", "exit code -11"),
        ("echo no report", "printed what is no report (JSONDecodeError"),
        ("echo '{}'", "printed what is no report (KeyError: 'SchemaVersion')"),
        ("echo '{\"SchemaVersion\": 3}'", "printed what is no report (ValueError"),
        ("sleep 60", "did not end within 0.5 s"),
    ],
)
def test_a_scanner_that_does_not_do_its_work_is_an_error(
    clean: Path,
    fresh: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    body: str,
    said: str,
) -> None:
    made = '"UpdatedAt":"2099-01-01T00:00:00Z"'
    about = (
        '{"Version":"0.76.0","VulnerabilityDB":{'
        f"{made},{made.replace('UpdatedAt', 'NextUpdate')},"
        f"{made.replace('UpdatedAt', 'DownloadedAt')}}}}}"
    )
    script = f"#!/bin/sh\nif [ $1 = version ]; then echo '{about}'; exit; fi\n{body}\n"
    program(tmp_path / "bin", "trivy", script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    run = scan(clean, fresh, "security.time_limit=0.5")
    assert run.verdict == "error"
    assert said in reasons(run)


def test_evidence_that_cannot_be_written_is_an_error(
    clean: Path, fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = find(settings.load(environ={})).path
    script = (
        "#!/bin/sh\nif [ $1 = convert ]; then echo 'no space left' >&2; exit 1; fi\n"
        f'exec {real} "$@"\n'
    )
    program(tmp_path / "bin", "trivy", script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    run = scan(clean, fresh, "security.targets=[]")
    assert run.verdict == "error"
    assert reasons(run).startswith("The evidence cannot be written: trivy: ended")
    assert "exit code 1 (no space left)" in reasons(run)
    assert looked(run)["addons/clean", "vuln"]["looked_at"] == 2


def test_what_cannot_be_looked_at_is_an_error(clean: Path, fresh: Path) -> None:
    (clean / "addons/clean/requirements.txt").write_text("qgate-nonesuch>=1\n")
    (clean / "addons/clean/docker/Dockerfile").write_text("this { is no Dockerfile\n")
    run = scan(clean, fresh, "security.targets=[]")
    assert run.verdict == "error"
    assert "qgate-nonesuch (not installed in Odoo's environment)" in reasons(run)
    assert "addons/clean/docker/Dockerfile (not understood)" in reasons(run)


def test_a_broken_vex_document_is_an_error(clean: Path, fresh: Path) -> None:
    (clean / "vex.json").write_text("{}")
    run = scan(clean, fresh, 'security.vex=["vex.json"]', "security.targets=[]")
    assert run.verdict == "error"
    assert "unable to decode VEX" in reasons(run)
    assert "unable to decode VEX" in evidence(run)["trivy.log"]


class TestImage:
    def test_what_it_holds_is_found(self, clean: Path, fresh: Path) -> None:
        files = {
            **debian("12.5", ("qgate-sample", "1.0-1"), ("bash", "5.2")),
            **python_package("jinja2", "3.1.2"),
            "app/settings.py": f'KEY = "{AWS_KEY}"\n',
        }
        write_image(clean / "image.tar", files, {"TOKEN": TOKEN, "PW": PASSWORD})
        run = scan(clean, fresh, "security.image=image.tar")
        told = reasons(run)
        assert run.verdict == "failed"
        assert "image.tar: 2 high vulnerabilities" in told
        assert "CVE-2099-0003 in qgate-sample 1.0-1, fixed in 2.0-1" in told
        assert "image.tar: 2 critical secrets" in told
        assert ("app/settings.py", "aws-access-key-id") in found(run)
        assert ("image configuration", "github-pat") in found(run)
        scans = looked(run)
        assert scans["image.tar", "vuln"]["looked_at"] == 3
        assert scans["image.tar", "vuln"]["release_known"] is True
        assert scans["image.tar", "secret"]["looked_at"] == 1
        # Not the machine that the gate runs on.
        assert {row["kind"] for row in scans.values()} == {"image", "module"}
        for name, text in evidence(run).items():
            assert not any(word in text for word in (AWS_KEY, TOKEN, PASSWORD)), name

    def test_a_harmless_one_passes(self, clean: Path, fresh: Path) -> None:
        files = debian("12.5", ("qgate-sample", "2.0-1"))
        write_image(clean / "image.tar", files | python_package("jinja2", "3.1.6"))
        run = scan(clean, fresh, "security.image=image.tar")
        assert (run.verdict, reasons(run)) == ("passed", "")

    def test_one_of_which_nothing_is_known_is_an_error(
        self, clean: Path, fresh: Path
    ) -> None:
        write_image(clean / "image.tar", debian("trixie/sid"))
        run = scan(clean, fresh, "security.image=image.tar")
        assert run.verdict == "error"
        assert "looked at 0 packages, but there has to be one" in reasons(run)
        assert "does not know this release" in reasons(run)

    def test_one_that_is_not_there_is_an_error(self, clean: Path, fresh: Path) -> None:
        run = scan(clean, fresh, "security.image=qgate-nonesuch:1")
        assert run.verdict == "error"
        assert "unable to find the specified image" in reasons(run)
        # What the other scan saw is kept.
        assert looked(run)["addons/clean", "vuln"]["looked_at"] == 0
        assert "trivy.sarif" in evidence(run)
