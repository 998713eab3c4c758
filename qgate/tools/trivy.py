"""Trivy: vulnerabilities, secrets and misconfigurations, from its JSON.

Stage static does not run it, so it is not in the registry: it looks at more than modules.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from qgate import process
from qgate.environment.scanner import NAME
from qgate.errors import ToolFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from qgate.environment.scanner import Scanner
    from qgate.process import Completed
    from qgate.settings import Settings

VULN: Final = "vuln"
SECRET: Final = "secret"  # noqa: S105 - the name of a scanner
MISCONFIG: Final = "misconfig"

SCANNED: Final = ("dockerfile", "helm", "kubernetes")
"""Kinds of configuration it checks; compose files it does not know."""

_SCHEMA: Final = 2
_UNKNOWN_RELEASE: Final = "This OS version is not on the EOL list"
_MASKED: Final = "(masked)"
_COUNT: Final = re.compile(r"\d+ errors? occurred")
_HINTS: Final = {
    "image": "Is DOCKER_HOST the engine that has it? An archive may be named too.",
    "convert": "See trivy.json in the evidence.",
}
_HINT: Final = (
    "Is the vulnerability database whole? `qgate env` shows which one is used."
)


@dataclass(frozen=True)
class Found:
    """One thing it found, without the text in which it was found.

    Attributes:
        path: File, relative to the target; that of the result where it names no other.
        line: Line, from 1.
        kind: vulnerability, secret or misconfiguration.
        package: Package, of a vulnerability.
        installed: Its version.
        fixed: Versions that have it fixed.
        id: CVE, or the rule.
        other_ids: Names of the rule that an ignore file may use too.
        severity: critical, high, medium, low or unknown.
        title: What it is.
        url: Where it is described.
        suppressed_by: File that says that it does not count.
        reason: What that file says.
    """

    path: str
    line: int | None
    kind: str
    package: str | None
    installed: str | None
    fixed: str | None
    id: str
    other_ids: tuple[str, ...]
    severity: str
    title: str | None
    url: str | None
    suppressed_by: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Looked:
    """What it says of one file or kind of package.

    Attributes:
        path: File, or a word such as Python for installed packages.
        kind: `os-pkgs`, `lang-pkgs`, `config` or `secret`.
        packages: Packages it knows there.
        found: What it found.
    """

    path: str
    kind: str
    packages: int
    found: tuple[Found, ...]


@dataclass(frozen=True)
class Scan:
    """What it says of one target.

    Attributes:
        data: Its JSON, from which everything that may be secret is gone.
        looked: Its results.
        system: Family and version of the operating system, where it saw one.
        release_known: Whether it knows that version.
        layers: Layers of an image.
        seconds: Wall time.
        log: What it said meanwhile.
    """

    data: dict[str, Any]
    looked: tuple[Looked, ...]
    system: str | None
    release_known: bool | None
    layers: int
    seconds: float
    log: str


@dataclass(frozen=True)
class Trivy:
    """The program with what is the same in all scans.

    Attributes:
        scanner: Which program.
        database: Its cache folder, which holds the database.
        settings: The configuration.
        scratch: Folder it is started in: its configurations are never looked for elsewhere.
        suppressions: Arguments that name ignore file and VEX documents.
    """

    scanner: Scanner
    database: Path
    settings: Settings
    scratch: Path
    suppressions: Sequence[str | Path] = field(default=())

    def scan(
        self, command: str, *arguments: str | Path, scanners: Sequence[str]
    ) -> Scan:
        """Scan one target, offline.

        Args:
            command: image, rootfs or fs.
            *arguments: Further arguments and the target.
            scanners: Out of vuln, secret and misconfig.

        Raises:
            ToolFailed: It crashed, took too long, or printed what is no report.
        """
        limit = self.settings.security.time_limit
        done = self._run(
            command,
            *("--format", "json", "--scanners", ",".join(scanners)),
            *("--cache-dir", self.database, "--cache-backend", "memory"),
            *("--skip-db-update", "--skip-java-db-update", "--skip-check-update"),
            *("--offline-scan", "--skip-version-check", "--disable-telemetry"),
            *("--show-suppressed", "--list-all-pkgs", "--no-progress"),
            *("--timeout", f"{limit:.0f}s"),
            *self.suppressions,
            *arguments,
        )
        try:
            return _scan(json.loads(done.output), done)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            what = f"{type(error).__name__}: {error}"
            why = f"printed what is no report ({what})"
            raise _failed(why, done) from error

    def convert(self, report: Path, format_: str, target: Path) -> None:
        """Write the JSON *report* in another format.

        Raises:
            ToolFailed: It cannot.
        """
        self._run(
            "convert",
            *("--format", format_, "--output", target, "--show-suppressed"),
            *("--scanners", f"{VULN},{SECRET},{MISCONFIG}"),
            *("--ignorefile", ""),
            report,
        )

    def _run(self, command: str, *arguments: str | Path) -> Completed:
        limit = self.settings.security.time_limit
        done = process.run(
            NAME,
            [self.scanner.path, command, "--config", "", *arguments],
            env=self.scanner.environ(self.settings),
            cwd=self.scratch,
            time_limit=limit,
            secrets=self.settings.secrets,
        )
        if done.timed_out:
            why = f"did not end within {limit:g} s"
            raise _failed(why, done)
        if done.returncode:
            why = f"ended with exit code {done.returncode} ({_cause(done)})"
            raise _failed(why, done)
        return done


def _cause(done: Completed) -> str:
    """Return the line that says why it ended: the fatal one, else what a crash begins with."""
    lines = [line.strip() for line in done.errors.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        if "\tFATAL\t" in line:
            told = line.partition("\tFATAL\t")[2].replace("Fatal error\t", "")
            details = [more.lstrip("* ") for more in lines[number + 1 :]]
            # What it was doing comes first, step by step; why that failed comes last.
            steps = [word for word in told.split(": ") if not _COUNT.match(word)]
            return "; ".join([": ".join(steps[-2:]), *details[:2]])
    for line in lines:
        if line.startswith(("panic:", "fatal error:")):
            return line
    return lines[-1] if lines else process.tail(done.output, 1)


def _failed(why: str, done: Completed) -> ToolFailed:
    crashed = done.returncode not in (0, 1)  # as it does on a broken database
    return ToolFailed(
        NAME,
        why.rstrip("."),
        argv=done.argv,
        returncode=done.returncode,
        output=process.tail(done.errors),
        hint=_HINT if crashed else _HINTS.get(done.argv[1], _HINT),
    )


def _scan(data: dict[str, Any], done: Completed) -> Scan:
    if data["SchemaVersion"] != _SCHEMA:
        message = f"schema version {data['SchemaVersion']}"
        raise ValueError(message)
    name = data["ArtifactName"]
    about = data.get("Metadata") or {}
    system = about.get("OS") or {}
    family = system.get("Family", "none")
    known = family != "none"
    results = data.get("Results") or []
    scan = Scan(
        data=data,
        looked=tuple(_looked(result, str(name)) for result in results),
        system=f"{family} {system.get('Name', '')}".strip() if known else None,
        release_known=_UNKNOWN_RELEASE not in done.errors if known else None,
        layers=len(about.get("DiffIDs") or []),
        seconds=done.seconds,
        log=done.errors,
    )
    _strip(data)
    return scan


def _looked(result: dict[str, Any], name: str) -> Looked:
    target = str(result["Target"])
    # The image's own configuration bears the name of the archive.
    path = "image configuration" if target == name else target
    found = [
        *(_vulnerability(item, path) for item in result.get("Vulnerabilities") or ()),
        *(_misconfig(item, path) for item in result.get("Misconfigurations") or ()),
        *(_secret(item, path) for item in result.get("Secrets") or ()),
        *_suppressed(result, path),
    ]
    return Looked(
        path, result.get("Class", ""), len(result.get("Packages") or ()), tuple(found)
    )


def _vulnerability(item: dict[str, Any], path: str) -> Found:
    return Found(
        path=item.get("PkgPath") or path,
        line=None,
        kind="vulnerability",
        package=item["PkgName"],
        installed=item["InstalledVersion"],
        fixed=item.get("FixedVersion") or None,
        id=item["VulnerabilityID"],
        other_ids=(),
        severity=_severity(item),
        title=item.get("Title"),
        url=item.get("PrimaryURL"),
    )


def _misconfig(item: dict[str, Any], path: str) -> Found:
    cause = item.get("CauseMetadata") or {}
    return Found(
        path=path,
        line=cause.get("StartLine"),
        kind="misconfiguration",
        package=None,
        installed=None,
        fixed=None,
        id=item["ID"],
        other_ids=tuple(filter(None, [item.get("AVDID"), f"AVD-{item['ID']}"])),
        severity=_severity(item),
        title=item.get("Title"),  # its message may quote a command, with what is in it
        url=item.get("PrimaryURL"),
    )


def _secret(item: dict[str, Any], path: str) -> Found:
    return Found(
        path=path,
        line=item.get("StartLine"),
        kind="secret",
        package=None,
        installed=None,
        fixed=None,
        id=item["RuleID"],
        other_ids=(),
        severity=_severity(item),
        title=item.get("Title"),
        url=None,
    )


_KINDS: Final = {
    "vulnerability": _vulnerability,
    "misconfiguration": _misconfig,
    "secret": _secret,
}


def _suppressed(result: dict[str, Any], path: str) -> Iterator[Found]:
    for item in result.get("ExperimentalModifiedFindings") or ():
        if read := _KINDS.get(item["Type"]):
            found = read(item["Finding"], path)
            yield Found(
                **{
                    **found.__dict__,
                    "suppressed_by": item.get("Source") or "unknown",
                    "reason": item.get("Statement") or None,
                }
            )


def _severity(item: dict[str, Any]) -> str:
    return str(item.get("Severity") or "unknown").lower()


def _strip(data: dict[str, Any]) -> None:
    """Take out of a report what quotes files: Trivy masks only what it knows as a secret.

    A Dockerfile's line with a password in it, say, is quoted as it is.
    """
    about = data.get("Metadata") or {}
    about.pop("ImageConfig", None)
    for result in data.get("Results") or ():
        for package in result.get("Packages") or ():
            package.pop("InstalledFiles", None)  # not secret, but most of the report
        items = [
            *(result.get("Misconfigurations") or ()),
            *(result.get("Secrets") or ()),
            *(
                modified["Finding"]
                for modified in result.get("ExperimentalModifiedFindings") or ()
            ),
        ]
        for item in items:
            _strip_item(item)


def _strip_item(item: dict[str, Any]) -> None:
    if "Match" in item:
        item["Match"] = _MASKED
    if "Message" in item:
        item["Message"] = item.get("Title", "")
    for holder in (item, item.get("CauseMetadata") or {}):
        if "Code" in holder:
            holder["Code"] = {"Lines": None}
        holder.pop("RenderedCause", None)
