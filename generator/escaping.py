"""One function for each language that text of a ticket may be written into.

REMOVING OR CHANGING THE USE OF THESE FUNCTIONS HAS CONSEQUENCES FOR SECURITY: a ticket is
untrusted, and its text must not become code, markup or a template. All of them return
``Escaped``; the templates refuse every other text that is no plain name.
"""

from __future__ import annotations

import csv
import io
import json
import re
import textwrap
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DOCSTRING_WIDTH: Final = 80


class Escaped(Markup):
    """Text that is written as it stands, as an escaping function made it."""

    __slots__ = ()


class NotEscapedError(TypeError):
    """A template was about to write text that no escaping function has seen."""


def checked(value: object) -> object:
    """Return what a template may write: ``Escaped``, whole numbers and plain names.

    Raises:
        NotEscapedError: It is anything else.
    """
    if isinstance(value, (Markup, int)):
        return value
    if isinstance(value, str) and _NAME.fullmatch(value):
        return value
    message = f"A template may not write {value!r} as it stands."
    raise NotEscapedError(message)


def code(text: str) -> Escaped:
    """Mark code that is put together of our own words, names and escaped literals."""
    return Escaped(text)


def python(value: object) -> Escaped:
    """Return a literal of Python: of a text, a number, a truth value or ``None``.

    Raises:
        TypeError: It is of another type.
    """
    if isinstance(value, bool) or value is None:
        return Escaped(repr(value))
    if isinstance(value, (int, float)):
        return Escaped(repr(value))
    if isinstance(value, str):
        # Escapes of JSON are escapes of Python, and mean the same.
        return Escaped(json.dumps(value, ensure_ascii=False))
    message = f"{type(value).__name__} has no literal here."
    raise TypeError(message)


def python_tuple(values: Iterable[object]) -> Escaped:
    """Return a tuple of literals."""
    made = ", ".join(python(value) for value in values)
    return Escaped(f"({made},)" if made else "()")


def docstring(text: str, indent: int = 4) -> Escaped:
    """Return a docstring, wrapped; its first paragraph is the summary."""
    width = _DOCSTRING_WIDTH - indent
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    lines: list[str] = []
    for paragraph in filter(None, paragraphs):
        safe = paragraph.replace("\\", "\\\\").replace('"', '\\"')
        # A quotation mark needs its backslash only where it could end the text.
        safe = re.sub(r'\\"(?!\\"|$)', '"', safe) if '""' not in paragraph else safe
        lines += ["", *textwrap.wrap(safe, width, break_long_words=False)]
    lines = lines[1:] or ["To be described."]
    pad = " " * indent
    if len(lines) == 1:
        return Escaped(f'"""{lines[0]}"""')
    body = "\n".join(f"{pad}{line}" if line else "" for line in lines[1:])
    return Escaped(f'"""{lines[0]}\n{body}\n{pad}"""')


def xml(value: str) -> Escaped:
    """Return text for an XML element or an attribute in either kind of quotes."""
    kept = _NO_XML.sub(" ", value)
    for char, entity in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ('"', "&quot;"),
        ("'", "&#39;"),
        ("\n", "&#10;"),
        ("\r", "&#13;"),
        ("\t", "&#9;"),
    ):
        kept = kept.replace(char, entity)
    return Escaped(kept)


def xml_inline(value: str) -> Escaped:
    """Return text for an element whose content Odoo renders as an inline template.

    ``{{ ... }}`` in it would be evaluated, so the braces are moved apart.
    """
    return xml(re.sub(r"(?<=[{}])(?=[{}])", " ", value))


def csv_row(cells: Sequence[str]) -> str:
    """Return one line of a CSV file; a cell never begins a formula of a spreadsheet."""
    out = io.StringIO()
    safe = [
        f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
        for cell in cells
    ]
    csv.writer(out, lineterminator="\n").writerow(safe)
    return out.getvalue()


def rst(text: str) -> Escaped:
    """Return one line of reStructuredText that shows exactly *text*."""
    line = " ".join(text.split())
    # Addresses become links by a colon or an at sign.
    line = re.sub(r"([\\*`|_<>\[\]{}@]|:(?=\S))", r"\\\1", line)
    # What begins a line may be a bullet, an enumerator, a title's line or a directive.
    line = re.sub(r"^([^\w\s\\])", r"\\\1", line)
    if line.startswith("\\\\"):  # a line of nothing but one mark is a transition
        line = f"\\ {line}"
    return Escaped(re.sub(r"^(\w{1,9})([.)])", r"\1\\\2", line))


def po(text: str) -> Escaped:
    """Return a quoted string of a translation file."""
    made = text.replace("\\", "\\\\").replace('"', '\\"')
    made = made.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return Escaped(f'"{made}"')
