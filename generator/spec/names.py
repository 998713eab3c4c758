"""Types that sanitise what comes out of a ticket, once and at the border.

A ticket is untrusted: no text of it may become code, markup or a path. So every
identifier has a type with a narrow alphabet, and every text one that has neither
control characters nor marks that turn the direction of reading; what a text may
become in Python, XML, CSV or RST is up to one escaping function each
(generator/escaping.py).
"""

import keyword
import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints

# Fields that Odoo's ORM gives every model, and attributes of a recordset that a field
# of the same name would hide (odoo/orm/models.py, 19.0).
RESERVED_FIELDS = frozenset(
    {
        "id", "ids", "env", "pool", "display_name", "create_uid", "create_date",
        "write_uid", "write_date", "create", "write", "unlink", "read", "search",
        "browse", "copy", "exists", "filtered", "mapped", "sorted", "sudo", "default_get",
        "fields_get", "with_user", "with_company", "with_context", "flush_recordset",
        "message_ids", "message_follower_ids", "activity_ids", "init", "modified",
    }
)  # fmt: skip
# Folders of Bootstrap. Odoo looks for what a style imports among the modules first
# (assetsbundle.py, scss_importer, 19.0): a module of that name is found in its place, and no
# style of the whole database compiles any more.
BOOTSTRAP = frozenset({"forms", "helpers", "mixins", "utilities", "vendor"})
_LONGEST_IDENTIFIER = 60  # PostgreSQL cuts names at 63 bytes
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _visible(text: str, *, keep: str = "") -> str:
    kept = (
        char if char in keep or unicodedata.category(char) not in _INVISIBLE else " "
        for char in unicodedata.normalize("NFC", text)
    )
    return "".join(kept)


def clean_line(text: object) -> object:
    """One line without control or direction marks and with single blanks."""
    return " ".join(_visible(text).split()) if isinstance(text, str) else text


def clean_prose(text: object) -> object:
    """Lines of text without control or direction marks, trimmed at both ends."""
    if not isinstance(text, str):
        return text
    lines = _visible(text.replace("\r\n", "\n").replace("\r", "\n"), keep="\n")
    return "\n".join(line.rstrip() for line in lines.strip().split("\n"))


def slug(text: str, *, longest: int = _LONGEST_IDENTIFIER) -> str:
    """A lower-case identifier made of the text's ASCII letters and digits, or ``""``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    made = made[:longest].rstrip("_")
    return f"x_{made}" if made[:1].isdigit() else made


def _identifier(name: str) -> str:
    if keyword.iskeyword(name):
        message = f"'{name}' is a word of Python; choose another name"
        raise ValueError(message)
    return name


def _field(name: str) -> str:
    if name in RESERVED_FIELDS:
        message = f"'{name}' is a name of Odoo's own; choose another name"
        raise ValueError(message)
    return _identifier(name)


def _module(name: str) -> str:
    if name in BOOTSTRAP:
        message = (
            f"'{name}' is a folder of Bootstrap, which a module of that name hides "
        )
        message += "from Odoo's styles; choose another name"
        raise ValueError(message)
    return _identifier(name)


_NAME = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"

ModuleName = Annotated[
    str,
    StringConstraints(pattern=_NAME, min_length=2, max_length=_LONGEST_IDENTIFIER),
    AfterValidator(_module),
]
ModelName = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$",
        max_length=_LONGEST_IDENTIFIER,
    ),
]
FieldName = Annotated[
    str,
    StringConstraints(pattern=_NAME, max_length=_LONGEST_IDENTIFIER),
    AfterValidator(_field),
]
Identifier = Annotated[
    str,
    StringConstraints(pattern=_NAME, max_length=_LONGEST_IDENTIFIER),
    AfterValidator(_identifier),
]
Line = Annotated[
    str, BeforeValidator(clean_line), StringConstraints(min_length=1, max_length=200)
]
Prose = Annotated[
    str, BeforeValidator(clean_prose), StringConstraints(max_length=10_000)
]
