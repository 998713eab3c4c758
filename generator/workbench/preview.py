"""Shows generated files: highlighted, and as a difference to what is on disk."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_for_filename
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound

if TYPE_CHECKING:
    from pathlib import PurePosixPath

STYLE: Final = "default"
_LONGEST: Final = (
    200_000  # characters of a file that are highlighted; more freezes a page
)
_COLOURS: Final = {"+": "#dafbe1", "-": "#ffebe9", "@": "#ddf4ff"}
_BOX: Final = (
    "border:1px solid #d0d7de;border-radius:6px;overflow:auto;max-height:32em;"
    "padding:.5em .8em;font:12px/1.45 ui-monospace,monospace;background:#fff;color:#24292f"
)


def highlighted(path: PurePosixPath, data: bytes) -> str:
    """Return the file as HTML with its code in colours; a picture as its size."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return f"<p>{escape(str(path))}: {len(data):,} bytes that are no text.</p>"
    try:
        lexer = get_lexer_for_filename(path.name)
    except ClassNotFound:
        lexer = TextLexer()
    shown = text[:_LONGEST]
    formatter = HtmlFormatter(noclasses=True, nowrap=True, style=STYLE)
    coloured = highlight(shown, lexer, formatter)
    rest = "" if len(text) <= _LONGEST else f"<p>and {len(text) - _LONGEST:,} more</p>"
    return f'<pre style="{_BOX}">{coloured}</pre>{rest}'


def difference(diff: str) -> str:
    """Return a unified diff as HTML, with a sentence when there is none."""
    if not diff:
        return "<p>Nothing differs from what is on disk.</p>"
    lines = [
        f'<span style="display:block;background:{_COLOURS.get(line[:1], "none")}">'
        f"{escape(line) or ' '}</span>"
        for line in diff.splitlines()
    ]
    return f'<pre style="{_BOX}">{"".join(lines)}</pre>'
