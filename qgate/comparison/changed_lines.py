"""Which of the statements that a branch changed its tests run: coverage of the difference."""

from __future__ import annotations

import re
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import coverage
from coverage.exceptions import CoverageException

from qgate.errors import QgateError
from qgate.frames import rows, tables
from qgate.workspace import git

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from qgate.settings import Settings

_FILE: Final = re.compile(r'^\+\+\+ "?b/(.*?)"?\t?$')
_BETWEEN: Final = frozenset(
    {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}
)
"""Tokens that belong to no statement, when they stand between two."""

_HUNK: Final = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")


def changed_lines(
    settings: Settings,
    frames: Mapping[str, pd.DataFrame],
    changed_since: str | None = None,
) -> dict[str, pd.DataFrame]:
    """Return the frames `changed_coverage`, and `baselines` with a row on the difference.

    A file that was not measured, as a test or a manifest, has no row.

    Args:
        settings: Names the base branch.
        frames: `coverage` is read.
        changed_since: The git ref to compare with, by default the base branch's: that of the
            remote `origin`, else the local one.
    """
    measured = frames["coverage"]
    if measured.empty:
        return {
            "changed_coverage": tables.CHANGED_COVERAGE.empty(),
            "baselines": tables.BASELINES.empty(),
        }
    base = settings.history.base
    refs = [changed_since] if changed_since else [f"origin/{base}", base]
    row: dict[str, Any] = {"kind": "diff", "ref": refs[-1], "status": "missing"}
    found: list[dict[str, Any]] = []
    try:
        row["ref"], row["commit"] = _base(settings, refs)
        changed = _changed(settings, row["commit"])
        found = list(_covered(settings, measured, changed))
        row["status"] = "ready"
        row["detail"] = f"{len(changed)} Python files changed since then."
    except (QgateError, CoverageException, OSError) as error:
        said = error.message if isinstance(error, QgateError) else str(error)
        row["detail"] = said
    return {
        "changed_coverage": tables.CHANGED_COVERAGE.frame(found),
        "baselines": tables.BASELINES.frame([row]),
    }


def _base(settings: Settings, refs: list[str]) -> tuple[str, str]:
    """Return the first ref there is, and the commit at which the branch left it."""
    for ref in refs:
        words = ("rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}")
        try:
            git(settings, settings.root, *words)
        except QgateError:
            if ref == refs[-1]:
                raise
            continue
        return ref, git(settings, settings.root, "merge-base", ref, "HEAD").strip()
    raise AssertionError


def _changed(settings: Settings, commit: str) -> dict[Path, set[int] | None]:
    """Return the changed lines of each Python file; None is all of a new, unknown one."""
    top = Path(git(settings, settings.root, "rev-parse", "--show-toplevel").strip())
    words = ["-c", "core.quotePath=false", "diff", "--unified=0", "--no-color"]
    words += ["--no-ext-diff", "--src-prefix=a/", "--dst-prefix=b/", commit]
    text = git(settings, top, *words, "--", "*.py")
    found: dict[Path, set[int] | None] = {}
    lines: set[int] = set()
    # A line of a file may look like a header; headers of a file stand before its hunks.
    left = 0
    for line in text.split("\n"):
        if left and line.startswith("+"):
            left -= 1
        elif name := _FILE.match(line):
            lines = set()
            found[(top / name[1]).resolve()] = lines
        elif hunk := _HUNK.match(line):
            left = int(hunk[2] or 1)
            lines.update(range(int(hunk[1]), int(hunk[1]) + left))
    listed = git(
        settings, top, "ls-files", "--others", "--exclude-standard", "-z", "--", "*.py"
    )
    unknown = [(top / name).resolve() for name in listed.split("\0") if name]
    return found | dict.fromkeys(unknown)


def _covered(
    settings: Settings,
    measured: pd.DataFrame,
    changed: Mapping[Path, set[int] | None],
) -> Iterator[dict[str, Any]]:
    """Yield a row for each measured file with changes, by the statements they are in."""
    reader = coverage.Coverage(data_file=None, config_file=False, messages=False)
    for row in rows(measured):
        path = (settings.root / row["file"]).resolve()
        if path not in changed:
            continue
        _, every, _, _, _ = reader.analysis2(str(path))
        lines = changed[path]
        first = _statements(path)
        touched = (
            set(every)
            if lines is None
            else {first[line] for line in lines if line in first} & set(every)
        )
        missing = sorted(touched & set(row["missing"]))
        yield {
            "module": row["module"],
            "file": row["file"],
            "statements": len(touched),
            "covered": len(touched) - len(missing),
            "missing": missing,
        }


def _statements(path: Path) -> dict[int, int]:
    """Return, for each line of code, the first line of what it is a part of."""
    found: dict[int, int] = {}
    start = 0
    with path.open("rb") as file:
        try:
            for token in tokenize.tokenize(file.readline):
                if not start and token.type not in _BETWEEN:
                    start = token.start[0]
                if token.type == tokenize.NEWLINE:
                    found |= dict.fromkeys(range(start, token.end[0] + 1), start)
                    start = 0
        except (tokenize.TokenError, SyntaxError):
            return found  # such a file fails the install, which tells it better
    return found
