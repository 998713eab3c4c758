"""The code-quality report that GitLab shows in a merge request."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from qgate.surfaces.problems import ERROR, NOTE, WARNING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qgate.surfaces.problems import Problem

_SEVERITIES: Final = {ERROR: "major", WARNING: "minor", NOTE: "info"}
_WORSE: Final = {"critical": "blocker", "fatal": "critical", "high": "critical"}


def code_quality(found: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return *found* as GitLab reads them; it knows only what has a file.

    The fingerprint leaves the line out, so that a problem that moves stays the same one.
    """
    seen: dict[str, int] = {}
    report = []
    for one in found:
        if not one.path or one.accepted:
            continue
        key = f"{one.tool}\0{one.rule}\0{one.path}\0{one.message}"
        seen[key] = seen.get(key, 0) + 1
        mark = hashlib.sha256(f"{key}\0{seen[key]}".encode()).hexdigest()
        report.append(
            {
                "description": one.message,
                "check_name": f"{one.tool}: {one.rule}",
                "fingerprint": mark,
                "severity": _WORSE.get(one.severity, _SEVERITIES[one.level]),
                "location": {"path": one.path, "lines": {"begin": one.line or 1}},
            }
        )
    return report
