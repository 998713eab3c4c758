"""Lists whose items have no bullets: lines that are too short to be a wrapped sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from generator.sources.sections import heading, is_bullet

if TYPE_CHECKING:
    from collections.abc import Iterator

_FEWEST: Final = 3  # lines that make a list
_LONGEST: Final = 90  # characters of an item
_DASHED: Final = re.compile(r"^\s*[^:=]{2,40}?\s[-=\u2013\u2014]\s\S")
_ENDED: Final = (".", ",", ";", ":", "?", "!")


def itemised(lines: list[str]) -> list[str]:
    """Return the lines of a text, with a bullet before those that are items of a list.

    Items are told by what stands between a name and what is said of it, as in
    `Hall - small or large - required`. A line above them without that is their heading.
    """
    made: list[str] = []
    for run in _runs(lines):
        if _indented(run):
            made += [f"## {run[0].strip(' :')}"]
            made += [f"- {line.strip()}" for line in run[1:]]
            continue
        first = 0 if _DASHED.match(run[0]) else 1
        items = run[first:]
        if _listed(items):
            made += [f"## {line.strip()}" for line in run[:first]]
            made += [f"- {line.strip().replace(' = ', ': ', 1)}" for line in items]
        else:
            made += run
    return made


def _listed(items: list[str]) -> bool:
    """Tell whether lines are items: nearly all of them, and the rest are names alone."""
    proven = [line for line in items if _item(line)]
    bare = [
        line for line in items
        if len(line) < _NAME and not line.rstrip().endswith(_ENDED)
    ]  # fmt: skip
    every = all(line in proven or line in bare for line in items)
    equals = sum(" = " in line for line in items) * 2 > len(items)
    return len(proven) >= _FEWEST and (len(proven) == len(items) or (every and equals))


_NAME: Final = 40  # characters of an item that nothing is said of


def _indented(run: list[str]) -> bool:
    """Tell whether short lines are set in below a line that is their heading."""
    depths = {len(line) - len(line.lstrip()) for line in run[1:]}
    short = all(len(line) < _LONGEST for line in run) and len(run[0].split()) <= _TITLE
    return len(run) > _FEWEST and short and run[0][:1].strip() != "" and min(depths) > 0


_TITLE: Final = 7  # words of a heading


def _item(line: str) -> bool:
    arrows = line.count(" - ") + line.count(" \u2013 ") > 2
    plain = len(line) < _LONGEST and not line.rstrip().endswith(_ENDED)
    return bool(_DASHED.match(line)) and plain and not arrows


def _runs(lines: list[str]) -> Iterator[list[str]]:
    """Yield lines one by one, those of a paragraph together."""
    run: list[str] = []
    for line in lines:
        text = line.strip()
        if text and not (is_bullet(line) or heading(line) or text.startswith("|")):
            run.append(line)
            continue
        if run:
            yield run
            run = []
        yield [line]
    if run:
        yield run
