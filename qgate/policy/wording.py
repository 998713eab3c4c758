"""How the policy words its reasons."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_CHAINED: Final = re.compile(
    r"^(?:During handling of|The above exception was)", re.MULTILINE
)
_INDENTED: Final = re.compile(r"^E {4,}(\S.*)$", re.MULTILINE)
_SAID: Final = re.compile(
    r"^E   (?=\S)(?:(?:\w+\.)*(?P<kind>\w+): )?(?P<text>.*)$", re.MULTILINE
)
"""What pytest prints of an exception, without the folders of its class."""


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
    if said := _said_by_pytest(message):
        return said
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


def _said_by_pytest(message: str) -> str:
    """Return the exception in a failure as pytest prints it, empty when it is none."""
    lines = list(_SAID.finditer(_CHAINED.split(message)[-1]))
    named = next((line for line in lines if line["kind"]), None)
    if named:
        return f"{named['kind']}: {named['text']}".rstrip()
    if lines:
        return lines[0]["text"].rstrip()
    indented = _INDENTED.search(message)
    return indented[1] if indented else ""
