"""Which lines a change has touched, by file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qgate.errors import QgateError
from qgate.workspace import git

if TYPE_CHECKING:
    from qgate.settings import Settings

_HUNK: Final = re.compile(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@")


def changed_lines(settings: Settings, ref: str) -> dict[str, frozenset[int]]:
    """Return the lines that were added or changed since *ref*, by file of the workspace.

    Nothing is known where git knows nothing of *ref*: then no line comes first.
    """
    if not ref:
        return {}
    try:
        patch = git(
            settings,
            settings.root,
            *("-c", "core.quotePath=false", "diff", "--unified=0", "--no-color"),
            *("--no-ext-diff", "--no-prefix", "--relative", "--merge-base"),
            *("--end-of-options", ref, "--"),  # a ref may not be an option
        )
    except QgateError:
        return {}
    found: dict[str, set[int]] = {}
    lines: set[int] = set()
    for line in patch.splitlines():
        if line.startswith("+++ "):
            path = Path(line[4:].rstrip("\t"))
            lines = found.setdefault(path.as_posix(), set())
        elif hunk := _HUNK.match(line):
            first, count = int(hunk[1]), int(hunk[2] or 1)
            lines.update(range(first, first + count))
    return {path: frozenset(some) for path, some in found.items() if some}
