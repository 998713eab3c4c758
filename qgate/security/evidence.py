"""One report of all scans as JSON, SARIF and a table for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from qgate.tools.trivy import Scan, Trivy


def write(
    folder: Path,
    trivy: Trivy,
    scans: Sequence[tuple[Scan, Callable[[str], str | None]]],
) -> None:
    """Write `trivy.json`, `trivy.sarif` and `trivy.txt`.

    Args:
        folder: Where to.
        trivy: The program, which converts one report into the other formats.
        scans: Each scan, with what its targets are called in the report (None: left out).

    Raises:
        ToolFailed: Trivy cannot convert it.
    """
    first = scans[0][0].data
    report: dict[str, Any] = {
        **{key: first[key] for key in ("SchemaVersion", "CreatedAt") if key in first},
        "ArtifactName": "qgate",
        "ArtifactType": "filesystem",
        "Results": list(_results(scans)),
    }
    path = folder / "trivy.json"
    path.write_text(json.dumps(report, indent=1), encoding="utf-8")
    trivy.convert(path, "table", folder / "trivy.txt")
    addressed = trivy.scratch / "addressed.json"
    addressed.write_text(json.dumps(_addressed(report)), encoding="utf-8")
    trivy.convert(addressed, "sarif", folder / "trivy.sarif")


def _results(
    scans: Sequence[tuple[Scan, Callable[[str], str | None]]],
) -> Iterator[dict[str, Any]]:
    for scan, name in scans:
        for result in scan.data.get("Results") or ():
            if called := name(result["Target"]):
                yield {**result, "Target": called}


def _addressed(report: dict[str, Any]) -> dict[str, Any]:
    """Return the report with files as addresses: Trivy crashes on one that is none.

    A percent sign or a colon in a file's name is enough.
    """

    def result(each: dict[str, Any]) -> dict[str, Any]:
        if (
            each.get("Class") == "os-pkgs"
        ):  # the name of a system, which it reads itself
            return each
        found = [
            {**item, "PkgPath": quote(item["PkgPath"])} if "PkgPath" in item else item
            for item in each.get("Vulnerabilities") or ()
        ]
        return {**each, "Target": quote(each["Target"]), "Vulnerabilities": found}

    return {**report, "Results": [result(each) for each in report["Results"]]}
