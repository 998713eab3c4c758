"""What begins an item of a list: dashes, dots, numbers, letters, boxes to tick, codes."""

from __future__ import annotations

import re
from typing import Final

_BULLET: Final = re.compile(
    r"^\s*(?:"
    r"(?:[-*+\u2022\u2023\u25e6\u2013\u2014\u25aa\u25cf\u25cb\u00b7\u2713\u2714\u2610\u2611\u2705]|\.(?=\s\S)|o(?=\s[A-Za-z]))"
    r"|\d{1,2}(?:\.\d{1,2}){1,2}[.)]?(?=\s+[A-Za-z])"  # 5.1
    r"|\(?\d{1,2}[.)]|\(?[a-z][.)]|\(?[ivx]{1,5}[.)]"
    r"|(?:AC|TC|REQ|FR|NFR|BR|UC|US|[TRC])[ -]?\d{1,3}[:.)]?(?=\s)"
    r"|(?=\[[ xX]?\]\s)"
    r")\s*(?:(?<=\s)|(?=\[))(?:\[[ xX]?\]\s*)?"
)


def is_bullet(line: str) -> bool:
    """Tell whether a line is an item of a list."""
    return bool(_BULLET.match(line))


def unbulleted(line: str) -> str:
    """Return a line without its bullet, number, code or box."""
    return _BULLET.sub("", line).strip()
