"""Annotations on lines, as commands that the runner of GitHub Actions reads from stdout.

Escaping is that of GitHub's own toolkit (packages/core/src/command.ts); a text that was not
escaped could give the runner commands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qgate.surfaces.markdown import HIDDEN
from qgate.surfaces.problems import ERROR, LEVELS, NOTE, WARNING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from qgate.surfaces.problems import Problem

_COMMANDS: Final = {ERROR: "error", WARNING: "warning", NOTE: "notice"}

PER_KIND: Final = 10
"""Annotations of one kind that GitHub shows of a step; it drops others without a word."""

_MESSAGE: Final = 2000


def commands(found: Iterable[Problem], where: str = "the report") -> Iterator[str]:
    """Yield the commands for the worst of *found*, and one that counts those left out.

    Args:
        found: Problems, worst first; those without a file or accepted are left to the report.
        where: Where all of them are shown.
    """
    placed = [one for one in found if one.path and not one.accepted]
    left: list[str] = []
    for level in LEVELS:
        own = [one for one in placed if one.level == level]
        # What is only worth a note is one on the lines of the change. The count of those
        # left out is a notice as well.
        worth = [one for one in own if one.changed] if level == NOTE else own
        shown = worth[: PER_KIND - 1 if level == NOTE else PER_KIND]
        yield from map(_command, shown)
        if more := len(own) - len(shown):
            left.append(f"{more:,} more {_plural(_COMMANDS[level], more)}")
    if left:
        yield f"::notice title=qgate::{_data(f'{_and(left)} in {where}.')}"


def _command(one: Problem) -> str:
    properties = {"file": one.path, "line": one.line, "col": one.column}
    properties["title"] = f"{one.tool} {one.rule}"
    words = ",".join(
        f"{name}={_property(str(value))}"
        for name, value in properties.items()
        if value is not None
    )
    return f"::{_COMMANDS[one.level]} {words}::{_data(one.message[:_MESSAGE])}"


def _plural(kind: str, count: int) -> str:
    return kind if count == 1 else f"{kind}s"


def _and(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _data(text: str) -> str:
    # The older form of commands is found anywhere in a line.
    text = text.translate(HIDDEN).replace("##[", "## [")
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
