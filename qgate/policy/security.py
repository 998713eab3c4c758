"""Judges stage security: everything was looked at, with what is known today, and is harmless."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from qgate.frames import rows
from qgate.policy.wording import number, some

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    import pandas as pd

    from qgate.policy.rules import SecurityRules

SEVERITIES: Final = ("critical", "high", "medium", "low", "unknown")
"""From the worst on."""

_SHOWN: Final = 3
_SCANNERS: Final = ("vuln", "secret", "misconfig")
_MEANT: Final = {
    "environment": "the Python packages of Odoo's environment",
    "system": "the packages of the operating system",
}
_LOOKED_FOR: Final = {
    "vuln": "vulnerabilities",
    "secret": "secrets",
    "misconfig": "misconfigurations",
}
_PLURAL: Final = {"vulnerability": "vulnerabilities"}
_CLOCKS_DIFFER: Final = timedelta(days=1)


def judge_security(
    rules: SecurityRules, frames: Mapping[str, pd.DataFrame]
) -> tuple[list[str], list[str]]:
    """Return what fails, and what could not be judged, most important first.

    Args:
        rules: The thresholds.
        frames: `modules`, `executions`, `scans` and `vulnerabilities` are read.
    """
    scans = list(rows(frames["scans"]))
    errors = [
        *_unseen(rules, frames, scans),
        *_too_few(scans),
        *_outdated(rules, frames["executions"], scans),
    ]
    return list(_failures(rules, list(rows(frames["vulnerabilities"])))), errors


def counts(rules: SecurityRules, row: Mapping[str, Any]) -> bool:
    """Tell whether a row of frame `vulnerabilities` fails the stage."""
    unfixed = row["kind"] == "vulnerability" and row["fixed"] is None
    return (
        row["severity"] in rules.severities
        and row["suppressed_by"] is None
        and not (unfixed and rules.ignore_unfixed)
    )


def _unseen(
    rules: SecurityRules,
    frames: Mapping[str, pd.DataFrame],
    scans: Sequence[Mapping[str, Any]],
) -> Iterator[str]:
    """Name what was not looked at: nothing is green on absence."""
    seen = {(row["kind"], row["scanner"]) for row in scans}
    if any(row["kind"] == "image" for row in scans):
        for scanner in _SCANNERS:
            if ("image", scanner) not in seen:
                yield f"The image was not looked through for {_LOOKED_FOR[scanner]}."
    else:
        for kind in rules.targets:
            if (kind, "vuln") not in seen:
                yield f"Nobody looked at {_MEANT[kind]}."
    gated = [row for row in rows(frames["modules"]) if row["gated"] is True]
    if not gated:
        yield "No module was to be gated."
    by_target = {(row["target"], row["scanner"]) for row in scans}
    for module in gated:
        for scanner in _SCANNERS:
            if (module["path"], scanner) not in by_target:
                what = _LOOKED_FOR[scanner]
                yield f"{module['module']} was not looked through for {what}."


def _too_few(scans: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for row in scans:
        what = "package" if row["scanner"] == "vuln" else "file"
        needed = 1 if row["expected"] is None else row["expected"]
        if row["missing"]:
            names = some(row["missing"], _SHOWN)
            yield f"{row['target']}: not looked at were {names}."
        elif row["looked_at"] < needed:
            there = (
                "there has to be one"
                if row["expected"] is None
                else f"{number(needed, what)} are there"
            )
            yield (
                f"{row['target']}: Trivy's scanner {row['scanner']} looked at "
                f"{number(row['looked_at'], what)}, but {there}."
            )
        if row["release_known"] is False:
            yield (
                f"{row['target']}: Trivy does not know this release of the operating "
                "system, so nothing is known of its packages."
            )


def _outdated(
    rules: SecurityRules,
    executions: pd.DataFrame,
    scans: Sequence[Mapping[str, Any]],
) -> Iterator[str]:
    """Compare the database's date with the time of the run, which a later judgement keeps."""
    used = [row["database_updated"] for row in scans if row["scanner"] == "vuln"]
    if used and any(made is None for made in used):
        yield "It is not known when the vulnerability database was made."
    began = _began(executions)
    known = [made for made in used if made is not None]
    if not known:
        return
    if began is None:
        yield "It is not known when the scans began, nor how old the database was then."
        return
    made = min(known)
    age = began - made
    if age < -_CLOCKS_DIFFER:
        yield (
            f"The vulnerability database is of {made:%Y-%m-%d}, later than the run: "
            "a clock is wrong, so its age is not known."
        )
    elif age > timedelta(days=rules.max_database_age):
        days = age / timedelta(days=1)
        yield (
            f"The vulnerability database is of {made:%Y-%m-%d}, {days:.1f} days old at the "
            f"time of the run > {rules.max_database_age:g} days: update it."
        )


def _began(executions: pd.DataFrame) -> datetime | None:
    for row in rows(executions):
        if row["stage"] == "security" and row["started"] is not None:
            began: datetime = row["started"]
            return began
    return None


def _failures(
    rules: SecurityRules, found: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """Sum up what fails by target and kind, the worst of each named."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in sorted(found, key=_rank):
        if counts(rules, row):
            groups.setdefault((row["target"], row["kind"]), []).append(row)
    for (target, kind), bad in groups.items():
        amounts = [
            f"{sum(row['severity'] == severity for row in bad)} {severity}"
            for severity in SEVERITIES
            if any(row["severity"] == severity for row in bad)
        ]
        noun = kind if len(bad) == 1 else _PLURAL.get(kind, f"{kind}s")
        where = "the workspace" if target == "." else target
        named = some(map(_told, bad), _SHOWN)
        yield f"{where}: {' and '.join(amounts)} {noun} ({named})."


def _rank(row: Mapping[str, Any]) -> tuple[int, str]:
    severity = row["severity"]
    order = SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
    return order, str(row["id"])


def _told(row: Mapping[str, Any]) -> str:
    if row["package"]:
        fixed = f"fixed in {row['fixed']}" if row["fixed"] else "no fixed version"
        return f"{row['id']} in {row['package']} {row['installed']}, {fixed}"
    line = f":{row['line']}" if row["line"] else ""
    place = f"{row['path']}{line}" if row["path"] else row["target"]
    return f"{row['id']} in {place}"
