"""Untrusted text in Markdown: it is shown as it is, and means nothing.

Names of tests, messages of tools and everything else that comes from a module reaches a
comment or a summary through `plain` or `code`, and through nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SIGNS: Final = re.compile(r"([\\`*_{}\[\]<>#!|~$&]|^[-+=:]|(?<=^\d)[.)])")
_ZERO: Final = "\u200b"
_LIVE: Final = re.compile(
    r"(?<=@)(?=\w)|(?<=#)(?=\d)|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE
)
"""Where GitHub would make a mention (which notifies people), a reference or a link."""

HIDDEN: Final = {
    # Escapes of terminals and marks of direction change what a reader sees; they are shown.
    **{code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n\r"},
    **{
        code: f"[U+{code:04X}]"
        for code in (127, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200F)
    },
}
"""What is shown instead of characters that nobody sees, for `str.translate`."""


def plain(value: object, limit: int = 300) -> str:
    """Return *value* in one line that Markdown shows as it is, cut at *limit* characters."""
    flat = _LIVE.sub(_ZERO, _flat(value, limit))
    return _SIGNS.sub(r"\\\1", flat)


def code(value: object, limit: int = 200) -> str:
    """Return *value* as code: in it GitHub sees neither mentions nor links."""
    flat = _flat(value, limit).replace("|", "\u2502")  # a cell of a table would end
    longest = max((len(run) for run in re.findall(r"`+", flat)), default=0)
    fence = "`" * (longest + 1)
    space = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{space}{flat}{space}{fence}" if flat else ""


def link(text: str, url: str) -> str:
    """Return a link; *text* is Markdown already, *url* is only used when it is one."""
    if not re.fullmatch(r"https?://[^\s<>()\[\]|\"'`\\]+", url):
        return text
    return f"[{text}]({url})"


def table(
    names: Sequence[str], cells: Iterable[Sequence[str]], right: Iterable[int] = ()
) -> list[str]:
    """Return the lines of a table; *cells* are Markdown already.

    Args:
        names: Headings.
        cells: One sequence a row.
        right: Columns with figures, from 0.
    """
    aligned = ["---:" if i in {*right} else "---" for i in range(len(names))]
    lines = [names, aligned, *cells]
    return [f"| {' | '.join(line)} |" for line in lines]


def _flat(value: object, limit: int) -> str:
    text = "" if value is None else str(value).translate(HIDDEN)
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"
