"""Text that would like to be code, markup, a path or a template."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

WORST: Final = (
    '"', "'", '"""', "'''", "\\", '\\"', "\\N{DIGIT ONE}", "]]>", "<b>", "</field>",
    "&amp;", "<!--", "-->", "{{ object.env }}", "{% include 'x' %}", "{# #}", "${x}",
    "%(name)s", "%s", "100 %", "\n", "\r\n", "\x00", "\u202e", "\u2028", "\ufeff",
    "../../etc/passwd", "`", "*", "|x|", ".. raw:: html", "::", "====", "1. one",
    "=cmd|' /C calc'!A0", "+1", "@x", "import os; os.system('x')", "raise", "None",
    "<t t-out='1'/>", "é", "工作", "\U0001f600", "{", "}", "#", "-",
)  # fmt: skip

_PIECES: Final = st.lists(
    st.sampled_from(WORST) | st.text(max_size=8), min_size=1, max_size=6
)
TEXTS: Final = _PIECES.map("".join)
"""Hostile text of any length and shape."""

LINES: Final = _PIECES.map(" ".join)
"""The same with blanks between the pieces."""

_LINES: Final = {"label", "message", "subject", "title", "summary", "text"}
_PROSE: Final = {"description", "help", "body", "purpose"}
_LONGEST_LINE: Final = 200


def poisoned(data: Any, text: str, *, key: str = "") -> Any:  # noqa: ANN401 - JSON
    """Return the data of a specification with *text* wherever there is free text."""
    if isinstance(data, dict):
        made = {k: poisoned(v, text, key=k) for k, v in data.items()}
        if set(made) == {"name", "purpose"}:  # an integration's name is free text
            made["name"] = _line(text)
        return made
    if isinstance(data, list):
        if key in {"assumptions", "questions"}:
            return [text[:10_000]]
        return [poisoned(item, text, key=key) for item in data]
    if isinstance(data, str) and key in _LINES:
        return _line(text)
    if isinstance(data, str) and key in _PROSE:
        return f"x{text}"[:10_000]
    return data


def _line(text: str) -> str:
    """Return a line that is not empty, and no label that Odoo would give by itself."""
    return f"x{text}"[:_LONGEST_LINE]
