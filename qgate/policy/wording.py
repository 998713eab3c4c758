"""How the policy words its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def some(items: Iterable[str], count: int) -> str:
    """Return the first *count* items, and how many more there are."""
    every = list(items)
    more = len(every) - count
    return ", ".join(every[:count]) + (f", and {more} more" if more > 0 else "")


def gist(message: str) -> str:
    """Return the line of a traceback or message that says most.

    That is the line with the exception, not what a comparison prints below it; of other
    messages the last line.
    """
    lines = [line.rstrip() for line in message.splitlines() if line.strip()]
    traces = [i for i, line in enumerate(lines) if line.startswith("Traceback (most")]
    for line in lines[traces[-1] + 1 :] if traces else ():
        if not line[0].isspace():
            return line
    return lines[-1].strip() if lines else ""


def number(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun, in the plural where it is due.

    Args:
        count: How many.
        one: The noun, maybe with what follows it.
        many: The noun's first word in the plural, by default with an `s`.
    """
    noun, _, rest = one.partition(" ")
    if count != 1:
        noun = many or f"{noun}s"
    return f"{count} {noun} {rest}".rstrip()
